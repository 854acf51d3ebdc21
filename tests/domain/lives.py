"""What the lifecycle tests are written with: short ways to say facts, signals and commands."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from schemas import AlertChange, Command, Fact, Signal, Transition
from services.domain.alert_book import Alert
from services.domain.lifecycle import step
from services.domain.lifecycle_state import AssetLife, decode, encode
from services.lifecycle.done import DoneAlerts

ASSET = "ship-9074729"
T0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """That many days after T0."""
    return T0 + timedelta(days=number)


def fact(id: str, kind: str, at: float, told: float | None = None, **fields: Any) -> Fact:
    """Valid from day `at`, recorded on day `told` (the same one by default)."""
    recorded_at = day(at if told is None else told)
    known = {"asset": ASSET, "asset_class": "ship", "source": "contract desk"}
    return Fact.model_validate(
        {**known, "id": id, "kind": kind, "valid_from": day(at), "recorded_at": recorded_at}
        | fields
    )


def signal(id: str, kind: str, at: float, **fields: Any) -> Signal:
    """At day `at`, taken in at once."""
    known = {"asset": ASSET, "asset_class": "ship", "source": "sim", "cause": id.rpartition("-")[0]}
    return Signal.model_validate(
        {**known, "id": id, "kind": kind, "time": day(at), "ingest_time": day(at)} | fields
    )


def command(id: str, kind: str, at: float, alert: str | None = None, **fields: Any) -> Command:
    """By Li, at day `at`."""
    known = {"asset": ASSET, "actor": "Li", "alert": alert}
    return Command.model_validate({**known, "id": id, "kind": kind, "time": day(at)} | fields)


def moved(id: str, at: float, to_state: str, from_state: str = "AT_ANCHOR") -> Signal:
    """A movement change."""
    return signal(id, "movement_changed", at, from_state=from_state, to_state=to_state)


class Timeline:
    """Feeds one asset's messages, and goes through its state topic after each of them.

    `done`: the alerts that are done, as the lifecycle service keeps them.
    """

    def __init__(self) -> None:
        self.life = AssetLife(ASSET)
        self._done = DoneAlerts()
        self._records: dict[bytes, bytes] = {}
        self.transitions: list[Transition] = []
        self.changes: list[AlertChange] = []
        self.facts: list[Fact] = []

    def tell(self, *messages: Fact | Signal | Command) -> list[AlertChange]:
        """Steps the messages; returns the alert changes that they led to."""
        before = len(self.changes)
        for message in messages:
            named = message.alert if isinstance(message, Command) else None
            outcome = step(self.life, message, self._done.named(ASSET, named))
            self.life = decode(encode(outcome.life))
            self._keep(outcome.done)
            self.transitions += outcome.transitions
            self.changes += outcome.changes
            self.facts += outcome.facts
        return self.changes[before:]

    @property
    def done(self) -> dict[str, Alert]:
        """The alerts that are done, by id."""
        names = [key.decode().partition("/")[2] for key in self._records]
        return {name: self._done.named(ASSET, name)[name] for name in names}

    def _keep(self, done: Sequence[Alert]) -> None:
        for key, value in self._done.keep(ASSET, done).items():
            self._records.pop(key, None)
            if value is not None:
                self._records[key] = value
        self._done = DoneAlerts()
        self._done.load(self._records)

    def moves(self, region: str, standing: str = "in_force") -> list[tuple[str, str]]:
        """(from, to) of the transitions of a region that were told with that standing."""
        return [
            (t.from_state, t.to_state)
            for t in self.transitions
            if t.region == region and t.standing == standing
        ]

    def says(self) -> list[tuple[str, str, str, str]]:
        """(rule, change, condition, handling) of every alert change."""
        return [(c.rule, c.change, c.condition, c.handling) for c in self.changes]


def delivered_life() -> list[Fact]:
    """Facts f1 to f6: from the order to the lease LS-1 to Aurora, days 40 to 400."""
    numbers = count(1)
    built = ("ordered", "construction_started", "built", "accepted")
    facts = [fact(f"f{next(numbers)}", kind, 10.0 * n) for n, kind in enumerate(built)]
    lease: dict[str, Any] = {"lease": "LS-1", "lessee": "Aurora"}
    return [
        *facts,
        fact(f"f{next(numbers)}", "lease_signed", 35, until=day(400), **lease),
        fact(f"f{next(numbers)}", "delivered", 40, **lease),
    ]
