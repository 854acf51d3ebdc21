"""The end of a lease and the next one: notice, inspection, redelivery, signing, delivery.

An asset is given back where it lies still and let again before it leaves; a lease whose end finds
it under way is prolonged.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from simulators.fleet import Span
from simulators.life.calendar import NEVER, Entry
from simulators.life.charters import await_charter, end_charter
from simulators.life.desk import Desk, Handlers
from simulators.life.identity import reregistered
from simulators.life.plan import Tenure, next_lessee
from simulators.life.standing import COMMITTED, INSPECTED, LAST_CALL_S, OFF_LEASE, ON_LEASE
from simulators.life.subject import DAY_S
from simulators.life.terms import Lease, draw_lease, signed

_HOUR_S = 3_600
WINDOW_S: Mapping[str, int] = {"ship": 3 * DAY_S, "aircraft": 0, "metro": 0}
"""So long before its end a lease may be ended at the first rest."""
EXTENSION_S: Mapping[str, int] = {"ship": 6 * DAY_S, "aircraft": 5 * _HOUR_S, "metro": 7 * _HOUR_S}
"""A lease that ends under way is prolonged by so much."""


def take_opportunities(desk: Desk, since: int) -> None:
    """Given back at the first rest in the window; let again before it leaves."""
    now, calendar = desk.standing, desk.standing.calendar
    closing = (now.phase == INSPECTED) & (now.until - desk.own(WINDOW_S) <= since)
    calls = calendar.next["last call"] < NEVER
    for row in np.flatnonzero(closing & now.rested & now.rests & calls & ~now.off_hire):
        if not now.fault_at(int(row), "late_redelivery", since):
            calendar.put(since + 1, int(row), "release")
    for row in np.flatnonzero((now.phase == OFF_LEASE) & now.own & ~now.rests):
        calendar.put(since + 1, int(row), "signing")


def notice(desk: Desk, row: int, at: int, _: object) -> None:
    """Whoever holds the lease is told of its end."""
    if desk.standing.phase[row] == ON_LEASE:
        until = int(desk.standing.until[row])
        desk.declare(
            row, at, "redelivery_notice", "contract desk", "redelivery notice", until=until
        )


def inspection(desk: Desk, row: int, at: int, _: object) -> None:
    """The survey before redelivery; a sub-charter ends before it."""
    now = desk.standing
    if row in now.charterer:
        end_charter(desk, row, at)
        now.calendar.put(at + 1, row, "inspection")
        return
    now.phase[row] = INSPECTED
    desk.declare(row, at, "redelivery_started", "contract desk", "redelivery survey")


def last_call(desk: Desk, row: int, at: int, _: object) -> None:
    """Just before the end: given back, prolonged, or held over where a fault has it so."""
    now, fault = desk.standing, desk.standing.fault_at(row, "late_redelivery", at)
    if fault and fault.end > now.until[row]:
        desk.spans.append(Span(fault.id, int(now.until[row]), fault.end))
    elif now.rested[row] and now.rests[row] and not now.off_hire[row]:
        release(desk, row, at, None)
    else:
        prolong(desk, row, at, int(now.until[row]), "to the end of the voyage")


def prolong(desk: Desk, row: int, at: int, begin: int, reason: str) -> None:
    """The lease goes on for a while from `begin`."""
    now, until = desk.standing, begin + desk.own(EXTENSION_S)
    now.until[row] = until
    amend(desk, row, at, until=until, details={"extended": reason})
    now.calendar.put(until - LAST_CALL_S, row, "last call")


def amend(desk: Desk, row: int, at: int, **fields: Any) -> None:
    """The open lease gets other terms."""
    desk.declare(row, at, "lease_amended", "contract desk", "lease amendment", **fields)


def release(desk: Desk, row: int, at: int, _: object) -> None:
    """Given back: off lease until somebody else signs."""
    now = desk.standing
    if row in now.charterer:
        end_charter(desk, row, at)
    desk.declare(row, at, "redelivered", "contract desk", "redelivery certificate")
    now.phase[row] = OFF_LEASE
    for item in ("notice", "inspection", "last call", "release", "charter", "charter end"):
        now.calendar.put(NEVER, row, item)
    gap = desk.subject(row).days(0.2, 6, "live gap", int(now.turn[row]))
    now.calendar.put(at + gap, row, "signing")


def signing(desk: Desk, row: int, at: int, _: object) -> None:
    """The next lease, with whatever mark the aircraft will bear under it."""
    now, lease = desk.standing, _next_lease(desk, row, at)
    moved = reregistered(
        desk.subject(row), lease.begin - 1, now.tenure_of[row].lease.lessee, lease.lessee
    )
    if moved:
        now.calendar.add(Entry(moved.at, row, "say", moved))
    now.tenure_of[row] = Tenure(lease, lease.until, False, None)
    now.turn[row] += 1
    now.phase[row], now.until[row] = COMMITTED, lease.until
    now.calendar.put(lease.begin, row, "delivery")
    desk.tell(row, signed(desk.subject(row), lease))


def _next_lease(desk: Desk, row: int, at: int) -> Lease:
    subject, turn = desk.subject(row), int(desk.standing.turn[row])
    begin = at + subject.days(0.2, 3, "live delivery", turn)
    until = begin + subject.days(*subject.trade.lease_days, "length", turn)
    lessee = next_lessee(subject, desk.standing.tenure_of[row].lease.lessee, turn)
    year = (desk.start + timedelta(seconds=at)).year
    return draw_lease(subject, turn, lessee, year, (at, begin, until))


def delivery(desk: Desk, row: int, at: int, _: object) -> None:
    """The next lease begins."""
    now, put = desk.standing, desk.standing.calendar.put
    now.phase[row], until = ON_LEASE, int(now.until[row])
    desk.declare(row, at, "delivered", "contract desk", "delivery certificate", until=until)
    now.told_use[row] = now.month_use[row] = float(now.used[row])
    now.told_at[row] = now.month_from[row] = at
    put(until - desk.subject(row).trade.notice_days * DAY_S, row, "notice")
    put(until - 5 * DAY_S, row, "inspection")
    put(until - LAST_CALL_S, row, "last call")
    await_charter(desk, row, at)


HANDLERS: Handlers = {
    "notice": notice,
    "inspection": inspection,
    "last call": last_call,
    "release": release,
    "signing": signing,
    "delivery": delivery,
}
