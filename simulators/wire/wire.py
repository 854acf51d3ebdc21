"""A class's way from its devices to the line: what `[coverage]` and `[wire]` do to its reports."""

import numpy as np

from simulators.faults.transport import Journey
from simulators.fleet import Fleet, Sample
from simulators.noise import Bools, Floats, Ints, Keys, asset_key, uniform
from simulators.scenario import Scenario
from simulators.wire import coverage, fixes, times

_WORLD_CODE = 61
_LINE = 59  # noise stream
_LINES_A_SECOND = 64  # in the numbers of a feed that counts the receiver's lines
_GOLDEN = (5**0.5 - 1) / 2


class Wire:
    """`keys` holds one a row of the fleet; what is done follows from them, place and time alone."""

    def __init__(self, seed: int, fleet: Fleet, keys: Keys, scenario: Scenario) -> None:
        self._class, self._keys = fleet.asset_class, keys
        self._coverage, self._wire = scenario.coverage, scenario.wire
        code = sorted(coverage.RUNS).index(fleet.asset_class)
        self._world = np.array([asset_key(seed, _WORLD_CODE, code)], dtype=np.uint64)
        self._period_s = fixes.usual_period_s(fleet.asset_class, scenario.cadence)
        self._absent = fixes.absences(fleet, keys, self._world, self._wire.absent)
        self._antennas = None
        if self._wire.antennas and fleet.asset_class != "aircraft":
            self._antennas = fixes.Antennas(fleet.asset_class, keys, self._wire.antennas)
        self._unnumbered = _unnumbered(fleet, self._wire.no_numbers)

    def blur(self, sample: Sample) -> None:
        """Moves positions and takes away what is not reported (nan), in place."""
        wire, keys = self._wire, self._keys[sample.rows]
        if self._antennas:
            self._antennas.choose(sample, keys)
        if wire.jumps and self._class != "metro":
            fixes.jump(sample, keys, wire.jumps, self._period_s)
        if wire.sentinels:
            fixes.lose_fixes(sample, keys, wire.sentinels)
        for column, rows in self._absent.items():
            sample.values[rows[sample.rows], column] = np.nan

    def in_run(self, rows: Ints, seconds: Ints) -> Bools:
        """Reports of runs that are lost, wherever the asset is."""
        if not self._coverage.runs:
            return np.zeros(len(rows), dtype=bool)
        return coverage.in_run(self._keys[rows], self._class, self._coverage.runs, seconds)

    def unheard(self, rows: Ints, seconds: Ints, lat: Floats, lon: Floats) -> Bools:
        """Reports that nobody hears where they are, by their places as received."""
        usual, keys = self._coverage, self._keys[rows]
        lost = np.zeros(len(rows), dtype=bool)
        if usual.shadows:
            lost |= coverage.in_shadow(self._world, self._class, usual.shadows, lat, lon, seconds)
        if usual.satellite and self._class == "ship":
            lost |= coverage.between_passes(self._world, keys, usual.satellite, lat, lon, seconds)
        return lost

    def carry(self, journey: Journey, keys: Keys) -> None:
        """Delays, dates and repeats healthy reports, in place."""
        wire = self._wire
        if wire.repeats:
            times.repeat(journey, keys, wire.repeats)
        if wire.delays:
            times.delay(journey, keys, wire.delays, one_stream=self._class != "ship")
        if wire.receive_times and self._class == "ship":  # AIS has no time of its own
            times.date_on_arrival(journey, self._unnumbered[journey.rows], wire.receive_times)
        if wire.wrong_times:
            times.date_wrongly(journey, keys, wire.wrong_times)

    def numbers(self, own: Ints, rows: Ints, seconds: Ints, at: Ints) -> Ints:
        """What stands on reports as their numbers: the device's own, or the receiver's line."""
        if not self._unnumbered.any():
            return own
        line = (uniform(self._keys[rows], _LINE, seconds) * _LINES_A_SECOND).astype(np.int64)
        return np.where(self._unnumbered[rows], at * _LINES_A_SECOND + line, own)


def _unnumbered(fleet: Fleet, strength: float) -> Bools:
    # Spread evenly over the feeds of a class; AIS and ADS-B, which have none, before trains.
    shift = 1 if fleet.asset_class == "metro" else 0
    return np.asarray((fleet.feeds + shift) * _GOLDEN % 1.0 < strength / 2)
