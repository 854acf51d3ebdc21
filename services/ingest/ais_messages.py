"""What a decoded AIS message says, in our terms (ITU-R M.1371): Readings and Facts.

| report | types | bits | becomes |
|---|---|---|---|
| position, class A, B, SAR aircraft, long range | 1-3, 18, 19, 9, 27 | 168, 312, 168, 96 | Reading |
| static and voyage, static, static part of 19 | 5, 24, 19 | 424, 160, 312 | Fact "particulars" |

"Not available" is an absent value: SOG 1023, COG 3600, heading 511, turn -128, status 15, lat 91,
lon 181 and their short forms in type 27 (63, 511) and type 9 (altitude 4095).
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from schemas import Fact, Reading

POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
STATIC_TYPES = frozenset({5, 19, 24})
LAST_TYPE = 28
IDENTITY_BITS = 38

# Shortest payload that holds every field we take.  Two transponder makes send type 5 with 422 bits,
# type 24 part A is 160 bits by the standard and 168 by most.
LEAST_BITS: Mapping[int, int] = MappingProxyType(
    {1: 168, 2: 168, 3: 168, 5: 422, 9: 168, 18: 168, 19: 312, 24: 160, 27: 96}
)

_NO_SPEED, _NO_COURSE, _NO_HEADING, _NO_STATUS, _NO_ALTITUDE = 102.3, 360.0, 511, 15, 4095
_NO_LAT, _NO_LON = 91.0, 181.0
_NO_SPEED_BY_TYPE = {9: 1023.0, 27: 63.0}
_NO_COURSE_LONG_RANGE = 511.0
_TURNING = {127: "right, over 5 deg in 30 s", -127: "left, over 5 deg in 30 s"}
_SAR_AIRCRAFT, _LONG_RANGE = 9, 27


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
    """`message`: a pyais position report of at least LEAST_BITS."""
    located = message.lat != _NO_LAT and message.lon != _NO_LON
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
    channels: dict[str, float] = {}
    if message.speed != _NO_SPEED_BY_TYPE.get(kind, _NO_SPEED):
        channels["sog_kn"] = message.speed
    if message.course != (_NO_COURSE_LONG_RANGE if kind == _LONG_RANGE else _NO_COURSE):
        channels["cog_deg"] = message.course
    if getattr(message, "heading", _NO_HEADING) != _NO_HEADING:
        channels["heading_deg"] = message.heading
    if turn is not None and turn != -128 and turn not in _TURNING:
        channels["rot_deg_min"] = turn
    if getattr(message, "status", _NO_STATUS) != _NO_STATUS:
        channels["nav_status"] = message.status
    if kind == _SAR_AIRCRAFT and message.alt != _NO_ALTITUDE:
        channels["alt_m"] = message.alt
    return channels


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
    if message.msg_type != 5:
        return ()
    month, day = message.month, message.day
    eta = f"{month:02d}-{day:02d}T{message.hour:02d}:{message.minute:02d}Z"
    return (
        ("draught_m", message.draught),
        ("destination", _text(message, "destination")),
        ("eta", eta if month and day else ""),
    )


def _text(message: Any, name: str) -> str:
    return str(getattr(message, name, "") or "").strip("@ ")
