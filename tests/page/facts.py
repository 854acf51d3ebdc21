"""The declared life of one ship, and the contract desk that tells the line of it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from schemas import Fact
from schemas.fact import FactKind
from services.line.line import Line
from tests.page.publishing import publish

SHIP = "ship-9321483"
NAME = "Estuary <b>Trader</b>"  # would be markup if the page let it

_LIFE: tuple[tuple[str, FactKind, dict[str, str]], ...] = (
    ("2012-03-01", "registered", {"name": NAME}),
    ("2012-03-01", "ordered", {"counterparty": "the yard"}),
    ("2013-01-10", "construction_started", {}),
    ("2014-02-01", "built", {}),
    ("2014-04-01", "lease_signed", {"lease": "LS-1", "lessee": "Northern Lanes"}),
    ("2014-05-20", "accepted", {"document": "PDA-1"}),
    ("2014-06-01", "delivered", {"lease": "LS-1", "lessee": "Northern Lanes"}),
    ("2016-01-01", "subchartered", {"lease": "LS-1", "charterer": "Cobalt Bulk"}),
    ("2017-01-01", "subcharter_ended", {"lease": "LS-1"}),
    ("2018-03-01", "maintenance_started", {"place": "SGSIN"}),
    ("2018-06-01", "maintenance_ended", {}),
    ("2020-06-01", "redelivered", {"lease": "LS-1", "document": "RC-1"}),
    ("2020-09-01", "redelivered", {"document": "RC-2"}),  # of no lease: quarantined
    ("2021-01-01", "lease_signed", {"lease": "LS-2", "lessee": "Sunda Container"}),
    ("2021-02-01", "delivered", {"lease": "LS-2", "lessee": "Sunda Container"}),
)


def fact(kind: FactKind, time: datetime, asset: str = SHIP, **fields: str) -> Fact:
    """A fact about a ship, told now."""
    return Fact.model_validate(
        {
            "id": f"{asset}-{kind}-{time:%Y%m%d%H%M%S}", "asset": asset, "asset_class": "ship",
            "kind": kind, "valid_from": time, "recorded_at": datetime.now(UTC),
            "source": "contract desk", **fields,
        }
    )  # fmt: skip


def life() -> list[Fact]:
    """Ordered in 2012, two leases, a charter, a dry dock, and one paper that fits nothing."""
    return [
        fact(kind, datetime.fromisoformat(day).replace(tzinfo=UTC), **fields)
        for day, kind, fields in _LIFE
    ]


def declare(line: Line, facts: Iterable[Fact]) -> None:
    """Tells the line."""
    publish(line, "facts", facts)
