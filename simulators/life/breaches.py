"""Yards that the fleets tell of, and contracts that are broken at once: caps and off-hire."""

from datetime import timedelta
from typing import get_args

from schemas.fact import FactKind
from schemas.messages import format_time
from simulators.faults.model import Fault
from simulators.fleet import Event
from simulators.life.desk import Desk, Handlers
from simulators.life.subject import line
from simulators.life.tenancy import prolong

_PAPERS = {"maintenance_started": "work order", "maintenance_ended": "release to service"}


def event(desk: Desk, row: int, at: int, told: Event) -> None:
    """A stay in the yard begins or ends; one that began before the start was never declared."""
    now, begins = desk.standing, told.kind == "maintenance_started"
    if told.kind not in _PAPERS or bool(now.in_yard[row]) == begins:
        return
    now.in_yard[row], now.off_hire[row] = begins, False
    source = "lessee" if now.leased[row] else "owner"
    kind = next(kind for kind in get_args(FactKind) if kind == told.kind)
    desk.tell(
        row,
        line(
            at,
            kind,
            source,
            _PAPERS[kind],
            place=told.place,
            details=dict(told.details),
            **now.parties(row),
        ),
    )


def fault(desk: Desk, row: int, at: int, begun: Fault) -> None:
    """What is broken from a fault's first second on; the others wait for their day."""
    if begun.kind.name == "over_cap":
        _lower_cap(desk, row, at, begun.size)
    elif begun.kind.name == "off_hire_under_way":
        desk.standing.off_hire[row] = True
        desk.tell(
            row,
            line(
                at,
                "off_hire",
                "lessee",
                "off-hire statement",
                details={"cause": "main engine repair"},
                **desk.standing.parties(row),
            ),
        )


def _lower_cap(desk: Desk, row: int, at: int, share: float) -> None:
    """The lease is amended: less is allowed a month than was used in this one already."""
    now = desk.standing
    begin = desk.start + timedelta(seconds=int(now.month_from[row]))
    allowed = round(float(now.month_used()[row]) * share, 1)
    details = {
        now.use.cap: allowed,
        "month_from": format_time(begin),
        f"{now.use.total}_from": round(float(now.month_use[row]), 1),
    }
    desk.tell(
        row,
        line(
            at,
            "lease_amended",
            "contract desk",
            "lease amendment",
            details=details,
            **now.parties(row),
        ),
    )


def fault_end(desk: Desk, row: int, at: int, over: Fault) -> None:
    """All is well again: the old cap, back on hire, a lease that was held over is prolonged."""
    now, name = desk.standing, over.kind.name
    if now.fault.get(row) == over:
        del now.fault[row]
    if name == "over_cap" and now.leased[row]:
        details = {now.use.cap: now.tenure_of[row].lease.cap}
        desk.tell(
            row,
            line(
                at,
                "lease_amended",
                "contract desk",
                "lease amendment",
                details=details,
                **now.parties(row),
            ),
        )
    elif name == "off_hire_under_way" and now.off_hire[row]:
        now.off_hire[row] = False
        desk.tell(row, line(at, "on_hire", "lessee", "on-hire statement", **now.parties(row)))
    elif name == "late_redelivery" and now.leased[row] and now.until[row] <= at:
        prolong(desk, row, at, at, "holding over, settled")


HANDLERS: Handlers = {"event": event, "fault": fault, "fault end": fault_end}
