"""From a fleet's block to messages: who reports, what its instruments show, how it arrives."""

import zlib
from collections.abc import Collection, Container, Sequence
from datetime import datetime

import numpy as np

from simulators.compiled import entry
from simulators.emission import Columns, Emission, Encoder
from simulators.fault import Fault
from simulators.faults import sensor, transport
from simulators.faults.transport import Journey
from simulators.fleet import Fleet, Sample
from simulators.noise import Bools, Ints, asset_key
from simulators.scenario import Scenario
from simulators.wire import Wire

_JOURNEY_CODE = 60
_STRANGERS = 1 << 33


class Reporter:
    """One fleet's voice: `place` is the class's place among the others, in emissions of a second.

    Messages of a device are numbered as they are said, whatever then happens to them.
    """

    def __init__(
        self, fleet: Fleet, place: int, feeds: dict[int, str], seed: int, start: datetime,
        scenario: Scenario, only: Collection[str] | None,
    ) -> None:  # fmt: skip
        self.fleet = fleet
        own = [_number_of(asset, n) for asset, n in zip(fleet.assets, fleet.numbers, strict=True)]
        self._places = place + np.array(own)
        sources = [feeds[int(feed)] for feed in fleet.feeds]
        self._encoder = Encoder(fleet.asset_class, fleet.panel.names, fleet.assets, sources, start)
        self._transport = scenario.transport
        self._keys = np.array(
            [asset_key(seed, _JOURNEY_CODE + place, number) for number in own], dtype=np.uint64
        )
        self._wire = Wire(seed, fleet, self._keys, scenario)
        self.hear(only)
        self._next = np.zeros(len(fleet.assets), dtype=np.int64)
        self._stuck: sensor.Memory = {}

    def hear(self, only: Collection[str] | None) -> None:
        """From now on readings are made of these assets only; of all when None."""
        self._heard = np.array([only is None or asset in only for asset in self.fleet.assets])

    def report(self, faults: Sequence[Fault], silent: bool) -> list[Emission]:
        """The messages said in the block just lived, with the seconds at which they arrive.

        With `silent` none is made.  Instruments about to stick are read all the same, heard or not:
        where they stuck must be known when they are heard again.
        """
        rows, times = self.fleet.due()
        off = transport.silenced(rows, times, _of(faults, transport.SILENCING))
        rows, times = rows[~off], times[~off]
        numbers = self._number(rows)
        wanted = self._wanted(rows, faults, silent) & ~self._wire.in_run(rows, times)
        rows, times, numbers = rows[wanted], times[wanted], numbers[wanted]
        if not len(rows):
            return []
        sample = self.fleet.sample(rows, times)
        unheard = self._wire.unheard(rows, times, sample.lat, sample.lon)
        self._break(sample, faults)
        self._wire.blur(sample)
        return [] if silent else self._send(sample, numbers, unheard, faults)

    def _wanted(self, rows: Ints, faults: Sequence[Fault], silent: bool) -> Bools:
        """Whose readings are needed: who is heard, under whatever name, and who is to stick."""
        wanted = np.isin(rows, [fault.row for fault in _of(faults, sensor.REMEMBERING)])
        if silent:
            return wanted
        swapped = [row for f in _of(faults, {"identity_swap"}) for row in (f.row, f.other)]
        return np.asarray(wanted | self._heard[rows] | np.isin(rows, swapped))

    def _break(self, sample: Sample, faults: Sequence[Fault]) -> None:
        sticking = {fault.id for fault in _of(faults, sensor.REMEMBERING)}
        self._stuck = {name: value for name, value in self._stuck.items() if name in sticking}
        sensor.distort(self.fleet, sample, _of(faults, sensor.NAMES), self._stuck)

    def _number(self, rows: Ints) -> Ints:
        """The next number of each device, in the order of `rows`."""
        return _numbered(rows, self._next)

    def _send(
        self, sample: Sample, numbers: Ints, unheard: Bools, faults: Sequence[Fault]
    ) -> list[Emission]:
        keys = self._keys[sample.rows]
        journey = transport.healthy_journey(sample.rows, sample.times, keys, self._transport)
        self._wire.carry(journey, keys)
        transport.disturb(self.fleet, journey, keys, _of(faults, transport.NAMES))
        arrives = self._heard[journey.name] & ~journey.lost & ~unheard
        first, again = (np.flatnonzero(arrives & part) for part in (True, journey.again >= 0))
        at = np.concatenate([journey.at[first], journey.again[again]])
        return self._encode(sample, numbers, journey, at, np.concatenate([first, again]))

    def _encode(
        self, sample: Sample, numbers: Ints, journey: Journey, at: Ints, which: Ints
    ) -> list[Emission]:
        """The readings `which`, each with the second at which it arrives."""
        places = self._places[journey.name[which]]
        order = np.lexsort((places, at))
        at, which, places = at[order], which[order], places[order]
        numbers = self._wire.numbers(numbers[which], journey.rows[which], journey.times[which], at)
        columns = Columns(
            at, places, journey.name[which], journey.clock[which], numbers, sample.lat[which],
            sample.lon[which], sample.values[which], sample.counts[which], sample.labels[which],
        )  # fmt: skip
        return self._encoder.encode(columns, self.fleet.labels)


@entry
def _numbered(rows: Ints, following: Ints) -> Ints:
    """The numbers of reports of `rows`; `following` are the next ones, by row."""
    numbers = np.empty(len(rows), dtype=np.int64)
    for i in range(len(rows)):
        numbers[i] = following[rows[i]]
        following[rows[i]] += 1
    return numbers


def _of(faults: Sequence[Fault], names: Container[str]) -> list[Fault]:
    return [fault for fault in faults if fault.kind.name in names]


def _number_of(asset: str, number: int) -> int:
    """A number that belongs to one asset of its class; strangers' lie above all others."""
    return int(number) if number >= 0 else _STRANGERS + zlib.crc32(asset.encode())
