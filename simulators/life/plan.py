"""A life as planned: when an asset was bought, how it was leased, and what falls due first.

Seconds count from the world's start and are negative before it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from simulators.life.subject import DAY_S, MONTH_S, Subject
from simulators.life.terms import USES, WEEK_S, YEAR_S, Charter, Lease, draw_lease, first_due
from simulators.names import OWNERS, Lessee, lessee_of

_DEFAULT_RATE = 0.06
_NOTICE_GIVEN = 0.5


class Tenure(NamedTuple):
    """A lease as it went: `end` is past the start for the one in force; `charter` inside it."""

    lease: Lease
    end: int
    defaulted: bool
    charter: Charter | None


class Due(NamedTuple):
    """The first seconds from the start on which something falls due; `cover` is the cover's end."""

    rent: int
    use: int
    cover: int
    survey: int
    notice: int
    redelivery: int


class Plan(NamedTuple):
    """One life.  `use_start` is the counter that leases are settled by, at the start."""

    subject: Subject
    owner: str
    ordered: int
    construction: int
    built: int
    accepted: int
    tenures: tuple[Tenure, ...]
    due: Due
    use_start: float

    def use_at(self, second: int) -> float:
        """The counter's value at a second before the start, now and then a day behind."""
        per_s = min(USES[self.subject.asset_class].a_day / DAY_S, self.use_start / -self.accepted)
        behind_s = DAY_S * self.subject.share("behind", -second)
        return max(self.use_start + per_s * (second - behind_s), 0.0)

    @property
    def today(self) -> Tenure:
        """The lease in force."""
        return self.tenures[-1]


def draw_plan(
    subject: Subject, start: datetime, past_years: float, use_start: float, lead_s: int
) -> Plan:
    """The life of one asset, the same for the same arguments.

    Insurance is renewed `lead_s` before its end.
    """
    trade = subject.trade
    accepted = -round(subject.between(0.45, 1.0, "age") * past_years * YEAR_S / 60) * 60
    building = subject.days(*trade.build_days, "building")
    tenures = tuple(_tenures(subject, start, accepted))
    return Plan(
        subject,
        subject.one_of(OWNERS[subject.asset_class], "owner"),
        accepted - building,
        accepted - round(0.6 * building),
        accepted - 12 * DAY_S,
        accepted,
        tenures,
        _dues(subject, tenures[-1], lead_s),
        use_start,
    )


def _tenures(subject: Subject, start: datetime, accepted: int) -> Iterator[Tenure]:
    """Past leases one after the other, with weeks between them, then today's."""
    today = -subject.days(60, 800, "today")
    begin, turn, before = accepted + subject.days(1, 20, "begin"), 0, None
    while (end := begin + subject.days(*subject.trade.lease_days, "length", turn)) < (
        today - 60 * DAY_S
    ):
        lessee = next_lessee(subject, before, turn)
        defaulted = subject.share("default", turn) < _DEFAULT_RATE
        yield _tenure(subject, start, turn, lessee, begin, end, defaulted)
        begin = end + subject.days(25, 90, "gap", turn)
        turn, before = turn + 1, lessee
    lessee = lessee_of(subject.asset_class, subject.asset, subject.number)
    until = first_due(subject, "lease end", 1_500 * DAY_S, 0.13)
    yield _tenure(subject, start, turn, lessee, max(begin, today), until, False)


def next_lessee(subject: Subject, before: Lessee | None, turn: int) -> Lessee:
    """Somebody else who leases such assets, where there is one."""
    others = [lessee for lessee in subject.lessees if lessee != before]
    return subject.one_of(others or subject.lessees, "lessee", turn)


def _tenure(
    subject: Subject, start: datetime, turn: int, lessee: Lessee, begin: int, end: int,
    defaulted: bool,
) -> Tenure:  # fmt: skip
    signed = begin - subject.days(2, 20, "signed", turn)
    year = (start + timedelta(seconds=signed)).year
    until = end + (round(0.3 * (end - begin)) if defaulted else 0)
    lease = draw_lease(subject, turn, lessee, year, (signed, begin, until))
    return Tenure(lease, end, defaulted, _charter(subject, turn, begin, end))


def _charter(subject: Subject, turn: int, begin: int, end: int) -> Charter | None:
    charterers = subject.trade.charterers.get(subject.type.trade)
    if not charterers or subject.share("charter", turn) > 0.65:
        return None
    charterer = subject.one_of(charterers, "charterer", turn)
    if end < 0:
        return Charter(charterer, *(begin + round(x * (end - begin)) for x in (0.25, 0.7)))
    until = min(first_due(subject, "charter end", 300 * DAY_S, 0.15), end - 3 * DAY_S)
    opened = round(begin * subject.between(0.3, 0.7, "charter begin"))
    return Charter(charterer, opened, until) if until > 0 else None


def _dues(subject: Subject, today: Tenure, lead_s: int) -> Due:
    end = today.end
    notice = max(end - subject.trade.notice_days * DAY_S, round(0.9 * today.lease.begin))
    if notice < 0 and subject.share("notice") < _NOTICE_GIVEN:
        notice = round(end * subject.between(0.1, 0.5, "notice day"))
    survey_days = subject.trade.survey_days
    inspection = max(notice, end - subject.days(2, 8, "inspection"), round(0.6 * end))
    return Due(
        first_due(subject, "rent day", MONTH_S, 0.0),
        first_due(subject, "use day", WEEK_S, 0.0),
        first_due(subject, "renewal day", YEAR_S, 0.2) + lead_s,
        first_due(subject, "survey day", survey_days * DAY_S, 0.15),
        notice,
        inspection + 5,
    )
