"""The simulated world: three fleets, their lives, and what goes wrong with them.

It moves in blocks of `scenario.block_s` seconds.  Same scenario, seed and start: the same bytes,
whoever simulates which share of it, and however far it was skipped ahead.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from schemas.fact import Fact
from simulators.air import AircraftFleet
from simulators.emission import Emission, moments_of, tick
from simulators.fault import FaultLabel, Kind
from simulators.faults import transport
from simulators.faults.book import FaultBook
from simulators.feeds import feeds_of, share_of
from simulators.fleet import Fleet
from simulators.life import Life, mishaps
from simulators.noise import Bools
from simulators.rail import MetroTrains
from simulators.reporter import Reporter
from simulators.scenario import Scenario
from simulators.sea import Ships

TICK_S = 10
_FLEETS = (Ships, AircraftFleet, MetroTrains)
_CLASS_PLACE, _FACT_PLACE = 1 << 34, 1 << 40  # within a second: ticks, readings, facts
_OF_LIFE = frozenset(kind.name for kind in mishaps.KINDS)


class Block(NamedTuple):
    """What arrives from second `start` to before second `end`, in order of (at, place)."""

    start: int
    end: int
    emissions: list[Emission]


class World:
    """The world of a scenario from `start` on (the scenario's own, or now, when none is given).

    `share=(k, n)` simulates the k-th of n parts of its feeds only: parts together are the whole.
    `only` names the assets whose readings are made; the others live silently.
    Raises ValueError when the start has no zone or the feeds cannot be shared so.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        start: datetime | None = None,
        share: tuple[int, int] = (0, 1),
        only: Collection[str] | None = None,
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.start = _beginning(scenario, start)
        self._moment = moments_of(self.start)
        self.second = 0
        self.end = int(scenario.days * 86_400)
        self.source = f"sim-{self.seed}"
        every_feed = feeds_of(scenario)
        self._feeds = share_of(every_feed, scenario, *share)
        self._names = [feed.name(self.seed) for feed in self._feeds]
        self._tick_places = [every_feed.index(feed) - len(every_feed) for feed in self._feeds]
        self.fleets: dict[str, Fleet] = dict(self._make_fleets())
        self._reporters = [self._reporter(fleet, only) for fleet in self.fleets.values()]
        self._life = Life(self.seed, tuple(self.fleets.values()), scenario, self.start)
        self._faults = FaultBook(self.seed, scenario, self.start, self.fleets, every_feed)
        self._held: list[Emission] = []
        self._fact_places = {
            asset: _FACT_PLACE + _class_place(fleet) + int(number)
            for fleet in self.fleets.values()
            for asset, number in zip(fleet.assets, fleet.numbers, strict=True)
        }

    def _make_fleets(self) -> Iterator[tuple[str, Fleet]]:
        for make in _FLEETS:
            mine = [feed for feed in self._feeds if feed.asset_class == make.asset_class]
            if mine:
                numbers = np.concatenate([feed.numbers for feed in mine])
                indices = np.concatenate([np.full(len(f.numbers), f.index) for f in mine])
                fleet = make(self.seed, numbers, indices, self.scenario, self.start)
                yield make.asset_class, fleet

    def _reporter(self, fleet: Fleet, only: Collection[str] | None) -> Reporter:
        names = {
            feed.index: name
            for feed, name in zip(self._feeds, self._names, strict=True)
            if feed.asset_class == fleet.asset_class
        }
        return Reporter(
            fleet, _class_place(fleet), names, self.seed, self.start, self.scenario, only
        )

    @property
    def now(self) -> datetime:
        """The simulated time at which the next block begins."""
        return self.start + timedelta(seconds=self.second)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The names of the feeds simulated here."""
        return tuple(self._names)

    def facts(self) -> list[Fact]:
        """Every asset's past up to `start`, in the order in which it was declared."""
        return self._life.past()

    def truth(self) -> list[FaultLabel]:
        """The faults begun so far, by start; for tests and the lab, never published."""
        return self._faults.labels()

    def hear(self, only: Collection[str] | None) -> None:
        """From the next block on the readings of these assets only are made; of all when None."""
        for reporter in self._reporters:
            reporter.hear(only)

    def advance(self) -> Block:
        """The next block."""
        start, end = self.second, self.second + self.scenario.block_s
        said = self._live(start, end, silent=False)
        said += self._held
        said += self._ticks(start, end)
        said.sort(key=itemgetter(0, 1))
        later = bisect_left(said, end, key=itemgetter(0))
        self._held = said[later:]
        return Block(start, end, said[:later])

    def skip_to(self, second: int) -> None:
        """Goes to the last block border at or before `second`; nothing happens if it is past."""
        block_s = self.scenario.block_s
        held_s = self._faults.longest_hold_s + transport.HEALTHY_HOLD_S
        while self.second + block_s <= second - held_s:
            self._live(self.second, self.second + block_s, silent=True)
        while self.second + block_s <= second:
            self.advance()

    def _live(self, start: int, end: int, silent: bool) -> list[Emission]:
        self._faults.begin(start, end, self._ready)
        said: list[Emission] = []
        events = {}
        for reporter in self._reporters:
            fleet = reporter.fleet
            acting = self._faults.active(fleet.asset_class)
            self._faults.correct(fleet.live(end, acting))
            events[fleet.asset_class] = list(fleet.events())
            said += reporter.report(acting, silent)
        acting = [fault for name in self.fleets for fault in self._faults.active(name)]
        for at, fact in self._life.live(start, end, acting, events):
            place = self._fact_places[fact.asset]
            said.append(Emission(at, place, "facts", fact.asset, fact.to_json()))
        self._faults.correct(self._life.spans())
        self._faults.rest(start, end)
        self.second = end
        return said

    def _ready(self, fleet: Fleet, kind: Kind) -> Bools:
        if kind.name in _OF_LIFE:
            return self._life.ready(kind.asset_class, kind.needs)
        return fleet.ready(kind.needs)

    def _ticks(self, start: int, end: int) -> Iterator[Emission]:
        for at in range(start + -start % TICK_S, end, TICK_S):
            for feed, name, place in zip(self._feeds, self._names, self._tick_places, strict=True):
                if not self._faults.down(feed, at):
                    yield tick(name, at, place, self._moment)


def _class_place(fleet: Fleet) -> int:
    names = [make.asset_class for make in _FLEETS]
    return names.index(fleet.asset_class) * _CLASS_PLACE


def _beginning(scenario: Scenario, start: datetime | None) -> datetime:
    start = start or scenario.start or datetime.now(UTC)
    if start.tzinfo is None:
        raise ValueError("the start of a world needs a zone: write it with Z or an offset")
    return start.astimezone(UTC).replace(microsecond=0)
