"""The alert book of one asset: its open alerts by rule, and each way in which one may change.

IEC 62923 as in bridge alert management: an alert is done when its condition has cleared *and* a
person has acknowledged it, in either order; cautions clear by themselves.  Firing again takes an
acknowledgement back.  Severity may rise on an open alert, a fall never happens.
Alerts are values: a change gives a new alert and the AlertChange that tells of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict, replace

from schemas.alert import AlertChange, ChangeKind, Condition, Handling, Severity, Verdict
from services.domain.alert_rules import SELF_CLEARING

_RANK: Mapping[Severity, int] = {"caution": 0, "warning": 1, "alarm": 2, "emergency": 3}


class Alert(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An alert that is not done; the fields are those of schemas.AlertChange."""

    alert: str
    asset: str
    asset_class: str
    rule: str
    severity: Severity
    condition: Condition = "firing"
    handling: Handling = "new"
    verdict: Verdict | None = None
    assignee: str | None = None
    silenced_until: datetime | None = None
    opened_at: datetime
    known_at: datetime
    occurrences: int = 1
    summary: str
    lease: str | None = None
    lessee: str | None = None
    lat: float | None = None
    lon: float | None = None
    evidence: dict[str, float | str] = msgspec.field(default_factory=dict)


Book = dict[str, Alert]
"""Open alerts by rule: one at most for each."""


class Cause(NamedTuple):
    """What a change is caused by: `time` is event time, `recorded_at` when the line took it in."""

    id: str
    time: datetime
    recorded_at: datetime
    actor: str


class Sight(NamedTuple):
    """What is seen when a rule fires, copied into the alert."""

    summary: str
    severity: Severity
    evidence: dict[str, float | str]
    lat: float | None = None
    lon: float | None = None


class Holder(NamedTuple):
    """Whose alert it is: the asset, and the lease in force at the event's time."""

    asset: str
    asset_class: str
    lease: str | None
    lessee: str | None


def fire(
    book: Book, rule: str, sight: Sight, cause: Cause, holder: Holder
) -> tuple[Book, AlertChange]:
    """Exactly one change: opened, fired_again, severity_raised or repeated."""
    old = book.get(rule)
    if old is None:
        new = Alert(
            alert=change_id(cause, rule), rule=rule, opened_at=cause.time,
            known_at=cause.recorded_at, **holder._asdict(), **sight._asdict(),
        )  # fmt: skip
        return {**book, rule: new}, tell("opened", new, cause)
    kind, handling = _refired(old, sight.severity)
    new = replace(
        old,
        condition="firing",
        handling=handling,
        severity=max(old.severity, sight.severity, key=lambda s: _RANK[s]),
        occurrences=old.occurrences + 1,
        **{name: value for name, value in sight._asdict().items() if name != "severity"},
    )
    return {**book, rule: new}, tell(kind, new, cause)


def _refired(old: Alert, severity: Severity) -> tuple[ChangeKind, Handling]:
    again: Handling = "in_progress" if old.handling == "in_progress" else "new"
    if old.condition == "cleared":
        return "fired_again", again
    if _RANK[severity] > _RANK[old.severity]:
        return "severity_raised", again
    return "repeated", old.handling


def clear(
    book: Book, rule: str, cause: Cause, note: str | None = None, over: bool = False
) -> tuple[Book, list[AlertChange]]:
    """One change if the alert is open and firing, else none.

    `over`: nobody need look at it any more, it ended before it was known.
    """
    old = book.get(rule)
    if old is None or old.condition == "cleared":
        return book, []
    self_clearing = old.severity == "caution" or rule in SELF_CLEARING
    if over or self_clearing or old.handling == "acknowledged":
        done = replace(old, condition="cleared", handling="done")
        by_system = cause._replace(actor="system")
        return without(book, rule), [tell("resolved", done, by_system, note)]
    new = replace(old, condition="cleared")
    return {**book, rule: new}, [tell("cleared", new, cause, note)]


def without(book: Book, rule: str) -> Book:
    """The book less one alert, which is done."""
    return {name: alert for name, alert in book.items() if name != rule}


def change_id(cause: Cause, rule: str) -> str:
    """`<cause>/<rule>`: the same cause gives the same id however often it is concluded."""
    return f"{cause.id}/{rule}"


def tell(kind: ChangeKind, alert: Alert, cause: Cause, note: str | None = None) -> AlertChange:
    """The change as it is published, with the alert as it stands after it."""
    stands = asdict(alert)
    del stands["known_at"]
    return AlertChange(
        id=change_id(cause, alert.rule),
        change=kind,
        cause=cause.id,
        time=cause.time,
        recorded_at=cause.recorded_at,
        actor=cause.actor,
        note=note,
        **stands,
    )
