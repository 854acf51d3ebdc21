"""Telemetry bytes to arrays, a whole batch at once.

Nothing raises here: what cannot be read comes back as (offset, reason, detail).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np

from services.domain import wire
from services.domain.detectors.form import Array
from services.domain.monitor.batch import Rejection
from services.domain.monitor.plan import ClassPlan
from services.domain.wire import WireReading

__all__ = ["Decoded", "Readings", "Record", "Rejection", "decode", "from_us", "tabulate", "to_us"]

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


class Readings(NamedTuple):
    """The readings of one class as arrays; absent numbers are NaN, times int64 microseconds."""

    at: Array  # place in the batch's records
    offset: Array
    time: Array
    ingest: Array
    seq: Array
    lat: Array
    lon: Array
    values: Array  # (readings, channels of the class)
    unknown: dict[int, list[tuple[str, float]]]  # by place in these arrays: channels not declared

    def pick(self, chosen: Array) -> "Readings":
        """The readings at the places in `chosen`."""
        unknown = self.unknown
        places = chosen.tolist() if unknown else []
        strange = {n: unknown[place] for n, place in enumerate(places) if place in unknown}
        at, offset, time, ingest, seq, lat, lon, values = (a[chosen] for a in self[:8])
        return Readings(at, offset, time, ingest, seq, lat, lon, values, strange)


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


def tabulate(places: Sequence[int], records: Sequence[Record], plan: ClassPlan) -> Readings:
    """The records at `places`, all readings of the plan's class, as arrays."""
    chosen = [records[place] for place in places]
    readings = [record.reading for record in chosen if record.reading is not None]
    values, unknown = _channel_values([r.channels for r in readings], plan)
    return Readings(
        at=np.array(places, dtype=np.int64),
        offset=np.array([record.offset for record in chosen], dtype=np.int64),
        time=np.array([to_us(r.time) for r in readings], dtype=np.int64),
        ingest=np.array([record.ingest_us for record in chosen], dtype=np.int64),
        seq=np.array([r.seq for r in readings], dtype=np.int64),
        lat=np.array([r.lat for r in readings], dtype=np.float64),
        lon=np.array([r.lon for r in readings], dtype=np.float64),
        values=values,
        unknown=unknown,
    )


def _channel_values(
    channels: Sequence[dict[str, float]], plan: ClassPlan
) -> tuple[Array, dict[int, list[tuple[str, float]]]]:
    """Readings with the same channels in the same order are filled in together."""
    values = np.full((len(channels), len(plan.channels)), np.nan)
    unknown: dict[int, list[tuple[str, float]]] = {}
    layouts: dict[tuple[str, ...], list[int]] = {}
    for place, given in enumerate(channels):
        layouts.setdefault(tuple(given), []).append(place)
    for names, places in layouts.items():
        flat = chain.from_iterable([channels[place].values() for place in places])
        numbers = np.fromiter(flat, np.float64).reshape(len(places), len(names))
        known = [n for n, name in enumerate(names) if name in plan.index]
        if known:
            columns = [plan.index[names[n]] for n in known]
            values[np.ix_(places, columns)] = numbers[:, known]
        strange = [n for n, name in enumerate(names) if name not in plan.index]
        if strange:
            unknown.update(
                (place, [(names[n], float(numbers[k, n])) for n in strange])
                for k, place in enumerate(places)
            )
    return values, unknown
