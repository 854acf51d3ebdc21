"""The metro fleet: trains that live by spells, told of by blocks.

Trains of a line do not see each other: nothing keeps a late one from being caught up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from simulators.fault import Fault
from simulators.fleet import Event, Sample, Span, by_time, every, keys_of, stray_of, turns
from simulators.noise import Bools, Floats, Ints, white
from simulators.rail import contacts
from simulators.rail.climate import Climate
from simulators.rail.duty import Custom
from simulators.rail.instruments import COLUMN, PANEL, Place, along_m, read, true_values
from simulators.rail.mishaps import NAMES, PLANNED, befall, shows
from simulators.rail.network import LINES, locate
from simulators.rail.pieces import DWELL, RUN, STABLED, Pieces, made_m
from simulators.rail.service import Clock, Service
from simulators.rail.spell import Train
from simulators.rail.timetable import clock_s
from simulators.scenario import Scenario
from simulators.sensors import Sensors

_CLASS_CODE = 3
_PHASE = 1
_ODOMETER = 720  # noise stream
_STAYS_ON_S = 1_800
_SOON = {"leaving": Service.leaves_soon, "arriving": Service.arrives_soon}
_LABELS = tuple(
    {"line": line.name, "stop": stop} if stop else {"line": line.name}
    for line in LINES
    for stop in (None, *line.stops)
)
_NO_STOP: Ints = np.cumsum([0, *(1 + len(line.stops) for line in LINES)])
"""Labels of a line's trains between stops, by number; those at its stops follow."""


