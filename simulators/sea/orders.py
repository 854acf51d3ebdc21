"""What masters decide every ten minutes from where they are: the lane to keep, the speed to order.

With it what sets the bounds of speed: the weather met there, and the resistance of sea and hull.
"""

from datetime import datetime

import numpy as np

from simulators.noise import Floats, Ints, Keys, smooth, uniform
from simulators.scenario import HealthyLife
from simulators.sea.helm import Helm
from simulators.sea.particulars import Particulars, between
from simulators.sea.start import DAY_S, HOUR_S
from simulators.sea.voyages import Voyages
from simulators.sea.weather import Weather

LOOK_S = 600
_WATCH_S = 4 * HOUR_S
_DRAG_TAU_S = 1_200.0
_FOULED = 0.16  # of the resistance, after the usual years between dry docks
_MOST_LOAD = 0.80 / 0.85


class Orders:
    """One row a ship: `order_kn` and what it meets, as they were at the last look."""

    def __init__(
        self, seed: int, keys: Keys, ships: Particulars, voyages: Voyages, helm: Helm,
        life: HealthyLife, start: datetime,
    ) -> None:  # fmt: skip
        self._keys, self._ships, self._life = keys, ships, life
        self._voyages, self._helm = voyages, helm
        self._weather = Weather(seed, life.weather, life.seasons)
        self._year_share = (start.timetuple().tm_yday - 1) / 365.25
        self._watch_s: Ints = (uniform(keys, 12, 0) * _WATCH_S).astype(np.int64)
        self.drag = np.zeros(len(keys))
        self._look_around(0)

    def _look_around(self, now: int) -> None:
        """The weather, how calm the water is, and the lane to keep."""
        helm, voyages = self._helm, self._voyages
        share = self._year_share + now / (365.25 * DAY_S)
        self.sea = self._weather.at(helm.lat, helm.lon, now, share)
        gap_m = voyages.to_port_m(helm)
        self.calm_water = 1.0 - np.clip((gap_m - 15_000.0) / 30_000.0, 0.0, 1.0)
        reach_m = np.where(gap_m < 60_000.0, 600.0, 1_200.0) * ~voyages.for_orders
        sides = [2 * uniform(self._keys, stream, 0) - 1 for stream in (7, 8)]
        helm.lane_m = np.stack(sides) * reach_m

    def look(self, now: int) -> None:
        """Decides anew."""
        self._look_around(now)
        self.order_kn = self._speed(now)
        swing = 25.0 * smooth(self._keys, np.asarray(73), now, np.asarray(5_400.0))
        self.swing_deg = np.degrees(np.arctan2(self.sea.east_kn, self.sea.north_kn)) + swing

    def _speed(self, now: int) -> Floats:
        """Crews have a speed for the leg, and some alter it from watch to watch."""
        ships, keys, habits = self._ships, self._keys, self._life.habits
        leg = np.clip(0.5 + (self._voyages.leg_share - 0.5) * habits, 0.0, 1.0)
        usual = ships.slowest_kn + (ships.fastest_kn - ships.slowest_kn) * leg
        watch = (now + self._watch_s) // _WATCH_S
        alters = uniform(keys, 74, watch) < 0.25 * habits
        usual = usual + alters * between(keys, 75, -0.8, 0.5, int(now // DAY_S))
        waiting = ships.design_kn * (0.6 + 0.06 * leg)
        usual = np.where(self._voyages.for_orders, waiting, usual)
        most = ships.design_kn * np.cbrt(_MOST_LOAD / (1.0 + 0.5 * self.drag))
        return np.minimum(usual, most)

    def resistance(self, now: int) -> Floats:
        """Added resistance as a share: waves, a fouled hull; less in ballast."""
        voyages = self._voyages
        waves = np.minimum(0.011 * self.sea.waves_m**2, 0.32) * (1.0 - 0.7 * self.calm_water)
        aged = np.clip(1.0 - (voyages.dock_due - now) / (850.0 * DAY_S), 0.0, 1.3)
        light = 0.45 * (voyages.draught_m / self._ships.draught_m - 1.0)
        return waves + _FOULED * self._life.wear * aged + light

    def meet(self, now: int, dt: int) -> None:
        """The hull meets the resistance of this step by and by."""
        self.drag += (self.resistance(now) - self.drag) * (1 - np.exp(-dt / _DRAG_TAU_S))
