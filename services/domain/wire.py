"""Telemetry as it comes from Kafka: schemas.Reading and schemas.Tick, read fast and to the letter.

msgspec reads a reading about ten times faster than pydantic, and every consumer of `telemetry`
reads it here, so that what one of them takes no other refuses.  The bounds are those of
schemas.messages; a test holds the two descriptions against each other.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from schemas.messages import (
    ASSET_PATTERN,
    EARLIEST,
    LATEST,
    MAX_ASSET,
    MAX_INT,
    MAX_NAME,
    MAX_TEXT,
    is_name,
)

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
_Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
_MAX_DIGITS = 4_300  # more in a whole number neither pydantic nor Python reads
_MANY_DIGITS = re.compile(rb"[0-9]{%d}" % (_MAX_DIGITS + 1))
# Python's $ would take a line feed at the end
_ASSET_PATTERN = ASSET_PATTERN.removesuffix("$") + r"\Z"
_AssetId = Annotated[str, msgspec.Meta(max_length=MAX_ASSET, pattern=_ASSET_PATTERN)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_INT)]
_Positive = Annotated[int, msgspec.Meta(ge=1, le=MAX_INT)]


class WireReading(msgspec.Struct, gc=False):
    """schemas.Reading: same names, same meaning, same bounds."""

    asset: _AssetId
    asset_class: _Name
    source: _Name
    time: _Time
    ingest_time: _Time
    seq: _Count
    lat: float | None = None
    lon: float | None = None
    channels: dict[_Name, float] = {}
    labels: dict[_Name, _Text] = {}
    version: _Positive = 1


class WireTick(msgspec.Struct, gc=False):
    """schemas.Tick."""

    kind: Literal["tick"]
    source: _Name
    ingest_time: _Time
    version: _Positive = 1


class WireSignal(msgspec.Struct, omit_defaults=True, kw_only=True):
    """schemas.Signal as the monitor writes it, in this order."""

    version: int
    id: str
    cause: str
    asset: str
    asset_class: str
    source: str
    kind: str
    time: datetime
    ingest_time: datetime
    lat: float | None = None
    lon: float | None = None
    detector: str | None = None
    channel: str | None = None
    flaw: str | None = None
    zone: str | None = None
    zone_kind: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    value: float | None = None
    threshold: float | None = None
    score: float | None = None
    evidence: dict[str, float | str] = msgspec.field(default_factory=dict)


class OutOfBounds(ValueError):
    """A time that no device can mean; the message says which."""


read_reading = msgspec.json.Decoder(WireReading).decode
"""What is known to be a reading: for `read` knows ticks, and asks more of names and times."""
_read_tick = msgspec.json.Decoder(WireTick).decode
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What `read` raises.  Recursion: thousands of brackets, even in a field that nobody reads."""


def read(value: bytes) -> WireReading | WireTick:
    """One record of `telemetry`; raises one of UNREADABLE, and OutOfBounds for its times."""
    if len(value) > _MAX_DIGITS and _MANY_DIGITS.search(value):
        _check_digits(value)
    try:
        reading = read_reading(value)
    except msgspec.ValidationError as not_a_reading:
        return _tick(value, not_a_reading)
    # this is the hot path: the bounds themselves are asked only where it may come to them
    if not (1900 < reading.time.year < 2199 and 1900 < reading.ingest_time.year < 2199):
        _check_times((reading.time, reading.ingest_time))
    # in JSON a control below 0x20 is an escape; those from 0x80 to 0x9f begin with 0xc2
    if b"\\" in value or b"\x7f" in value or b"\xc2" in value:
        _check_names((reading.asset_class, reading.source, *reading.channels, *reading.labels))
    return reading


def is_tick(value: bytes) -> bool:
    """Whether it is a feed's clock, which is written into every partition."""
    try:
        return isinstance(read(value), WireTick)
    except UNREADABLE:
        return False


def _tick(value: bytes, not_a_reading: msgspec.ValidationError) -> WireTick:
    try:
        tick = _read_tick(value)
    except msgspec.ValidationError:
        raise not_a_reading from None
    _check_times((tick.ingest_time,))
    _check_names((tick.source,))
    return tick


def _check_digits(value: bytes) -> None:
    """Raises ValueError where the digits are one whole number, which msgspec may pass over."""
    try:
        json.loads(value)
    except json.JSONDecodeError:
        return  # msgspec says what is wrong


def _check_times(times: Iterable[datetime]) -> None:
    for time in times:
        if not EARLIEST <= time <= LATEST:
            raise OutOfBounds(f"{time.isoformat()}: correct the clock; the years are 1900 to 2199")


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not is_name(name):
            raise ValueError(f"{ascii(name)[:100]} is no name: it is empty or has a control")