class MetroTrains:
    """Trainsets of three lines, one row a train; see `simulators.fleet.Fleet`."""

    asset_class = "metro"
    panel = PANEL
    labels = _LABELS

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        self.numbers, self.feeds = numbers, feeds
        self._keys = keys_of(seed, _CLASS_CODE, numbers)
        self._line = numbers % len(LINES)
        self.assets = tuple(
            f"metro-{LINES[line].name}-{number + 1:03d}"
            for number, line in zip(numbers.tolist(), self._line.tolist(), strict=True)
        )
        look = scenario.look_alikes
        custom = Custom(scenario.life.habits, look.holds, look.layovers)
        clock = Clock(clock_s(start, scenario.start is None), scenario.start is None, custom)
        self._lying_doors = look.doors
        self._always_open = contacts.always_open(seed, numbers, look.doors)
        self._climate = Climate(seed, start, clock.clock_s, scenario.life.seasons)
        self._cadence, self._wear = scenario.cadence, scenario.life.wear
        self._phase_s = turns(self._keys, _PHASE, scenario.cadence.spread_s)
        self._stray = stray_of(self._keys, scenario.coverage.interval)
        self._services = [
            Service(Train(self._keys[row : row + 1], number, line), clock)
            for row, (number, line) in enumerate(
                zip(numbers.tolist(), self._line.tolist(), strict=True)
            )
        ]
        self._odometer_km = np.array([one.spells[0].begin.odometer_km for one in self._services])
        self._odometer_off = None
        if scenario.noise.meters:
            own = white(self._keys, np.asarray(_ODOMETER), np.asarray(0))
            self._odometer_off = 0.01 * scenario.noise.meters * own
        self._sensors = Sensors(self._keys, PANEL.names, PANEL.noise, scenario.noise)
        self._end_s = np.array([service.end_s for service in self._services])
        self._since = self._until = 0
        self._seen = False
        self._faults: dict[str, Fault] = {}
        self._unseen: list[Fault] = []
        self._extend(0)

    def ready(self, need: str) -> Bools:
        """Rows that a fault may befall; the words are told of in `mishaps`."""
        if need in _SOON:
            return np.array([_SOON[need](service, self._until) for service in self._services])
        rows = np.arange(len(self.numbers))
        state = self._pieces(rows, np.full(len(rows), self._until)).state
        stays_out = (state != STABLED) & (self._end_s > self._until + _STAYS_ON_S)
        words: dict[str, Bools] = {
            "any": rows >= 0,
            "stabled": state == STABLED,
            "in_service": stays_out,
            "running": stays_out & (state == RUN),
            "dwelling": stays_out & (state == DWELL),
        }
        return words[need]

    def live(self, until: int, faults: Sequence[Fault]) -> Sequence[Span]:
        """Makes the spells up to `until`; spans of overspeed and held doors as they truly show."""
        self._since, self._until = self._until, until
        self._faults = {i: f for i, f in self._faults.items() if shows(f, self._since)}
        for fault in faults:
            if fault.kind.name in NAMES and fault.id not in self._faults:
                self._take(fault)
        self._extend(until)
        self._seen = False
        return list(self._spans())

    def due(self) -> tuple[Ints, Ints]:
        """Reports of the block: those in service, and those in the depot, at their own pace."""
        self._look()
        stabled = self._table[Pieces._fields.index("state")] == STABLED
        parts = [self._every(self._cadence.train_service_s, ~stabled),
                 self._every(self._cadence.train_stabled_s, stabled)]  # fmt: skip
        rows, times = (np.concatenate(both) for both in zip(*parts, strict=True))
        return by_time(rows, times)

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """Place, motion, traction, air, doors and axle boxes; the delay at its own interval."""
        pieces, line = self._pieces(rows, times), self._line[rows]
        ambient = self._climate.ambient_degc(line, times)
        place = Place(self._keys[rows], line, times, pieces, ambient, self._wear)
        true = true_values(place)
        if self._lying_doors:
            doors = COLUMN["doors_open"]
            true[doors] = contacts.shown(
                place.keys, times, true[doors], self._always_open[rows], self._lying_doors
            )
        befall(list(self._faults.values()), rows, times, pieces,
               {name: true[column] for name, column in COLUMN.items()})  # fmt: skip
        if self._odometer_off is not None:
            run_km = true[COLUMN["odometer_km"]] - self._odometer_km[rows]
            true[COLUMN["odometer_km"]] += run_km * self._odometer_off[rows]
        own = self._sensors.at(rows, times)
        lat, lon = locate(line, pieces.section.astype(np.int64), along_m(place))
        labels = _NO_STOP[line] + 1 + pieces.stop.astype(np.int64)  # -1 between stops
        return Sample(rows, times, np.round(lat, 6), np.round(lon, 6), read(place, true, own),
                      self._counts(rows, times, pieces.state == STABLED), labels)  # fmt: skip

    def usage(self) -> Floats:
        """Odometers in km."""
        rows = np.arange(len(self.numbers))
        times = np.full(len(rows), self._until)
        here = self._pieces(rows, times)
        return np.asarray(here.odometer_km + made_m(here, times - here.start_s) / 1000)

    def events(self) -> Iterator[Event]:
        """Beginnings and ends of workshop stays in the block."""
        for row, service in enumerate(self._services):
            depot = LINES[self._line[row]].stops[-1]
            for stay in service.stays[-2:]:
                for kind, second in (
                    ("maintenance_started", stay.start_s), ("maintenance_ended", stay.end_s),
                ):  # fmt: skip
                    if self._since <= second < self._until:
                        yield Event(second, row, kind, depot, {"level": stay.level})

    def _every(self, period_s: int, mine: Bools) -> tuple[Ints, Ints]:
        # Reports each `period_s` that fall into those pieces of the table that are `mine`.
        periods = np.zeros(len(self.numbers), dtype=np.int64)
        periods[self._rows[mine]] = period_s
        rows, times = every(periods, self._phase_s, self._since, self._until, self._stray)
        here = mine[self._find(rows, times)]
        return rows[here], times[here]

    def _take(self, fault: Fault) -> None:
        self._faults[fault.id] = fault
        if fault.kind.name in PLANNED:
            self._services[fault.row].befall(fault)
            self._end_s[fault.row] = self._services[fault.row].end_s
            self._unseen.append(fault)

    def _extend(self, until: int) -> None:
        for row in np.flatnonzero(self._end_s <= until).tolist():
            self._services[row].extend(until)
            self._end_s[row] = self._services[row].end_s

    def _spans(self) -> Iterator[Span]:
        waiting = []
        for fault in self._unseen:
            shown = self._services[fault.row].shown_s(fault)
            if shown is not None:
                yield Span(fault.id, int(np.ceil(shown[0])), int(np.ceil(shown[1])))
            elif fault.end > self._until:
                waiting.append(fault)
        self._unseen = waiting

    def _look(self) -> None:
        # The pieces of the block, by row and then by time, in one table; once a block, if at all.
        if self._seen:
            return
        self._seen = True
        block_s = np.array([self._since, self._until], dtype=np.float64)
        windows = [service.window(block_s) for service in self._services]
        counts = [sum(part.shape[1] for part in parts) for parts in windows]
        self._rows = np.repeat(np.arange(len(windows)), counts)
        self._table = np.concatenate([part for parts in windows for part in parts], axis=1)
        since_s = np.maximum(self._table[0] - self._since, 0.0)
        self._borders = self._rows * float(self._until - self._since + 1) + since_s

    def _find(self, rows: Ints, times: Ints) -> Ints:
        places = rows * float(self._until - self._since + 1) + (times - self._since)
        return np.searchsorted(self._borders, places, side="right") - 1

    def _pieces(self, rows: Ints, times: Ints) -> Pieces:
        self._look()
        return Pieces(*self._table[:, self._find(rows, times)])

    def _counts(self, rows: Ints, times: Ints, stabled: Bools) -> Ints:
        # The delay comes with the first report in each of its intervals.
        cadence = self._cadence
        fresh = (times + self._phase_s[rows]) % cadence.train_delay_s < cadence.train_service_s
        return len(PANEL.names) - 1 + (fresh | stabled)
