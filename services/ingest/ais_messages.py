"""What a decoded AIS message says, in our terms (ITU-R M.1371): Readings and Facts.

| report | types | becomes |
|---|---|---|
| position, class A, B, SAR aircraft, long range | 1-3, 18, 19, 9, 27 | Reading |
| static and voyage, static, static part of 19 | 5, 24, 19 | Fact "particulars" |

A message that is too short is taken as far as it goes: a field that its bits do not fill is absent.
"Not available" is an absent value: SOG 1023, COG 3600, heading 511, turn -128, status 15, lat 91,
lon 181 and their short forms in type 27 (63, 511) and type 9 (altitude 4095).
"""

from datetime import datetime
from typing import Any, NamedTuple

from schemas import Fact, Reading

POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
STATIC_TYPES = frozenset({5, 19, 24})
LAST_TYPE = 28

IDENTITY_BITS = 38
"""Type, repeat indicator and MMSI: the least that a Reading or Fact can be made of."""

_NO_SPEED, _NO_COURSE, _NO_HEADING = 102.3, 360.0, 511
_NO_TURN, _NO_STATUS, _NO_ALTITUDE = -128, 15, 4095
_NO_LAT, _NO_LON = 91.0, 181.0
_NO_SPEED_BY_TYPE = {9: 1023.0, 27: 63.0}
_NO_COURSE_LONG_RANGE = 511.0
_TURNING = {127: "right, over 5 deg in 30 s", -127: "left, over 5 deg in 30 s"}
_VOYAGE, _LONG_RANGE = 5, 27


class Origin(NamedTuple):
    """Where a message came from: feed, line number, event time, time of intake."""

    source: str
    number: int
    time: datetime
    ingest_time: datetime


def asset_of(mmsi: int) -> str:
    """`mmsi-` and nine digits."""
    return f"mmsi-{mmsi:09d}"


def to_reading(message: Any, origin: Origin) -> Reading:
    """`message`: a pyais position report."""
    located = message.lat not in (None, _NO_LAT) and message.lon not in (None, _NO_LON)
    turn = getattr(message, "turn", None)
    return Reading(
        asset=asset_of(message.mmsi),
        asset_class="ship",
        source=origin.source,
        time=origin.time,
        ingest_time=origin.ingest_time,
        seq=origin.number,
        lat=message.lat if located else None,
        lon=message.lon if located else None,
        channels=_channels(message, turn),
        labels={"turning": _TURNING[int(turn)]} if turn in _TURNING else {},
    )


def to_fact(message: Any, origin: Origin) -> Fact:
    """`message`: a pyais static report, type 5, 19 or 24."""
    details: dict[str, str | float] = {}
    for name, value in (*_identity(message), *_size(message), *_voyage(message)):
        if value:
            details[name] = value
    return Fact(
        id=f"{origin.source}/{origin.number}",
        asset=asset_of(message.mmsi),
        asset_class="ship",
        kind="particulars",
        valid_from=origin.time,
        recorded_at=origin.ingest_time,
        source=origin.source,
        name=_text(message, "shipname") or None,
        details=details,
    )


def _channels(message: Any, turn: float | None) -> dict[str, float]:
    kind = message.msg_type
    no_course = _NO_COURSE_LONG_RANGE if kind == _LONG_RANGE else _NO_COURSE
    told = (
        ("sog_kn", message.speed, _NO_SPEED_BY_TYPE.get(kind, _NO_SPEED)),
        ("cog_deg", message.course, no_course),
        ("heading_deg", getattr(message, "heading", None), _NO_HEADING),
        ("rot_deg_min", None if turn in _TURNING else turn, _NO_TURN),
        ("nav_status", getattr(message, "status", None), _NO_STATUS),
        ("alt_m", getattr(message, "alt", None), _NO_ALTITUDE),
    )
    return {name: value for name, value, absent in told if value is not None and value != absent}


def _identity(message: Any) -> tuple[tuple[str, str | float], ...]:
    imo = getattr(message, "imo", 0)
    ship_type = int(getattr(message, "ship_type", 0) or 0)
    return (
        ("callsign", _text(message, "callsign")),
        ("imo", str(imo) if imo else ""),
        ("ship_type", float(ship_type)),
        ("mothership", str(getattr(message, "mothership_mmsi", "") or "")),
    )


def _size(message: Any) -> tuple[tuple[str, float], ...]:
    sides = ("to_bow", "to_stern", "to_port", "to_starboard")
    return tuple((f"{side}_m", float(getattr(message, side, 0) or 0)) for side in sides)


def _voyage(message: Any) -> tuple[tuple[str, str | float], ...]:
    if message.msg_type != _VOYAGE:
        return ()
    month, day = message.month, message.day
    eta = (month, day, message.hour, message.minute)
    return (
        ("draught_m", message.draught),
        ("destination", _text(message, "destination")),
        ("eta", "{:02d}-{:02d}T{:02d}:{:02d}Z".format(*eta) if _is_told(eta) else ""),
    )


def _is_told(eta: tuple[int | None, ...]) -> bool:
    return None not in eta and bool(eta[0] and eta[1])


def _text(message: Any, name: str) -> str:
    return str(getattr(message, name, "") or "").strip("@ ")
