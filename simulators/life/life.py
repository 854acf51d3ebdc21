"""The lives of all assets of a world, and the contracts' part of what goes wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

import numpy as np

from schemas.fact import Fact
from simulators.fault import Fault
from simulators.fleet import Event, Fleet, Span
from simulators.life import breaches, charters, mishaps, recurring, tenancy
from simulators.life.calendar import Entry
from simulators.life.desk import Desk, Handlers, say
from simulators.life.history import history
from simulators.life.plan import Plan, draw_plan
from simulators.life.ready import ready
from simulators.life.standing import Standing
from simulators.life.subject import Subject, written
from simulators.life.terms import YEAR_S
from simulators.noise import Bools
from simulators.scenario import Scenario

_KINDS = frozenset(kind.name for kind in mishaps.KINDS)
_LEAD_BLOCKS, _HORIZON_BLOCKS = 2, 4
_HANDLERS: Handlers = {
    **recurring.HANDLERS,
    **tenancy.HANDLERS,
    **charters.HANDLERS,
    **breaches.HANDLERS,
    "say": say,
}


class Life:
    """Facts of `fleets` from `start` on; an asset's facts depend on its own number alone."""

    def __init__(
        self, seed: int, fleets: Sequence[Fleet], scenario: Scenario, start: datetime
    ) -> None:
        self._start = start
        usual = _HORIZON_BLOCKS * scenario.block_s
        self._horizon_s = 2 * YEAR_S if scenario.planning.bring_forward else usual
        self._now = 0
        self._known: set[str] = set()
        years, lead_s = scenario.life.past_years, _LEAD_BLOCKS * scenario.block_s
        self._desks = {
            fleet.asset_class: Desk(
                Standing(fleet, _plans(seed, fleet, start, years, lead_s), lead_s), start, _HANDLERS
            )
            for fleet in fleets
        }

    def past(self) -> list[Fact]:
        """Every asset's past up to the start, oldest first."""
        plans = chain.from_iterable(desk.standing.plans for desk in self._desks.values())
        facts = [fact for plan in plans if plan for fact in self._told(plan)]
        return sorted(facts, key=lambda fact: (fact.valid_from, fact.id))

    def _told(self, plan: Plan) -> list[Fact]:
        asset = plan.subject.asset
        return [
            written(line, f"{asset}-fact-{number:04d}", plan.subject, self._start, 0)
            for number, line in enumerate(history(plan, self._start), start=1)
        ]

    def ready(self, asset_class: str, need: str) -> Bools:
        """Rows whose contracts are, now, as a mishap needs them; words: see `ready.NEEDS`."""
        return ready(self._desks[asset_class].standing, need, self._now, self._horizon_s)

    def live(
        self,
        since: int,
        until: int,
        faults: Sequence[Fault],
        events: Mapping[str, Sequence[Event]],
    ) -> list[tuple[int, Fact]]:
        """(second, fact) of the block [since, until) that the fleets have just lived, in order."""
        said: list[tuple[int, Fact]] = []
        for name, desk in self._desks.items():
            desk.spans = []
            desk.standing.lived()
            self._learn(desk, [fault for fault in faults if fault.kind.asset_class == name])
            for event in events.get(name, ()):
                if desk.standing.own[event.row]:
                    desk.standing.calendar.add(Entry(event.time, event.row, "event", event))
            tenancy.take_opportunities(desk, since)
            said += desk.work(until)
        self._now = until
        return sorted(said, key=lambda told: told[0])

    def _learn(self, desk: Desk, faults: Sequence[Fault]) -> None:
        for fault in faults:
            if fault.kind.name in _KINDS and fault.id not in self._known:
                self._known.add(fault.id)
                desk.standing.fault[fault.row] = fault
                for at, item in ((fault.start, "fault"), (fault.end, "fault end")):
                    desk.standing.calendar.add(Entry(at, fault.row, item, fault))

    def spans(self) -> list[Span]:
        """When faults truly begin and end, of those of which the last block decided it."""
        return [span for desk in self._desks.values() for span in desk.spans]


def _plans(
    seed: int, fleet: Fleet, start: datetime, years: float, lead_s: int
) -> list[Plan | None]:
    """One a row; strangers (numbers below 0) have none."""
    used = np.asarray(fleet.usage(), dtype=np.float64)
    return [
        draw_plan(
            Subject(seed, asset, fleet.asset_class, int(number)), start, years, float(use), lead_s
        )
        if number >= 0
        else None
        for asset, number, use in zip(fleet.assets, fleet.numbers, used, strict=True)
    ]
