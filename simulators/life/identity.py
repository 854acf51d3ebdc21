"""Names, flags and marks: how an asset is entered in its register, and when that changes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulators.life.plan import Plan
from simulators.life.registers import FLAGS, MARKS, filled
from simulators.life.subject import DAY_S, Line, Subject, line
from simulators.names import Lessee, ship_name

_PAPER = {"ship": "certificate of registry", "aircraft": "certificate of registration"}
_FLAG_CHANGES = 0.3


def registrations(plan: Plan, start: datetime) -> Iterator[Line]:
    """The first entry in the register, and one for each new name, flag or mark."""
    subject, known = plan.subject, ""
    for turn, tenure in enumerate(plan.tenures):
        name, marks = _entry(subject, turn, len(plan.tenures), tenure.lease.lessee)
        if turn == 0:
            fixed = _fixed(plan, start)
            yield _registered(subject, plan.accepted - 2 * DAY_S, name, {**marks, **fixed})
        elif f"{name}{marks}" != known:
            yield _registered(subject, tenure.lease.begin - DAY_S - 1_740, name, marks)
        known = f"{name}{marks}"


def reregistered(subject: Subject, at: int, before: Lessee, lessee: Lessee) -> Line | None:
    """An aircraft's new mark when it goes to a lessee of another country."""
    if subject.asset_class != "aircraft" or before.country == lessee.country:
        return None
    return _registered(subject, at, *_aircraft(subject, lessee))


def _registered(subject: Subject, at: int, name: str, details: dict[str, Any]) -> Line:
    paper = _PAPER.get(subject.asset_class, "rolling stock register")
    return line(at, "registered", "registry", paper, name=name, details=details)


def _fixed(plan: Plan, start: datetime) -> dict[str, Any]:
    """What never changes."""
    subject = plan.subject
    code = subject.asset.split("-", 1)[1]
    numbers: dict[str, dict[str, Any]] = {
        "ship": {"imo": code},
        "aircraft": {"icao24": code, "msn": str(3_000 + subject.number)},
        "metro": {"trainset": code},
    }
    built = (start + timedelta(seconds=plan.built)).year
    return {
        **numbers[subject.asset_class],
        "type": subject.type.title,
        "builder": subject.type.builder,
        "built_year": str(built),
        "owner": plan.owner,
        **subject.type.details,
    }


def _entry(subject: Subject, turn: int, leases: int, lessee: Lessee) -> tuple[str, dict[str, Any]]:
    """(name, marks) under the `turn`-th lease."""
    if subject.asset_class == "aircraft":
        return _aircraft(subject, lessee)
    if subject.asset_class == "ship":
        return _ship(subject, turn, leases)
    return f"Train {subject.asset.split('-', 1)[1]}", {"line": lessee.serves[0]}


def _ship(subject: Subject, turn: int, leases: int) -> tuple[str, dict[str, Any]]:
    """A ship gets a new name, or another flag, at most once and with a new lease."""
    renamed = turn > 0 and turn >= int(subject.share("rename") * 2 * leases)
    flag = subject.one_of(FLAGS, "flag")
    if turn > 0 and subject.share("reflag") < _FLAG_CHANGES and turn == leases - 1:
        flag = subject.one_of(FLAGS, "new flag")
    marks = {
        "flag": flag.code,
        "port_of_registry": flag.port,
        "call_sign": filled(flag.call_sign, subject.number),
        "mmsi": filled(f"{flag.mid}######", subject.number + 1_000),
    }
    return ship_name(subject.number, renamed), marks


def _aircraft(subject: Subject, lessee: Lessee) -> tuple[str, dict[str, Any]]:
    mark = filled(MARKS[lessee.country], subject.number + 1_000)
    marks = {"registration": mark, "flag": lessee.country}
    return f"{mark} {subject.type.title}", marks
