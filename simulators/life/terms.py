"""What a contract says: leases, sub-charters, caps, and the days on which things fall due."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simulators.life.subject import DAY_S, MONTH_S, Line, Subject, line
from simulators.names import Lessee

YEAR_S = 365 * DAY_S
WEEK_S = 7 * DAY_S
_FIRST_DAY, _SOON_S = 0.12, 25 * DAY_S


class Use(NamedTuple):
    """The counter that a lease is settled by: its words in papers, monthly caps, use of a day."""

    used: str
    total: str
    cap: str
    caps: tuple[int, ...]
    a_day: float


USES: Mapping[str, Use] = {
    # A month has 720 h; narrow-bodies fly 8-12 h a day, trainsets run 250-500 km a day.
    "ship": Use("hours", "hours_total", "cap_hours_month", (720, 732, 744), 19.0),
    "aircraft": Use("flight_hours", "flight_hours_total", "cap_flight_hours_month",
                    (450, 480, 510), 9.3),
    "metro": Use("km", "km_total", "cap_km_month", (18_000, 20_000, 22_000), 370),
}  # fmt: skip


class Charter(NamedTuple):
    """A sub-charter inside a head lease."""

    charterer: str
    begin: int
    end: int


class Lease(NamedTuple):
    """A lease: signed, delivered at `begin`, planned to end at `until`; seconds."""

    id: str
    lessee: Lessee
    form: str
    rent_usd_month: int
    cap: int
    signed: int
    begin: int
    until: int

    @property
    def parties(self) -> dict[str, str]:
        """What every fact of this lease names."""
        return {"lease": self.id, "lessee": self.lessee.name}


def draw_lease(
    subject: Subject, turn: int, lessee: Lessee, year: int, days: tuple[int, int, int]
) -> Lease:
    """The asset's `turn`-th lease; `days` are the seconds of signing, delivery and planned end."""
    use = USES[subject.asset_class]
    price = subject.trade.price_usd_m
    rent = subject.between(0.006, 0.011, "rent", turn) * subject.between(*price, "price") * 1e6
    return Lease(
        f"L{subject.code[0]}-{year}-{subject.number * 64 + turn:06d}",
        lessee,
        subject.one_of(("operating lease", "finance lease"), "form", turn),
        round(rent / 1_000) * 1_000,
        subject.one_of(use.caps, "cap", turn),
        *days,
    )


def signed(subject: Subject, lease: Lease) -> Line:
    """The agreement with its terms."""
    terms = {
        "form": lease.form,
        "rent_usd_month": lease.rent_usd_month,
        "rent_due": "every 30 days",
        USES[subject.asset_class].cap: lease.cap,
    }
    return line(
        lease.signed, "lease_signed", "contract desk", "lease agreement",
        until=lease.until, details=terms, **lease.parties,
    )  # fmt: skip


def first_due(subject: Subject, what: str, period_s: int, soon: float) -> int:
    """The first second from the start on which something falls due.

    Evenly over the period, but for some: a few within the first day, the more the earlier, so that
    there is something to see in the first minutes; a share `soon` within 25 days.
    """
    share, when = subject.share(what), subject.share(f"{what}/when")
    if share < _FIRST_DAY:
        return int(30 * (DAY_S / 30) ** when)
    if share < _FIRST_DAY + soon:
        return int(DAY_S + when * (_SOON_S - DAY_S))
    return int(_SOON_S * (soon > 0) + when * (period_s - _SOON_S * (soon > 0)))


def dues_before(first: int, since: int, weeks: int = 0) -> Iterator[int]:
    """Due days before `first`: `weeks` weekly ones, then monthly for a year, then quarterly."""
    due, weekly = first, first - weeks * WEEK_S
    while True:
        if due > weekly:
            due -= WEEK_S
        else:
            due -= MONTH_S if due > -YEAR_S else 91 * DAY_S
        if due < since:
            return
        if due < 0:
            yield due
