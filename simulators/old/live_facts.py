"""Facts declared while the world runs: a few on rent, surveys, yard stays every quarter hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from schemas.fact import Fact, FactKind
from simulators.old.emission import Emission
from simulators.old.fleet import Fleet
from simulators.old.life import Subject, past_life, subjects

CYCLE_S = 900
_CODE = 99
_LONG_AT_BERTH = 8  # of ten ships the one that lies long: see simulators.ships


class _Plan(NamedTuple):
    """`kind` is told `at` seconds into a cycle of the `pick`-th asset drawn for it."""

    at: int
    kind: FactKind
    pick: int
    source: str
    paper: str
    details: dict[str, str | float]


_PLANS = (
    _Plan(45, "rent_overdue", 0, "treasury", "notice of arrears", {"days_late": 5}),
    _Plan(80, "surveyed", 1, "surveyor", "condition survey", {"result": "satisfactory"}),
    _Plan(120, "maintenance_started", 3, "lessee", "work order", {"level": "repair afloat"}),
    _Plan(170, "redelivery_notice", 2, "contract desk", "redelivery notice", {}),
    _Plan(600, "rent_paid", 0, "treasury", "receipt", {}),
    _Plan(780, "maintenance_ended", 3, "lessee", "release to service", {"level": "repair afloat"}),
)


class LiveFacts:
    """The facts of every second; a pure function of seed, fleet and second."""

    def __init__(self, seed: int, fleets: Sequence[Fleet], start: datetime) -> None:
        self._seed, self._start = seed, start
        self._subjects = subjects(fleets)
        order = np.random.default_rng([seed, _CODE]).permutation(len(self._subjects))
        ships = len(fleets[0].assets)
        self._order: list[Subject] = [
            self._subjects[i] for i in order if i >= ships or i % 10 != _LONG_AT_BERTH
        ]
        self._moored = [self._subjects[i] for i in range(_LONG_AT_BERTH, ships, 10)]

    def declared(self, tick: int) -> list[Emission]:
        """What is declared at `tick`, ready to publish."""
        cycle, second = divmod(tick, CYCLE_S)
        facts = [self._fact(plan, cycle, tick) for plan in _PLANS if plan.at == second]
        return [Emission("facts", fact.asset, fact.to_json()) for fact in facts if fact]

    def _subject(self, plan: _Plan, cycle: int) -> Subject | None:
        if plan.kind.startswith("maintenance"):
            return self._moored[cycle % len(self._moored)] if self._moored else None
        place = cycle * 3 + plan.pick
        if plan.kind == "redelivery_notice" and place >= len(self._order):
            return None  # every asset has had its turn: a notice is given once
        return self._order[place % len(self._order)]

    def _fact(self, plan: _Plan, cycle: int, tick: int) -> Fact | None:
        subject = self._subject(plan, cycle)
        if subject is None:
            return None
        past = past_life(self._seed, subject, self._start)
        if plan.kind == "redelivery_notice" and past[-1].kind == plan.kind:
            return None
        delivered = [fact for fact in past if fact.kind == "delivered"][-1]
        now = self._start + timedelta(seconds=tick)
        terms: dict[str, Any] = {"lease": delivered.lease, "lessee": delivered.lessee}
        return Fact(
            id=f"{subject.asset}-live-{tick:06d}",
            asset=subject.asset,
            asset_class=subject.asset_class,
            kind=plan.kind,
            valid_from=now,
            recorded_at=now,
            source=plan.source,
            document=f"{plan.paper} {subject.number:04d}-{cycle:03d}",
            details=plan.details,
            **terms,
        )
