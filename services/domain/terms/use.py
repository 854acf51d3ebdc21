"""What was used against what was agreed and what was declared, by the asset's own counter.

Where the counter was not heard it stood between the values before and after: a breach is told only
if it holds whatever it was in between, and beyond what an honest counter may be off.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas.asset_classes.model import AssetClass, Usage
from schemas.fact import Fact
from schemas.messages import format_time
from services.domain.alert_text import amount, channel_of, date_words
from services.domain.terms import kept
from services.domain.terms.finding import Finding, Found
from services.domain.terms.lease import Agreed, Month, month, number
from services.domain.terms.trail import Point, Trail

CAP_RULE, DECLARED_RULE = "over_cap", "declared_hours"

AUDIT_SHARE = 0.05
"""What lessors' audits look for: declared and counted use differ by a twentieth (DOMAIN D12)."""

_HALF_A_DAY = timedelta(days=0.5)
_DAY_H, _HOUR, _MINUTE = 24.0, timedelta(hours=1), timedelta(minutes=1)


def look_at_cap(lease: Agreed, trail: Trail, kind: AssetClass, now: datetime) -> Found:
    """The use of the lease's month so far against its cap; the month's end is when to look again.

    The month's use is at least what was counted since the counter was first heard in it.
    """
    usage = kind.usage
    fact = lease.newest(usage.cap) if usage else None
    cap = number(fact, usage.cap) if usage and fact else None
    if usage is None or cap is None:
        return Found((Finding(CAP_RULE, False, now),))
    current = month(lease, usage, now)
    newest = trail.newest
    if newest is None or newest.time + _MINUTE <= current.begin:
        finding = Finding(CAP_RULE, False if newest else None, now)
        return Found((finding,), current.end, awaits=True)
    base, is_known = _at_begin(current, trail, newest, usage)
    used, limit = newest.value - base, cap * (1 + usage.imprecision)
    holds = used > limit or (False if is_known else None)
    words = {
        "used": amount(used, _unit(kind)), "cap": amount(cap, _unit(kind)),
        "month": date_words(current.begin), "lease": lease_name(lease),
    }  # fmt: skip
    evidence: dict[str, float | str] = {
        "used": round(used, 1), "cap": cap, "month_from": format_time(current.begin),
        "counter": round(newest.value, 1), "channel": usage.counter,
    }  # fmt: skip
    finding = Finding(CAP_RULE, holds, newest.time, words=words, evidence=evidence)
    return Found((finding,), current.end, None if holds else base + limit)


def _at_begin(current: Month, trail: Trail, newest: Point, usage: Usage) -> tuple[float, bool]:
    """The counter at the month's beginning, rather too high than too low; whether it is known.

    What the papers put it at counts where the counter was not heard; not where no counter could
    have come from there to where it is, give or take a day: it is another one.
    """
    heard = trail.at(current.begin)
    high = heard.high if heard.high is not None else newest.value
    if heard.low is not None or current.counter is None:
        return high, heard.low is not None
    hours = (newest.time - current.begin) / _HOUR + _DAY_H
    fits = 0 <= newest.value - current.counter <= hours * usage.most_per_h
    return (current.counter, True) if fits else (high, False)


def lease_name(lease: Agreed) -> str:
    """What the lease is called."""
    return next((fact.lease or fact.id for fact in lease.terms), "unknown")


def _unit(kind: AssetClass) -> str:
    channel = channel_of(kind.name, kind.usage.counter) if kind.usage else None
    return channel.unit if channel else ""


def look_at_declared(
    facts: Sequence[Fact], lease: Agreed, trail: Trail, kind: AssetClass, now: datetime
) -> Found:
    """Each declaration that is known against the counter's difference over its period."""
    usage = kind.usage
    if usage is None or not trail.points:
        return Found()
    told = sorted(
        (f for f in facts if f.kind == "utilisation_declared" and f.valid_from <= now),
        key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id),
    )
    findings: dict[str, Finding] = {}
    for fact in told:
        used, begin = number(fact, usage.used), _begin(fact, told, lease)
        if used is not None and begin is not None:
            found = _declared(fact, used, begin, trail, kind)
            other = findings.get(found.alert, found)
            findings[found.alert] = max(other, found, key=lambda each: _WEIGHT[each.holds])
    awaits = bool(told) and trail.at(told[-1].valid_from).high is None
    return Found(tuple(findings.values()), awaits=awaits)


_WEIGHT = {False: 0, None: 1, True: 2}
"""Of several declarations for one day, what one has wrong another does not put right."""


def _begin(fact: Fact, told: Sequence[Fact], lease: Agreed) -> datetime | None:
    """When the period began: where the one before ended, or the lease did begin.

    `period_days` is rounded, so that it only tells which of them it is, if it is one of them.
    Not known of the oldest that is kept, if there may have been another since delivery.
    """
    ends = [other.valid_from for other in told if other.source == fact.source]
    known = [time for time in (*ends, lease.delivered) if time and time < fact.valid_from]
    days = number(fact, "period_days")
    if days is None:
        begin = max(known, default=None)
        mine = [other for other in told if other.source == fact.source]
        return begin if begin in ends or (begin and kept.knows_first(mine, begin)) else None
    if not 0 <= days <= _LONGEST_DAYS:
        return None
    about = fact.valid_from - timedelta(days=days)
    near = [time for time in known if abs(time - about) <= _HALF_A_DAY]
    return min(near, key=lambda time: abs(time - about), default=about)


_LONGEST_DAYS = 366.0


def _declared(fact: Fact, used: float, begin: datetime, trail: Trail, kind: AssetClass) -> Finding:
    usage, end = kind.usage, fact.valid_from
    about = f"{end:%Y-%m-%d}"
    first, last = trail.at(begin), trail.at(end)
    if usage is None or None in (*first, *last):
        return Finding(DECLARED_RULE, None, end, about)
    least = max((last.low or 0.0) - (first.high or 0.0), 0.0)
    most = (last.high or 0.0) - (first.low or 0.0)
    share = AUDIT_SHARE + usage.imprecision
    holds = used < least * (1 - share) - usage.step or used > most * (1 + share) + usage.step
    counted, unit = (least + most) / 2, _unit(kind)
    words = {
        "declared": amount(used, unit), "counted": amount(counted, unit),
        "period": f"{date_words(begin)} to {date_words(end)}",
    }  # fmt: skip
    evidence: dict[str, float | str] = {
        "declared": used, "counted": round(counted, 1), "from": format_time(begin),
        "to": format_time(end), "fact": fact.id, "channel": usage.counter,
    }  # fmt: skip
    return Finding(DECLARED_RULE, holds, end, about, words, evidence)
