"""What falls due again and again: rents, declarations, cover, surveys."""

from simulators.fleet import Span
from simulators.life import periods
from simulators.life.calendar import Entry
from simulators.life.desk import Desk, Handlers
from simulators.life.subject import DAY_S, MONTH_S
from simulators.life.terms import WEEK_S, YEAR_S


def rent(desk: Desk, row: int, at: int, _: object) -> None:
    """A month's rent falls due: paid on its day, or late where a fault has it so."""
    now = desk.standing
    now.calendar.put(at + MONTH_S, row, "rent")
    now.month_use[row], now.month_from[row] = float(now.used[row]), at
    if not now.leased[row]:
        return
    tenure, fault = now.tenure_of[row], now.fault_at(row, "late_rent", at)
    if fault is None:
        desk.tell(row, periods.paid(tenure, at, at))
        return
    declared = at + round(fault.size * (fault.end - at))
    for late in (periods.overdue(tenure, declared, at), periods.paid(tenure, fault.end, at)):
        now.calendar.add(Entry(late.at, row, "say", late))
    desk.spans.append(Span(fault.id, at, fault.end))


def use(desk: Desk, row: int, at: int, _: object) -> None:
    """The lessee declares the week's use; less than the truth where a fault has it so."""
    now = desk.standing
    now.calendar.put(at + WEEK_S, row, "use")
    total, before = float(now.used[row]), float(now.told_use[row])
    if now.leased[row]:
        fault = now.fault_at(row, "wrong_hours", at)
        said = before + (total - before) * (1.0 - fault.size if fault else 1.0)
        period_s = at - int(now.told_at[row])
        tenure, subject = now.tenure_of[row], desk.subject(row)
        desk.tell(row, periods.declared(subject, tenure, at, said - before, said, period_s))
        if fault:
            desk.spans.append(Span(fault.id, at, fault.end))
    now.told_use[row], now.told_at[row] = total, at


def renewal(desk: Desk, row: int, at: int, _: object) -> None:
    """Cover is renewed before it ends, or lapses until the fault is over."""
    now, fault = desk.standing, desk.standing.fault_at(row, "lapsed_insurance", at)
    if fault is None or fault.end <= now.cover[row]:
        cover(desk, row, at, int(now.cover[row]))
        return
    now.calendar.add(Entry(fault.end, row, "cover", fault.end))
    desk.spans.append(Span(fault.id, int(now.cover[row]), fault.end))


def cover(desk: Desk, row: int, at: int, begin: int) -> None:
    """Cover is bound for a year from `begin`."""
    now = desk.standing
    now.cover[row] = begin + YEAR_S
    desk.tell(row, periods.insured(desk.subject(row), at, begin + YEAR_S))
    now.calendar.put(begin + YEAR_S - now.lead_s, row, "renewal")


def survey(desk: Desk, row: int, at: int, _: object) -> None:
    """A surveyor comes once a year."""
    subject = desk.subject(row)
    desk.tell(row, periods.surveyed(subject, at))
    desk.standing.calendar.put(at + subject.trade.survey_days * DAY_S, row, "survey")


HANDLERS: Handlers = {
    "rent": rent,
    "use": use,
    "renewal": renewal,
    "cover": cover,
    "survey": survey,
}
