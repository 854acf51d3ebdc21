"""What the tests of terms by a counter are written with: minutes, caps, declarations."""

from collections.abc import Iterator
from typing import Any

from schemas import AlertChange, Fact, Signal
from tests.domain.lives import Timeline, delivered_life, fact, signal

LEASE: dict[str, Any] = {"lease": "LS-1"}


def minute(at: float, hours: float | None) -> Signal:
    """A summary at day `at`, with the main engine's counter if the ship told it."""
    evidence = {} if hours is None else {"me_hours": hours}
    id = f"telemetry-0-{round(at * 1440)}-0"
    return signal(id, "minute_summary", at, evidence=evidence)


def twice(at: float, hours: float) -> list[Signal]:
    """Two summaries: what has grown by some hours unheard is believed with the second."""
    return [minute(at, hours), minute(at + 1 / 1440, hours)]


def hourly(first: float, last: float, hours: float, share: float = 1.0) -> Iterator[Signal]:
    """Summaries an hour from day to day; the engine runs for a share of the time."""
    for n in range(round((last - first) * 24) + 1):
        yield minute(first + n / 24, hours + n * share)


def say(changes: list[AlertChange]) -> list[tuple[str, str]]:
    return [(change.rule, change.change) for change in changes]


def capped(id: str, at: float, hours: float, told: float | None = None, **more: Any) -> Fact:
    details = {"cap_hours_month": hours, **more}
    return fact(id, "lease_amended", at, told, details=details, **LEASE)


def declared(id: str, at: float, hours: float, told: float | None = None, **more: Any) -> Fact:
    details = {"hours": hours, "period_days": 7}
    return fact(id, "utilisation_declared", at, told, source="lessee", details=details, **more)


def a_timeline(*facts: Fact) -> Timeline:
    """A ship delivered on day 40, whose rent is due every 30 days from then: days 40, 70, 100."""
    rhythm = fact("a0", "lease_amended", 41, details={"rent_due": "every 30 days"}, **LEASE)
    timeline = Timeline()
    assert timeline.tell(*delivered_life(), rhythm, *facts) == []
    return timeline


def daily(first: int, last: int, hours: float = 24) -> Iterator[Fact]:
    """Declarations of a day each, which do not say for how long they are."""
    for at in range(first, last + 1):
        details = {"hours": hours}
        yield fact(f"d{at}", "utilisation_declared", at, source="lessee", details=details)


def in_order(*messages: Fact | Signal) -> list[Fact | Signal]:
    """By when they were told."""
    return sorted(messages, key=lambda m: m.recorded_at if isinstance(m, Fact) else m.ingest_time)
