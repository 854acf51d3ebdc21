"""The lease in force: its end, and the months by which its rents and caps run."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from schemas.asset_classes.model import Usage
from schemas.fact import Fact
from schemas.messages import UtcTime, format_time
from services.domain.alert_text import date_words
from services.domain.lifecycle_chart import Regions
from services.domain.terms.finding import Finding, Found

RULE = "late_redelivery"
TERMS, RENT = frozenset({"lease_signed", "delivered", "lease_amended"}), "rent_paid"
"""The kinds of facts that say something of it."""

_RHYTHM = re.compile(r"every (\d{1,3}) days")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")  # midnight UTC, as in all facts
_DAY = timedelta(days=1)
_read_time = TypeAdapter(UtcTime).validate_python


def look(regions: Regions, now: datetime) -> Found:
    """Late once the planned end has passed: neither given back nor prolonged."""
    until = regions.lease_until
    if not regions.leased or until is None:
        return Found((Finding(RULE, False, now),))
    if until > now:
        return Found((Finding(RULE, False, now),), until)
    words = {"until": date_words(until), "lease": regions.lease or "unknown"}
    evidence = {"since": format_time(until), "lease": regions.lease or "unknown"}
    return Found((Finding(RULE, True, until, words=words, evidence=evidence),))


class Agreed(NamedTuple):
    """The facts that are about the lease in force: of its terms and of its rents, oldest first."""

    terms: Sequence[Fact]
    rents: Sequence[Fact]

    @property
    def delivered(self) -> datetime | None:
        """When it was handed over."""
        return max((f.valid_from for f in self.terms if f.kind == "delivered"), default=None)

    def newest(self, detail: str) -> Fact | None:
        """The newest fact that says something of a detail."""
        return next((fact for fact in reversed(self.terms) if detail in fact.details), None)


def agreed(facts: Sequence[Fact], regions: Regions, now: datetime) -> Agreed:
    """What of the facts is about the lease in force; nothing while there is none."""
    if not regions.leased:
        return Agreed((), ())
    ordered = sorted(facts, key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id))
    told = [fact for fact in ordered if fact.valid_from <= now]
    signed = [f for f in told if f.kind == "lease_signed" and regions.lease in (f.lease, f.id)]
    since = signed[-1].valid_from if signed else now
    mine = [
        fact
        for fact in told
        if fact.lease == regions.lease or (fact.lease is None and fact.valid_from >= since)
    ]
    terms = [fact for fact in mine if fact.kind in TERMS]
    return Agreed(terms, [fact for fact in mine if fact.kind == RENT])


class Month(NamedTuple):
    """A month of the lease; `counter` at its beginning, if that is in the papers."""

    begin: datetime
    end: datetime
    counter: float | None = None


def month(lease: Agreed, usage: Usage, now: datetime) -> Month:
    """Months run from a day on which a rent fell due or that the parties name, in the rhythm that
    they agreed; where they agreed none, by the calendar.
    """
    rhythm = _rhythm(lease)
    begins, counter = _named(lease, usage)
    if rhythm is None:
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        begin, end = first, (first + 32 * _DAY).replace(day=1)
    else:
        known = [time for time in (*_due_days(lease), begins, lease.delivered) if time]
        anchor = max((time for time in known if time <= now), default=now)
        begin = anchor + (now - anchor) // rhythm * rhythm
        end = begin + rhythm
    if begins is not None and begin <= begins <= now:
        return Month(begins, end, counter)
    return Month(max(begin, lease.delivered or begin), end)


def _rhythm(lease: Agreed) -> timedelta | None:
    fact = lease.newest("rent_due")
    said = " ".join(str(fact.details["rent_due"]).lower().split()) if fact else ""
    found = _RHYTHM.fullmatch(said)
    return int(found[1]) * _DAY if found and int(found[1]) else None


def _due_days(lease: Agreed) -> list[datetime]:
    """Of a rent that was paid on its day that day is known, of one that was late not quite."""
    return [fact.valid_from for fact in lease.rents if number(fact, "days_late") == 0]


def _named(lease: Agreed, usage: Usage) -> tuple[datetime | None, float | None]:
    fact = lease.newest(usage.month_from)
    if fact is None:
        return None, None
    said = str(fact.details[usage.month_from]).strip()
    try:
        begins = _read_time(f"{said}T00:00:00Z" if _DATE.fullmatch(said) else said)
    except ValidationError:
        return None, None
    return begins, number(fact, usage.counter_from)


def number(fact: Fact, detail: str) -> float | None:
    """A detail that is a number, or the text of one."""
    try:
        value = float(fact.details.get(detail, math.nan))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
