"""Yards that the fleets tell of, and contracts that are broken at once: caps and off-hire."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import get_args

from schemas.fact import FactKind
from schemas.messages import format_time
from simulators.fault import Fault
from simulators.fleet import Event
from simulators.life.desk import Desk, Handlers
from simulators.life.periods import insured
from simulators.life.tenancy import amend, prolong

_SOON_S = 20
_PAPERS = {"maintenance_started": "work order", "maintenance_ended": "release to service"}


def event(desk: Desk, row: int, at: int, told: Event) -> None:
    """A stay in the yard begins or ends; one that began before the start was never declared."""
    now, begins = desk.standing, told.kind == "maintenance_started"
    if told.kind not in _PAPERS or bool(now.in_yard[row]) == begins:
        return
    now.in_yard[row], now.off_hire[row] = begins, False
    source = "lessee" if now.leased[row] else "owner"
    kind = next(kind for kind in get_args(FactKind) if kind == told.kind)
    desk.declare(row, at, kind, source, _PAPERS[kind], place=told.place, details=dict(told.details))


def fault(desk: Desk, row: int, at: int, begun: Fault) -> None:
    """What is broken from a fault's first second on; the others wait for their day.

    Where that day is not in the fault's time it is brought forward: a visitor has no weeks.
    """
    _BEGINNINGS[begun.kind.name](desk, row, at, begun)


def _demand_rent(desk: Desk, row: int, at: int, begun: Fault) -> None:
    _bring_forward(desk, row, "rent", at, begun)


def _demand_use(desk: Desk, row: int, at: int, begun: Fault) -> None:
    _bring_forward(desk, row, "use", at, begun)


def _bring_forward(desk: Desk, row: int, item: str, at: int, begun: Fault) -> None:
    if desk.standing.calendar.next[item][row] >= begun.end:
        desk.standing.calendar.put(at + _SOON_S, row, item)


def _end_cover(desk: Desk, row: int, at: int, begun: Fault) -> None:
    now = desk.standing
    if now.cover[row] < begun.end:
        return
    cancelled = insured(desk.subject(row), at, at + _SOON_S)._replace(paper="cancellation")
    desk.tell(row, cancelled)
    now.cover[row] = at + _SOON_S
    now.calendar.put(at + 1, row, "renewal")


def _end_lease(desk: Desk, row: int, at: int, begun: Fault) -> None:
    now = desk.standing
    if now.until[row] < begun.end:
        return
    now.until[row] = at + _SOON_S
    amend(desk, row, at, until=at + _SOON_S, details={"agreed": "early redelivery"})
    now.calendar.put(at + 1, row, "last call")


def _declare_off_hire(desk: Desk, row: int, at: int, _: Fault) -> None:
    now = desk.standing
    now.off_hire[row] = True
    cause = {"cause": "main engine repair"}
    paper = "off-hire statement"
    desk.declare(row, at, "off_hire", "lessee", paper, details=cause)


def _lower_cap(desk: Desk, row: int, at: int, begun: Fault) -> None:
    """The lease is amended: less is allowed a month than was used in this one already."""
    now = desk.standing
    begin = desk.start + timedelta(seconds=int(now.month_from[row]))
    details = {
        now.use.cap: round(float(now.month_used()[row]) * begun.size, 1),
        "month_from": format_time(begin),
        f"{now.use.total}_from": round(float(now.month_use[row]), 1),
    }
    amend(desk, row, at, details=details)


_BEGINNINGS: Mapping[str, Callable[[Desk, int, int, Fault], None]] = {
    "late_rent": _demand_rent,
    "wrong_hours": _demand_use,
    "lapsed_insurance": _end_cover,
    "late_redelivery": _end_lease,
    "over_cap": _lower_cap,
    "off_hire_under_way": _declare_off_hire,
}


def fault_end(desk: Desk, row: int, at: int, over: Fault) -> None:
    """All is well again: the old cap, back on hire, a lease that was held over is prolonged."""
    now, name = desk.standing, over.kind.name
    if now.fault.get(row) == over:
        del now.fault[row]
    if name == "over_cap" and now.leased[row]:
        amend(desk, row, at, details={now.use.cap: now.tenure_of[row].lease.cap})
    elif name == "off_hire_under_way" and now.off_hire[row]:
        now.off_hire[row] = False
        desk.declare(row, at, "on_hire", "lessee", "on-hire statement")
    elif name == "late_redelivery" and now.leased[row] and now.until[row] <= at:
        prolong(desk, row, at, at, "holding over, settled")


HANDLERS: Handlers = {"event": event, "fault": fault, "fault end": fault_end}
