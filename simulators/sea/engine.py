"""A slow two-stroke engine whose channels follow the propeller: rpm ~ speed, load ~ its cube.

Levels are the typical ones of one engine's alarm sheet, well inside its alarms; each follows its
cause with a lag.  Slow wear fouls the turbocharger until people clean it, and every engine and
every repair leaves levels of its own.
"""

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, white
from simulators.sea.particulars import Particulars, between

EXHAUST, PRESSURE, OIL, JACKET, BEARING, TURBO = range(6)
_TAU_S = np.array([[150.0], [90.0], [900.0], [700.0], [800.0], [60.0]])
_COOLING_TAU_S = np.array([[2_400.0], [120.0], [7_000.0], [7_000.0], [7_000.0], [90.0]])
_REST = np.array([[55.0], [0.0], [36.0], [58.0], [34.0], [0.0]])  # stopped and preheated
_HEAT_TAU_S = 150.0
_WANDER_STREAMS = np.arange(40, 46, dtype=np.int64)[:, None]
_OWN_LEVEL = np.array([[4.0], [0.05], [0.7], [0.7], [0.9], [0.0]])
_WANDER = np.array([[1.4], [0.012], [0.25], [0.3], [0.3], [35.0]])
_WANDER_TAU_S = 900.0
_DAY_S = 86_400.0
_CLEANED_AFTER_DAYS, _CLEANED_UNTIL_DAYS = 120.0, 260.0
_DESIGN_SHARE = 0.85
_HEAVIER = 0.5  # of the added resistance that becomes load, at the same revolutions


class Engines:
    """Main engines, one row a ship; `wear` scales how fast they foul."""

    def __init__(self, keys: Keys, ships: Particulars, wear: float) -> None:
        self._keys, self._ships, self._wear = keys, ships, wear
        count = len(keys)
        self.hours = between(keys, 20, 9_000, 70_000)
        self.days_since_cleaning = between(keys, 21, 0, _CLEANED_UNTIL_DAYS)
        self.levels = self._own_levels(0)
        self._wander, self._extra = np.zeros((2, 6, count))
        self.rpm, self.load, self.flow = np.zeros((3, count))
        self.state = np.zeros((6, count))

    def _own_levels(self, repair: int) -> Floats:
        streams = np.arange(30, 36, dtype=np.int64)[:, None]
        return np.asarray(_OWN_LEVEL * white(self._keys, streams, np.asarray(repair)))

    def start(self, sea_degc: Floats, running: Bools) -> None:
        """Engines that run are warm, the others preheated."""
        warm = self.target(sea_degc) + self.levels
        self.state = np.where(running, warm, _REST)

    def run(
        self, calm_kn: Floats, gain_kn: Floats, drag: Floats, running: Bools, burn: Floats
    ) -> None:
        """Revolutions, load (share of MCR) and fuel (t/h) at a speed through calm water."""
        ships = self._ships
        speed = calm_kn / ships.design_kn
        pushing = 0.05 * np.clip(gain_kn / ships.gain_kn_min, -1, 1) * (speed > 0.2)
        load = _DESIGN_SHARE * speed**3 * (1.0 + _HEAVIER * drag) + pushing
        self.load = np.clip(load, 0.0, 1.09) * running
        self.rpm = ships.mcr_rpm * _DESIGN_SHARE ** (1 / 3) * np.minimum(speed, 1.1) * running
        grams_kwh = 167.0 + 26.0 * (self.load - 0.75) ** 2
        self.flow = ships.mcr_kw * self.load * grams_kwh * 1e-6 * burn

    def heat_up(
        self, dt: float, second: int, sea_degc: Floats, running: Bools, heat: Floats
    ) -> None:
        """Temperatures, pressure and turbocharger follow the load and the water that cools.

        `heat` is what mishaps add to each channel.
        """
        self.hours += running * (dt / 3600.0)
        self.days_since_cleaning += running * (self._wear * dt / _DAY_S)
        noise = white(self._keys, _WANDER_STREAMS, np.asarray(second))
        keep = np.exp(-dt / _WANDER_TAU_S)
        self._wander = self._wander * keep + noise * np.sqrt(1 - keep**2)
        self._extra += (heat - self._extra) * (1 - np.exp(-dt / _HEAT_TAU_S))
        target = self.target(sea_degc) + self.levels + _WANDER * self._wander
        target = np.where(running, target, _REST)
        follow = np.where(running, 1 - np.exp(-dt / _TAU_S), 1 - np.exp(-dt / _COOLING_TAU_S))
        self.state = self.state + (target - self.state) * follow

    def target(self, sea_degc: Floats) -> Floats:
        """Levels of a healthy engine at its load: see the order of the names."""
        load, warm = self.load, sea_degc - 18.0
        fouled = np.minimum(self.days_since_cleaning, 400.0) / 200.0
        turbo = self._ships.turbo_rpm * np.sqrt(np.minimum(load, 1.0) / _DESIGN_SHARE)
        oil = 44.0 + 1.6 * load + 0.09 * warm
        return np.stack([
            262.0 + 112.0 * load + 0.45 * warm + 9.0 * fouled,
            2.30 + 0.42 * np.minimum(self.rpm / self._ships.mcr_rpm, 1.0) - 0.006 * warm,
            oil,
            81.2 + 2.2 * load + 0.05 * warm,
            oil + 4.6 + 6.5 * load,
            turbo * (1.0 - 0.018 * fouled + 0.0009 * warm),
        ])  # fmt: skip

    def repair(self, rows: Ints, second: int) -> Ints:
        """Cleans the turbochargers of those `rows` that are due; returns which were cleaned."""
        limit = between(self._keys[rows], 22, _CLEANED_AFTER_DAYS, _CLEANED_UNTIL_DAYS)
        cleaned = rows[self.days_since_cleaning[rows] > limit]
        self.overhaul(cleaned, second)
        return cleaned

    def overhaul(self, rows: Ints, second: int) -> None:
        """Makes engines as clean as new, with levels of their own from now on."""
        self.days_since_cleaning[rows] = 0.0
        self.levels[:, rows] = self._own_levels(second)[:, rows]

    def channels(self) -> list[Floats]:
        """The channels of the panel from `me_rpm` to `fuel_flow_t_h`, in its units."""
        shown = self.state + self._extra
        return [self.rpm, 100.0 * self.load, *shown, self.flow]
