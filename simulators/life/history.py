"""The past told: what was declared of an asset from its order to its present lease.

Chronological and as the lifecycle allows: accepted before the first lease, one lease at a time, a
sub-charter inside its head lease, nothing in the future.
"""

from collections.abc import Iterator
from datetime import datetime

from schemas.zones import load_zones
from simulators.life.identity import registrations
from simulators.life.periods import periodic
from simulators.life.plan import Plan, Tenure
from simulators.life.subject import DAY_S, Line, Subject, line
from simulators.life.terms import signed

_LONG_LEASE_S = 600 * DAY_S
_OFF_HIRE_CAUSES = ("main engine repair", "crane breakdown", "crew change delay", "hull damage")
_PLACES = {
    kind: tuple(zone.id for zone in load_zones() if zone.kind == kind)
    for kind in ("port", "airport", "depot", "yard")
}


def history(plan: Plan, start: datetime) -> list[Line]:
    """Every line of the past, oldest first."""
    lines = [*_bought(plan), *registrations(plan, start), *periodic(plan)]
    for turn, tenure in enumerate(plan.tenures):
        lines += _leased(plan, turn, tenure)
    for turn, (old, new) in enumerate(zip(plan.tenures, plan.tenures[1:], strict=False)):
        lines += _between(plan.subject, turn, old.end, new.lease.begin)
    return sorted((one for one in lines if one.at < 0), key=lambda one: one.at)


def _bought(plan: Plan) -> Iterator[Line]:
    subject, kind = plan.subject, plan.subject.type
    price = {"price_usd_m": round(subject.between(*subject.trade.price_usd_m, "price"), 1)}
    works = {"counterparty": kind.builder, "place": kind.place}
    yield line(
        plan.ordered,
        "ordered",
        "contract desk",
        "purchase contract",
        counterparty=kind.builder,
        details=price,
    )
    yield line(
        plan.construction, "construction_started", "builder", "milestone certificate", **works
    )
    yield line(plan.built, "built", "builder", "trial report", **works)
    yield line(plan.accepted, "accepted", "contract desk", subject.trade.delivery_paper, **works)


def _leased(plan: Plan, turn: int, tenure: Tenure) -> Iterator[Line]:
    subject, lease = plan.subject, tenure.lease
    place = subject.one_of(_places(subject), "delivery place", turn)
    yield signed(subject, lease)
    yield line(
        lease.begin,
        "delivered",
        "contract desk",
        "delivery certificate",
        place=place,
        until=lease.until,
        **lease.parties,
    )
    yield from _employed(subject, turn, tenure)
    if tenure.end > 0:
        yield _noticed(plan.due.notice, tenure)
    elif tenure.defaulted:
        yield from _defaulted(subject, turn, tenure)
    else:
        yield from _redelivered(subject, turn, tenure)


def _places(subject: Subject) -> tuple[str, ...]:
    own = _PLACES[subject.trade.place_kind]
    if subject.asset_class == "metro":
        line_name = subject.lessees[0].serves[0]
        return tuple(place for place in own if place.startswith(line_name)) or own
    return own


def _employed(subject: Subject, turn: int, tenure: Tenure) -> Iterator[Line]:
    """Sub-charter, off-hire and maintenance within a lease, in shares of its length."""
    lease, length = tenure.lease, tenure.end - tenure.lease.begin
    if tenure.charter:
        yield from chartered(tenure)
    if tenure.end > 0 or length < 200 * DAY_S:
        return
    if subject.asset_class == "ship" and subject.share("off-hire", turn) < 0.5:
        cause = {"cause": subject.one_of(_OFF_HIRE_CAUSES, "off-hire cause", turn)}
        begin = lease.begin + round(0.35 * length)
        yield line(
            begin, "off_hire", "lessee", "off-hire statement", details=cause, **lease.parties
        )
        yield line(
            begin + subject.days(0.5, 6, "off-hire length", turn),
            "on_hire",
            "lessee",
            "on-hire statement",
            **lease.parties,
        )
    if length > _LONG_LEASE_S:
        begin = lease.begin + round(0.75 * length)
        yield from maintained(subject, turn, begin, lease.parties)


def chartered(tenure: Tenure) -> Iterator[Line]:
    """A sub-charter and, when it is over, its end."""
    charter = tenure.charter
    if charter is None:
        return
    terms = {"charterer": charter.charterer, **tenure.lease.parties}
    yield line(charter.begin, "subchartered", "lessee", "time charter", until=charter.end, **terms)
    yield line(charter.end, "subcharter_ended", "lessee", "redelivery note", **terms)


def maintained(subject: Subject, turn: int, begin: int, parties: dict[str, str]) -> Iterator[Line]:
    """A stay in the yard, hangar or workshop."""
    yard = subject.asset_class == "ship"
    place = subject.one_of(_PLACES["yard"] if yard else _places(subject), "upkeep place", turn)
    level = {"level": subject.trade.upkeep}
    end = begin + subject.days(*subject.trade.upkeep_days, "upkeep", turn)
    source = "lessee" if parties else "owner"
    yield line(
        begin, "maintenance_started", source, "work order", place=place, details=level, **parties
    )
    yield line(
        end,
        "maintenance_ended",
        source,
        "release to service",
        place=place,
        details=level,
        **parties,
    )


def _noticed(at: int, tenure: Tenure) -> Line:
    return line(
        at,
        "redelivery_notice",
        "contract desk",
        "redelivery notice",
        until=tenure.lease.until,
        **tenure.lease.parties,
    )


def _redelivered(subject: Subject, turn: int, tenure: Tenure) -> Iterator[Line]:
    place = subject.one_of(_places(subject), "redelivery place", turn)
    inspected = tenure.end - subject.days(3, 9, "inspected", turn)
    yield _noticed(tenure.end - subject.trade.notice_days * DAY_S, tenure)
    yield line(
        inspected,
        "redelivery_started",
        "contract desk",
        "redelivery survey",
        **tenure.lease.parties,
    )
    yield line(
        tenure.end,
        "redelivered",
        "contract desk",
        "redelivery certificate",
        place=place,
        **tenure.lease.parties,
    )


def _defaulted(subject: Subject, turn: int, tenure: Tenure) -> Iterator[Line]:
    """Arrears of three months, default, repossession."""
    end, parties = tenure.end, tenure.lease.parties
    yield line(end - 90 * DAY_S, "rent_overdue", "treasury", "notice of arrears", **parties)
    yield line(end - 60 * DAY_S, "default_declared", "contract desk", "default notice", **parties)
    yield line(end - 40 * DAY_S, "repossession_started", "contract desk", "court order", **parties)
    yield line(
        end,
        "repossessed",
        "contract desk",
        "repossession protocol",
        place=subject.one_of(_places(subject), "redelivery place", turn),
        **parties,
    )


def _between(subject: Subject, turn: int, end: int, begin: int) -> Iterator[Line]:
    """Off lease for long: a stay in the yard where that is short, or in storage."""
    if begin - end < 45 * DAY_S:
        return
    if subject.trade.upkeep_days[1] < 30 and subject.share("between", turn) < 0.5:
        yield from maintained(subject, turn + 100, end + 5 * DAY_S, {})
        return
    place = subject.one_of(_places(subject), "storage place", turn)
    yield line(end + 5 * DAY_S, "laid_up", "owner", "lay-up certificate", place=place)
    yield line(begin - 3 * DAY_S, "reactivated", "owner", "reactivation survey", place=place)
