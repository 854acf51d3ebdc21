"""The alert book of one asset: its alerts by rule, and each way in which one may change.

IEC 62923 as in bridge alert management: an alert is done when its condition has cleared *and* a
person has acknowledged it, in either order; cautions clear by themselves.  Where its rule asks for
a verdict it is done only with one.  Firing again takes an acknowledgement back.  Severity may rise
on an open alert, which ends its silence; a fall never happens.
One resolved while its condition stands is done, but stays in the book until that has cleared; if it
has not cleared by `fires_again_at`, a new alert takes its place.
Alerts are values: a change gives a new alert and the AlertChange that tells of it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import asdict, replace

from schemas.alert import AlertChange, ChangeKind, Condition, Handling, Severity, Verdict
from services.domain.alert_rules import policy_of

_RANK: Mapping[Severity, int] = {"caution": 0, "warning": 1, "alarm": 2, "emergency": 3}


class Alert(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One alert; the fields are those of schemas.AlertChange.

    `fires_again_at` is set while it is done and its condition stands; `seen_at` is the time of what
    the summary says, where that is not the opening.
    """

    alert: str
    asset: str
    asset_class: str
    rule: str
    severity: Severity
    condition: Condition = "firing"
    handling: Handling = "new"
    verdict: Verdict | None = None
    asks_verdict: bool = False
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
    fires_again_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether nobody need do anything about it any more."""
        return self.handling == "done"

    @property
    def lacks_verdict(self) -> bool:
        """Whether it cannot be done yet for want of a verdict."""
        return self.asks_verdict and self.verdict is None


Book = dict[str, Alert]
"""Alerts by rule, one at most for each: open, or resolved while their condition stands."""


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
    book: Book, rule: str, sight: Sight, cause: Cause, holder: Holder, note: str | None = None
) -> tuple[Book, AlertChange]:
    """Exactly one change: opened, fired_again, severity_raised or repeated.

    One that was resolved while its condition stood is only repeated until it may fire again.
    """
    old = book.get(rule)
    if old is None or (old.done and _may_fire_again(old, sight, cause)):
        new = Alert(
            alert=change_id(cause, rule), rule=rule, opened_at=cause.time,
            known_at=cause.recorded_at, asks_verdict=policy_of(rule).asks_verdict,
            **holder._asdict(), **sight._asdict(),
        )  # fmt: skip
        return {**book, rule: new}, tell("opened", new, cause, note or _standing_note(old))
    kind, handling = _refired(old, sight.severity)
    new = replace(
        old,
        condition="firing",
        handling=handling,
        severity=max(old.severity, sight.severity, key=lambda s: _RANK[s]),
        silenced_until=None if kind == "severity_raised" else old.silenced_until,
        occurrences=old.occurrences + 1,
        seen_at=cause.time,
        **{name: value for name, value in sight._asdict().items() if name != "severity"},
    )
    return {**book, rule: new}, tell(kind, new, cause, _refiring_note(kind, old, cause))


def _may_fire_again(old: Alert, sight: Sight, cause: Cause) -> bool:
    at = old.fires_again_at
    return at is None or cause.recorded_at >= at or _RANK[sight.severity] > _RANK[old.severity]


def _refired(old: Alert, severity: Severity) -> tuple[ChangeKind, Handling]:
    again: Handling = "in_progress" if old.handling == "in_progress" else "new"
    if old.condition == "cleared":
        return "fired_again", again
    if _RANK[severity] > _RANK[old.severity]:
        return "severity_raised", again
    return "repeated", old.handling


def _refiring_note(kind: ChangeKind, old: Alert, cause: Cause) -> str | None:
    if old.done:
        return "it was resolved and its condition has not cleared since"
    if old.silenced_until is None or old.silenced_until <= cause.recorded_at:
        return None
    if kind == "severity_raised":
        return "its severity has risen: that ends its silence"
    return f"it stays silenced until {_utc(old.silenced_until)}"


def fire_again(
    book: Book, cause: Cause, holder: Holder, seen: Mapping[str, Sight]
) -> tuple[Book, list[AlertChange]]:
    """New alerts in the place of those that were resolved and whose condition stands too long.

    `cause.recorded_at` is the asset's own clock; `seen`: what is seen now of some of the rules.
    """
    changes = []
    for rule, old in book.items():
        if old.fires_again_at is not None and cause.recorded_at >= old.fires_again_at:
            book, change = fire(book, rule, seen.get(rule) or _as_it_was(old), cause, holder)
            changes.append(change)
    return book, changes


def _as_it_was(old: Alert) -> Sight:
    dated = policy_of(old.rule).declared or _AS_OF in old.summary
    when = "" if dated else f" {_AS_OF}{_utc(old.seen_at or old.opened_at)})"
    return Sight(old.summary + when, old.severity, old.evidence, old.lat, old.lon)


_AS_OF = "(as of "


def _standing_note(old: Alert | None) -> str | None:
    if old is None or old.verdict is None:
        return None
    return (
        f"the alert of {_utc(old.opened_at)} was resolved as {verdict_words(old.verdict)}, "
        "but its condition has not cleared since"
    )


def verdict_words(verdict: Verdict) -> str:
    """A verdict as it is said in a sentence: `false alarm`."""
    return verdict.replace("_", " ")


def _utc(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def clear(
    book: Book, rule: str, cause: Cause, note: str | None = None, over: bool = False
) -> tuple[Book, list[AlertChange]]:
    """One change if the alert is in the book and firing, else none.

    `over`: nobody need look at it any more, it ended before it was known.
    """
    old = book.get(rule)
    if old is None or old.condition == "cleared":
        return book, []
    new = replace(old, condition="cleared", fires_again_at=None)
    if old.done:
        return without(book, rule), [tell("cleared", new, cause, note)]
    self_clearing = old.severity == "caution" or policy_of(rule).self_clearing
    if over or self_clearing or _seen_to(old):
        by_system = cause._replace(actor="system")
        return without(book, rule), [
            tell("resolved", replace(new, handling="done"), by_system, note)
        ]
    if old.handling != "new" and old.lacks_verdict:
        note = join_notes(note, AWAITS_VERDICT)
    return {**book, rule: new}, [tell("cleared", new, cause, note)]


def end(book: Book, rule: str, cause: Cause) -> tuple[Book, list[AlertChange]]:
    """Clears what the papers say is over.

    What was over before it was known (a past life told late) needs nobody's acknowledgement.
    """
    alert = book.get(rule)
    over = alert is not None and cause.time <= alert.known_at
    note = "it was over before it was known" if over else None
    return clear(book, rule, cause, note, over)


def _seen_to(alert: Alert) -> bool:
    """Whether clearing is all that it waits for; work in progress ends with its verdict."""
    if alert.handling == "in_progress":
        return alert.verdict is not None
    return alert.handling == "acknowledged" and not alert.lacks_verdict


AWAITS_VERDICT = "the condition has cleared: the alert waits for a verdict"


def join_notes(*notes: str | None) -> str | None:
    """What a person wrote and what the line has to say about it, in one note."""
    return "; ".join(note for note in notes if note) or None


def without(book: Book, rule: str) -> Book:
    """The book less one alert, which is done."""
    return {name: alert for name, alert in book.items() if name != rule}


def change_id(cause: Cause, rule: str) -> str:
    """`<cause>/<rule>`: the same cause gives the same id however often it is concluded."""
    return f"{cause.id}/{rule}"


def left(before: Book, after: Book, changes: Iterable[AlertChange]) -> list[Alert]:
    """The alerts that a step has done with, as they stand: in the book `before` it, in `changes`.

    Those that are in the book after it are not among them.
    """
    here = {alert.alert for alert in after.values()}
    gone = {alert.alert: alert for alert in before.values()}
    gone |= {change.alert: _told(change) for change in changes if change.change != "refused"}
    return [alert for name, alert in gone.items() if name not in here]


def _told(change: AlertChange) -> Alert:
    fields = {name: getattr(change, name) for name in _TOLD}
    return Alert(known_at=change.recorded_at, **fields)


_NOT_TOLD = ("known_at", "fires_again_at", "seen_at")
_TOLD = tuple(name for name in Alert.__struct_fields__ if name not in _NOT_TOLD)


def tell(kind: ChangeKind, alert: Alert, cause: Cause, note: str | None = None) -> AlertChange:
    """The change as it is published, with the alert as it stands after it."""
    stands = {name: value for name, value in asdict(alert).items() if name not in _NOT_TOLD}
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
