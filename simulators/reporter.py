"""From a fleet's block to messages: who reports, what its instruments show, how it arrives."""

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from simulators.emission import Columns, Emission, Encoder
from simulators.faults import sensor, transport
from simulators.faults.model import Fault
from simulators.faults.transport import Journey
from simulators.fleet import Fleet, Sample
from simulators.noise import Bools, Ints, asset_key
from simulators.scenario import Scenario

_JOURNEY_CODE = 60


class Reporter:
    """One fleet's voice: `place` is the class's place among the others, in emissions of a second.

    Messages of a device are numbered as they are said, whatever then happens to them.
    """

    def __init__(
        self, fleet: Fleet, place: int, feeds: dict[int, str], seed: int, start: datetime,
        scenario: Scenario, only: Collection[str] | None,
    ) -> None:  # fmt: skip
        self.fleet = fleet
        self._places = place + np.where(fleet.numbers < 0, place, fleet.numbers)
        self._sources = [feeds[int(feed)] for feed in fleet.feeds]
        self._encoder = Encoder(fleet.asset_class, fleet.panel.names, start)
        self._transport = scenario.transport
        codes = [_JOURNEY_CODE + place, seed]
        self._keys = np.array(
            [asset_key(codes[1], codes[0], int(n) + 1) for n in fleet.numbers], dtype=np.uint64
        )
        self.hear(only)
        self._next = np.zeros(len(fleet.assets), dtype=np.int64)
        self._stuck: sensor.Memory = {}

    def hear(self, only: Collection[str] | None) -> None:
        """From now on readings are made of these assets only; of all when None."""
        self._heard = np.array([only is None or asset in only for asset in self.fleet.assets])

    def report(self, faults: Sequence[Fault], silent: bool) -> list[Emission]:
        """The messages said in the block just lived, with the seconds at which they arrive.

        With `silent` none is made; what must be remembered of them still is.
        """
        rows, times = self.fleet.due()
        off = transport.silenced(
            rows, times, [fault for fault in faults if fault.kind.name in transport.SILENCING]
        )
        rows, times = rows[~off], times[~off]
        numbers = self._number(rows)
        broken = [fault for fault in faults if fault.kind.name in sensor.NAMES]
        wanted = self._heard[rows]
        if silent:
            stuck = [fault.row for fault in broken if fault.kind.name in sensor.REMEMBERING]
            wanted = wanted & np.isin(rows, stuck)
        rows, times, numbers = rows[wanted], times[wanted], numbers[wanted]
        if not len(rows):
            return []
        sample = sensor.distort(self.fleet, self.fleet.sample(rows, times), broken, self._stuck)
        return [] if silent else self._send(sample, numbers, faults)

    def _number(self, rows: Ints) -> Ints:
        """The next number of each device, in the order of `rows`."""
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        first = np.searchsorted(ordered, ordered, side="left")
        numbers = np.empty(len(rows), dtype=np.int64)
        numbers[order] = self._next[ordered] + np.arange(len(rows)) - first
        self._next += np.bincount(rows, minlength=len(self._next))
        return numbers

    def _send(self, sample: Sample, numbers: Ints, faults: Sequence[Fault]) -> list[Emission]:
        keys = self._keys[sample.rows]
        journey = transport.healthy_journey(sample.rows, sample.times, keys, self._transport)
        acting = [fault for fault in faults if fault.kind.name in transport.NAMES]
        journey = transport.disturb(self.fleet, journey, keys, acting)
        emissions = self._encode(sample, numbers, journey, journey.at, ~journey.lost)
        twice = (journey.again >= 0) & (journey.again != journey.at) & ~journey.lost
        if twice.any():
            emissions += self._encode(sample, numbers, journey, journey.again, twice)
        return emissions

    def _encode(
        self, sample: Sample, numbers: Ints, journey: Journey, at: Ints, which: Bools
    ) -> list[Emission]:
        chosen = np.flatnonzero(which)
        names = journey.name[chosen].tolist()
        values, counts = sample.values[chosen].tolist(), sample.counts[chosen].tolist()
        labels = sample.labels
        assets, sources = self.fleet.assets, self._sources
        columns = Columns(
            at[chosen].tolist(),
            self._places[journey.name[chosen]].tolist(),
            [assets[name] for name in names],
            [sources[name] for name in names],
            journey.clock[chosen].tolist(),
            numbers[chosen].tolist(),
            np.round(sample.lat[chosen], 6).tolist(),
            np.round(sample.lon[chosen], 6).tolist(),
            [row[:count] for row, count in zip(values, counts, strict=True)],
            [labels[i] for i in chosen.tolist()],
        )
        return self._encoder.encode(columns)
