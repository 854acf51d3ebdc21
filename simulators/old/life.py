"""Past lives: what was declared of every asset from its order to its present lease.

Chronological and as the lifecycle allows: accepted before the first lease, one lease at a time, a
sub-charter inside its head lease, and today a lease in force that ends in the future.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from schemas.fact import Fact, FactKind
from schemas.zones import load_zones
from simulators.old.fleet import Fleet
from simulators.old.names import OWNERS, TRADES, Trade, Type, ship_name

_LIFE_CODE = 88
_DEFAULT_RATE = 0.04
_LONG_LEASE_DAYS = 600


class Subject(NamedTuple):
    """One asset of the world: `number` counts over all fleets."""

    asset: str
    asset_class: str
    number: int


def subjects(fleets: Sequence[Fleet]) -> list[Subject]:
    """All assets of the world in their order."""
    pairs = [(asset, fleet.asset_class) for fleet in fleets for asset in fleet.assets]
    return [Subject(*pair, number) for number, pair in enumerate(pairs)]


def past_lives(seed: int, fleets: Sequence[Fleet], start: datetime) -> list[Fact]:
    """Every fact up to `start`, oldest first."""
    facts = [fact for subject in subjects(fleets) for fact in past_life(seed, subject, start)]
    return sorted(facts, key=lambda fact: (fact.valid_from, fact.id))


def past_life(seed: int, subject: Subject, start: datetime) -> list[Fact]:
    """The facts of one asset, oldest first; the same for the same seed, asset and start."""
    life = _Life(seed, subject, start)
    life.build()
    life.lease_out()
    return sorted(life.facts, key=lambda fact: (fact.valid_from, fact.id))


class _Life:
    """Writes one life; days are counted back from the start."""

    def __init__(self, seed: int, subject: Subject, start: datetime) -> None:
        self.facts: list[Fact] = []
        self._subject, self._start = subject, start
        self._rng = np.random.default_rng([seed, _LIFE_CODE, subject.number])
        self._trade: Trade = TRADES[subject.asset_class]
        self._type: Type = self._trade.types[subject.number % len(self._trade.types)]
        self._places = [z.id for z in load_zones() if z.kind == self._trade.place_kind]
        self._leases = 0
        self._lessee = ""

    def _one_of(self, things: Sequence[Any]) -> Any:
        return things[int(self._rng.integers(len(things)))]

    def _days(self, low: float, high: float) -> float:
        return float(self._rng.uniform(low, high))

    def _tell(self, kind: FactKind, days_ago: float, source: str, **fields: Any) -> None:
        valid_from = self._start - timedelta(seconds=round(days_ago * 86_400 / 60) * 60)
        number = len(self.facts) + 1
        paper = fields.pop("paper", None)
        year = valid_from.year
        document = f"{paper} {self._subject.number:04d}-{year}-{number:02d}" if paper else None
        self.facts.append(
            Fact(
                id=f"{self._subject.asset}-fact-{number:03d}",
                asset=self._subject.asset,
                asset_class=self._subject.asset_class,
                kind=kind,
                valid_from=valid_from,
                recorded_at=self._start,
                source=source,
                document=document,
                **fields,
            )
        )

    def build(self) -> None:
        """Ordered, built, registered and accepted."""
        kind, trade = self._type, self._trade
        self._accepted = self._days(1_500, 3_600)
        building = self._days(*trade.build_days)
        ordered = self._accepted + building
        price = {"price_usd_m": round(self._days(12, 90), 1)}
        self._tell(
            "ordered",
            ordered,
            "contract desk",
            paper="purchase contract",
            counterparty=kind.builder,
            details=price,
        )
        self._tell(
            "construction_started",
            self._accepted + 0.6 * building,
            "builder",
            paper="milestone certificate",
            counterparty=kind.builder,
            place=kind.place,
        )
        self._tell(
            "built",
            self._accepted + 12,
            "builder",
            paper="trial report",
            counterparty=kind.builder,
            place=kind.place,
        )
        identity = self._identity()
        self._tell(
            "registered",
            self._accepted + 2,
            "registry",
            paper="certificate of registry",
            name=self._name(identity),
            details=identity,
        )
        self._tell(
            "accepted",
            self._accepted,
            "contract desk",
            paper=trade.delivery_paper,
            counterparty=kind.builder,
            place=kind.place,
        )

    def _identity(self) -> dict[str, str | float]:
        built = (self._start - timedelta(days=self._accepted + 12)).year
        common: dict[str, str | float] = {
            "type": self._type.title,
            "builder": self._type.builder,
            "built_year": str(built),
            "owner": self._one_of(OWNERS),
            **self._type.details,
        }
        code = self._subject.asset.split("-", 1)[1]
        number = self._subject.number
        if self._subject.asset_class == "ship":
            return {"imo": code, "flag": self._type.flag, **common}
        if self._subject.asset_class == "aircraft":
            letters = "".join(chr(65 + number // 26**k % 26) for k in (2, 1, 0))
            prefix = {"IE": "EI-", "BM": "VQ-"}[self._type.flag]
            return {
                "icao24": code,
                "registration": f"{prefix}{letters}",
                "flag": self._type.flag,
                "msn": str(3_000 + number),
                **common,
            }
        return {"trainset": code, **common}

    def _name(self, identity: dict[str, str | float]) -> str:
        if self._subject.asset_class == "ship":
            return ship_name(self._subject.number)
        if self._subject.asset_class == "aircraft":
            return f"{identity['registration']} {identity['type']}"
        return f"Train {identity['trainset']}"

    def lease_out(self) -> None:
        """Past leases one after the other, each redelivered, then today's."""
        today = self._days(60, 800)
        begin = self._accepted - self._days(1, 20)
        while True:
            end = begin - self._days(*self._trade.lease_days)
            if end < today + 60:
                break
            self._past_lease(begin, end)
            begin = end - self._days(25, 70)
            self._between_leases(end, begin)
        self._todays_lease(min(begin, today))

    def _sign(self, begin: float, end: float) -> dict[str, Any]:
        """Signed and delivered; returns what every fact of this lease names."""
        others = [name for name in self._trade.lessees if name != self._lessee]
        self._lessee = self._one_of(others)
        signed_days = begin + min(20, self._days(4, 20))
        signed = self._start - timedelta(days=signed_days)
        number = self._subject.number * 8 + self._leases % 8
        self._leases += 1
        terms = {"lease": f"L-{signed.year}-{number:04d}", "lessee": self._lessee}
        until = self._start - timedelta(days=round(end))
        kind = self._one_of(("operating lease", "finance lease"))
        self._tell(
            "lease_signed",
            signed_days,
            "contract desk",
            paper="lease agreement",
            until=until,
            **terms,
            details={"form": kind, "rent_usd_month": round(self._days(80, 700)) * 1_000},
        )
        self._tell(
            "delivered",
            begin,
            "contract desk",
            paper="delivery certificate",
            place=self._one_of(self._places),
            until=until,
            **terms,
        )
        return terms

    def _past_lease(self, begin: float, end: float) -> None:
        terms = self._sign(begin, end)
        self._during(begin, end + 120, terms)
        if self._rng.random() < _DEFAULT_RATE:
            self._default(end, terms)
            return
        self._tell(
            "redelivery_notice",
            end + self._days(60, 100),
            "contract desk",
            paper="redelivery notice",
            **terms,
        )
        self._tell(
            "redelivery_started",
            end + self._days(3, 9),
            "contract desk",
            paper="redelivery survey",
            **terms,
        )
        self._tell(
            "redelivered",
            end,
            "contract desk",
            paper="redelivery certificate",
            place=self._one_of(self._places),
            **terms,
        )

    def _default(self, end: float, terms: dict[str, Any]) -> None:
        self._tell("rent_overdue", end + 90, "treasury", paper="notice of arrears", **terms)
        self._tell("default_declared", end + 60, "contract desk", paper="default notice", **terms)
        self._tell("repossession_started", end + 40, "contract desk", paper="court order", **terms)
        self._tell(
            "repossessed",
            end,
            "contract desk",
            paper="repossession protocol",
            place=self._one_of(self._places),
            **terms,
        )

    def _during(self, begin: float, end: float, terms: dict[str, Any]) -> None:
        """What happens within a lease, in shares of its length."""
        span = begin - end
        if span < 30:
            return
        self._tell("rent_paid", begin - 0.05 * span, "treasury", paper="receipt", **terms)
        self._tell(
            "surveyed",
            begin - self._days(0.1, 0.2) * span,
            "surveyor",
            paper=self._trade.survey,
            place=self._one_of(self._places),
        )
        if self._trade.charterers and self._rng.random() < 0.6:
            self._subcharter(begin, span, terms, still_open=end <= 3.0)
        if span > _LONG_LEASE_DAYS:
            self._maintain(begin - 0.75 * span, terms)
        self._tell("rent_paid", end + 0.08 * span, "treasury", paper="receipt", **terms)

    def _subcharter(
        self, begin: float, span: float, terms: dict[str, Any], still_open: bool
    ) -> None:
        charterer = self._one_of(self._trade.charterers)
        until = self._start + timedelta(days=40 if still_open else round(0.7 * span - begin))
        self._tell(
            "subchartered",
            begin - 0.25 * span,
            "lessee",
            paper="time charter",
            charterer=charterer,
            until=until,
            **terms,
        )
        if still_open:
            return
        self._tell(
            "subcharter_ended",
            begin - 0.7 * span,
            "lessee",
            paper="redelivery note",
            charterer=charterer,
            **terms,
        )

    def _maintain(self, days_ago: float, terms: dict[str, Any]) -> None:
        place = self._one_of(self._places)
        level = {"level": self._trade.upkeep}
        self._tell(
            "maintenance_started",
            days_ago,
            "lessee",
            paper="work order",
            place=place,
            details=level,
            **terms,
        )
        self._tell(
            "maintenance_ended",
            days_ago - self._days(*self._trade.upkeep_days),
            "lessee",
            paper="release to service",
            place=place,
            details=level,
            **terms,
        )

    def _between_leases(self, end: float, begin: float) -> None:
        if end - begin > 45 and self._trade.upkeep_days[1] < 30:
            self._maintain(end - 5, {})

    def _todays_lease(self, begin: float) -> None:
        left_days = self._days(150, 1_600)
        due_soon = self._rng.random() < 0.05
        end = -60.0 if due_soon else -left_days
        terms = self._sign(begin, end)
        self._during(begin, 3.0, terms)
        if due_soon and begin > 40:
            self._tell(
                "redelivery_notice", 2.0, "contract desk", paper="redelivery notice", **terms
            )
