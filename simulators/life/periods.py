"""What comes again and again: rents, declared utilisation, insurance, surveys, before the start."""

from collections.abc import Iterator

from simulators.life.plan import Plan, Tenure
from simulators.life.subject import DAY_S, Line, Subject, line
from simulators.life.terms import USES, YEAR_S, dues_before
from simulators.names import INSURERS

_LATE_RATE = 0.03
_ARREARS_S = 120 * DAY_S
_GIVEN_UP_S = 5 * DAY_S
_WEEKLY_STATEMENTS = 4


def periodic(plan: Plan) -> Iterator[Line]:
    """Monthly for a year and quarterly before; insurance yearly, surveys as the class has them."""
    for tenure in plan.tenures:
        yield from _rents(plan, tenure)
    yield from _declarations(plan)
    yield from _covers(plan)
    yield from _surveys(plan)


def _rents(plan: Plan, tenure: Tenure) -> Iterator[Line]:
    end = tenure.end - (_ARREARS_S if tenure.defaulted else _GIVEN_UP_S)
    for due in dues_before(plan.due.rent, tenure.lease.begin):
        if due >= end:
            continue
        late = plan.subject.share("late rent", -due) < _LATE_RATE and due + 20 * DAY_S < end
        if late:
            overdue_s, paid_s = due + 5 * DAY_S, due + 12 * DAY_S
            yield overdue(tenure, overdue_s, due)
        yield paid(tenure, paid_s if late else due, due)


def paid(tenure: Tenure, at: int, due: int) -> Line:
    """The rent is paid at `at`."""
    amount = {"amount_usd": tenure.lease.rent_usd_month, "days_late": round((at - due) / DAY_S, 1)}
    return line(at, "rent_paid", "treasury", "receipt", details=amount, **tenure.lease.parties)


def overdue(tenure: Tenure, at: int, due: int) -> Line:
    """Treasury says so."""
    days = {"days_late": round((at - due) / DAY_S, 1)}
    return line(
        at, "rent_overdue", "treasury", "notice of arrears", details=days, **tenure.lease.parties
    )


def _declarations(plan: Plan) -> Iterator[Line]:
    due_days = [*dues_before(plan.due.use, plan.accepted, _WEEKLY_STATEMENTS)]
    for before, due in zip(due_days[:0:-1], due_days[-2::-1], strict=True):
        tenure = next((t for t in plan.tenures if t.lease.begin <= due < t.end), None)
        if tenure:
            used = plan.use_at(due) - plan.use_at(before)
            yield declared(plan.subject, tenure, due, used, plan.use_at(due), due - before)


def declared(
    subject: Subject, tenure: Tenure, at: int, used: float, total: float, period_s: int
) -> Line:
    """What the lessee declares to have used in the period, and the counter at its end."""
    use = USES[subject.asset_class]
    details = {
        use.used: round(used, 1),
        use.total: round(total, 1),
        "period_days": round(period_s / DAY_S),
    }
    return line(
        at,
        "utilisation_declared",
        "lessee",
        "utilisation report",
        details=details,
        **tenure.lease.parties,
    )


def _covers(plan: Plan) -> Iterator[Line]:
    """From acceptance on a year each; the cover in force ends at the first renewal to come."""
    years = range((plan.due.cover - plan.accepted) // YEAR_S + 1)
    ends = [plan.due.cover - year * YEAR_S for year in years]
    for end in ends:
        bound = end - YEAR_S - plan.subject.days(1, 14, "bound", end % YEAR_S + end // YEAR_S)
        yield insured(plan.subject, max(bound, plan.accepted - 660), end)


def insured(subject: Subject, at: int, until: int) -> Line:
    """Cover is bound at `at` and ends at `until`."""
    insurer = subject.one_of(INSURERS[subject.asset_class], "insurer")
    price = subject.between(*subject.trade.price_usd_m, "price")
    return line(
        at,
        "insured",
        "insurance broker",
        "cover note",
        counterparty=insurer,
        until=until,
        details={"sum_usd_m": round(price * 0.9, 1)},
    )


def _surveys(plan: Plan) -> Iterator[Line]:
    period_s = plan.subject.trade.survey_days * DAY_S
    for at in range(plan.due.survey - period_s, plan.accepted, -period_s):
        if at < 0:
            yield surveyed(plan.subject, at)


def surveyed(subject: Subject, at: int) -> Line:
    """A surveyor was on board."""
    return line(
        at, "surveyed", "surveyor", subject.trade.survey, details={"result": "satisfactory"}
    )
