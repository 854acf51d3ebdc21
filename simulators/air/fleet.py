"""The aircraft: where they are, what they are ready for, and what their instruments show.

Words of `ready`: any, parked, taxi, airborne, climb, cruise, descent; arriving (touch-down in one
to ten minutes), under_power (climbing or in cruise, 15 minutes or more before the descent), level
(in cruise for two minutes, 25 or more before the descent).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from simulators.air import go_around
from simulators.air import profile as p
from simulators.air.atmosphere import Weather
from simulators.air.channels import true_values
from simulators.air.instruments import COLUMNS, PANEL
from simulators.air.legs import flown
from simulators.air.mishaps import Mishaps
from simulators.air.operations import Operations
from simulators.air.receivers import accuracy, coarse, late_m
from simulators.fault import Fault
from simulators.fleet import Event, Sample, Span, by_time, every, keys_of, stray_of, turns
from simulators.names import lessee_of
from simulators.noise import Bools, Floats, Ints, uniform
from simulators.scenario import Scenario
from simulators.sensors import Sensors

_CLASS_CODE = 2
_AIRBORNE = 2
_GROUPS: Ints = np.array([0, 1, 2, 2, 2, 2, 2, 1])  # cadence by phase: parked, taxi, airborne
_GATES_DEG = 8e-3  # gates lie so far apart


class AircraftFleet:
    """Aircraft of the world `seed`, one row for each of `numbers`."""

    asset_class = "aircraft"
    panel = PANEL

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        self.numbers, self.feeds = numbers, feeds
        self.assets = tuple(
            f"aircraft-{0x780000 + (seed * 7_919 + 257 * int(n)) % 65_521:06x}" for n in numbers
        )
        self._rows = np.arange(len(numbers))
        self._keys, cadence = keys_of(seed, _CLASS_CODE, numbers), scenario.cadence
        self._periods = (cadence.aircraft_parked_s, cadence.aircraft_taxi_s,
                         cadence.aircraft_airborne_s)  # fmt: skip
        self._phase_s = turns(self._keys, 1, scenario.cadence.spread_s)
        self._stray = stray_of(self._keys, scenario.coverage.interval)
        self._north, self._east = (
            _GATES_DEG * (uniform(self._keys, 2 + axis, 0) - 0.5) for axis in range(2)
        )
        self._noise = scenario.noise
        self._sensors = Sensors(self._keys, PANEL.names, PANEL.noise, scenario.noise)
        self._rough = scenario.life.weather
        lessees = [
            lessee_of(self.asset_class, asset, int(number))
            for asset, number in zip(self.assets, numbers, strict=True)
        ]
        weather = Weather(seed, start, scenario.life)
        self._operations = Operations(self._keys, numbers, lessees, scenario, weather)
        self._legs = self._operations.legs
        self._mishaps = Mishaps(self._keys, self._legs, COLUMNS)
        self._since = self._until = 0

    @property
    def labels(self) -> Sequence[Mapping[str, str]]:
        """The numbers of the flights, by slot."""
        return self._operations.labels

    def ready(self, need: str) -> Bools:
        """Rows that do what `need` says at the end of the last block."""
        now = np.full(len(self._rows), self._until)
        phase, slot = self._legs.phases(self._rows, now), self._legs.at(self._rows, now).slot
        to_land = self._legs.slot_time(slot, p.TOUCH_DOWN) - now
        to_descent = self._legs.slot_time(slot, p.TOP_OF_DESCENT) - now
        level_for = now - self._legs.slot_time(slot, p.TOP_OF_CLIMB)
        flying = (phase >= p.CLIMB) & (phase <= p.DESCENT)
        states: Mapping[str, Bools] = {
            "any": self._rows >= 0, "parked": phase == p.PARKED, "airborne": flying,
            "taxi": (phase == p.TAXI_OUT) | (phase == p.TAXI_IN),
            "climb": phase == p.CLIMB, "cruise": phase == p.CRUISE, "descent": phase == p.DESCENT,
            "arriving": flying & (to_land >= 60) & (to_land <= 600),
            "under_power": flying & (to_descent >= 900),
            "level": (phase == p.CRUISE) & (level_for >= 120) & (to_descent >= 1_500),
        }  # fmt: skip
        return states[need]

    def live(self, until: int, faults: Sequence[Fault]) -> list[Span]:
        """Lives to second `until`; see simulators.fleet.Fleet."""
        self._since, self._until = self._until, until
        self._mishaps.forget(self._since)
        self._operations.forget(self._since)
        spans = self._mishaps.take(faults)
        self._operations.live(until)
        return spans

    def due(self) -> tuple[Ints, Ints]:
        """(rows, times) of the reports due in the block just lived."""
        periods = sorted({*self._periods} - {0}) or [0]  # 0 is never
        found = [self._due(period) for period in periods]
        rows, times = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return by_time(rows, times)

    def _due(self, period_s: int) -> tuple[Ints, Ints]:
        periods = np.full(len(self._rows), period_s)
        rows, times = every(periods, self._phase_s, self._since, self._until, self._stray)
        mine = np.array(self._periods)[_GROUPS[self._legs.phases(rows, times)]] == period_s
        return rows[mine], times[mine]

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """What the instruments of `rows` show at `times` of the block just lived."""
        keys = self._keys[rows]
        state = self._mishaps.moved(rows, times, self._legs.at(rows, times))
        flight = self._legs.flight(state.slot)
        noise, along_m = self._noise, state.along_m
        if noise.position:
            along_m = along_m + late_m(keys, times, state.gs_kn, noise)
        lat, lon, track = self._legs.circles_of(state.slot).at(along_m)
        if state.circuit_s.any():
            state = go_around.flown(state, track, lat, lon)
        lat, lon = lat + self._north[rows], lon + self._east[rows]
        # What strays may come three periods after what came before it.
        report_s = self._periods[_AIRBORNE] * (3 if self._stray else 1)
        true = true_values(keys, times, state, flight, track, self._rough, report_s)
        if noise.accuracy:
            column = COLUMNS["nac_p"]
            true[:, column] = accuracy(keys, times, true[:, column], noise)
        self._mishaps.show(rows, times, true)
        self._mishaps.wander(rows, times, lat, lon, true)
        running = np.minimum(true[:, COLUMNS["n2_pct"]] / 60.0, 1.0)
        own = self._sensors.at(rows, times)
        values = PANEL.read(keys, times, true, running, own)
        if noise.quantised:
            coarse(values[:, COLUMNS["alt_baro_ft"]], values[:, COLUMNS["baro_rate_ft_min"]], noise)
        _settle(values, state.phase)
        counts = np.full(len(rows), values.shape[1])
        return Sample(rows, times, lat, lon, values, counts, state.slot)

    def usage(self) -> Floats:
        """Airframe flight hours at the end of the last block."""
        now = np.full(len(self._rows), self._until)
        return flown(self._legs.flight(self._legs.at(self._rows, now).slot), now)[0]

    def events(self) -> Iterator[Event]:
        """Checks that began or ended in the block just lived."""
        told = [(time, check.row, kind, check) for check in self._operations.checks
                for time, kind in ((check.start, "maintenance_started"),
                                   (check.end, "maintenance_ended"))
                if self._since <= time < self._until]  # fmt: skip
        for time, row, kind, check in sorted(told):
            yield Event(time, row, kind, check.place, {"level": check.level})


def _settle(values: Floats, phase: Ints) -> None:
    """What stands or rolls shows no noise of height, rate or speed."""
    values[:, COLUMNS["track_deg"]] %= 360.0
    ground = (phase < p.CLIMB) | (phase > p.DESCENT)
    values[ground, COLUMNS["baro_rate_ft_min"]] = 0.0
    values[phase == p.PARKED, COLUMNS["gs_kn"]] = 0.0
