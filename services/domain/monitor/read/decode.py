"""Telemetry bytes to records, one by one.

Nothing raises here: what cannot be read comes back as (offset, reason, detail).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from services.domain import wire
from services.domain.monitor.read.batch import Rejection
from services.domain.wire import WireReading

__all__ = ["Decoded", "Record", "Rejection", "decode", "from_us", "to_us"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Record(msgspec.Struct, gc=False):
    """A readable record: its offset, its ingest time in microseconds, the reading if any."""

    offset: int
    source: str
    ingest_us: int
    reading: WireReading | None


@dataclass(frozen=True)
class Decoded:
    """A batch: the readable records in order, and the rejected ones."""

    records: list[Record] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def decode(
    offsets: Sequence[int],
    values: Sequence[bytes],
    classes: Mapping[str, object],
    keys: Sequence[bytes | None] | None = None,
) -> Decoded:
    """Every record as a Record or a Rejection."""
    decoded = Decoded()
    for place, (offset, value) in enumerate(zip(offsets, values, strict=True)):
        try:
            record = _decode_one(offset, value)
        except wire.UNREADABLE as error:
            decoded.rejected.append(Rejection(offset, _reason(error), str(error)[:500]))
            continue
        reading = record.reading
        if reading is None:
            decoded.records.append(record)
        elif reading.asset_class not in classes:
            detail = f"asset class {reading.asset_class!r} is not described: add it to schemas"
            decoded.rejected.append(Rejection(offset, "unknown_asset_class", detail))
        elif keys is not None and keys[place] != reading.asset.encode():
            detail = f"the key is {keys[place]!r}, the asset {reading.asset}: send it under that"
            decoded.rejected.append(Rejection(offset, "wrong_key", detail))
        else:
            decoded.records.append(record)
    return decoded


def _decode_one(offset: int, value: bytes) -> Record:
    record = wire.read(value)
    ingest_us = to_us(record.ingest_time)
    return Record(offset, record.source, ingest_us, record if type(record) is WireReading else None)


def _reason(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        return "not_a_reading"
    if isinstance(error, wire.OutOfBounds):
        return "time_out_of_range"
    return "not_json" if isinstance(error, msgspec.DecodeError | RecursionError) else "bad_text"


def to_us(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - EPOCH) // _MICROSECOND


def from_us(time_us: int) -> datetime:
    """The aware UTC time of `time_us` microseconds since 1970."""
    return EPOCH + timedelta(microseconds=int(time_us))
