"""Pure: what a Kafka record becomes on its way to a table.

telemetry -> a WireReading (a tick is no reading and becomes nothing)
signals, facts, transitions, alerts, rejected -> a message and its table
anything that cannot be decoded -> a Rejected with the raw bytes
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from pydantic import ValidationError

from schemas import AlertChange, Fact, Message, Rejected, Signal, Transition
from services.database import tables
from services.database.tables import Table
from services.partition.logic import Record

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Seq = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class WireReading(msgspec.Struct, gc=False):
    """`schemas.Reading` as the fast decoder reads it: same names, same meaning."""

    asset: _Name
    asset_class: _Name
    source: _Name
    time: _Time
    ingest_time: _Time
    seq: _Seq
    lat: float | None = None
    lon: float | None = None
    channels: dict[str, float] = {}
    labels: dict[str, str] = {}


class _Tick(msgspec.Struct, gc=False):
    kind: Annotated[str, msgspec.Meta(pattern="^tick$")]
    source: str
    ingest_time: datetime


@dataclass
class Decoded:
    """A batch, sorted by destination; each item keeps the record that it came from."""

    readings: list[tuple[Record, WireReading]] = field(default_factory=list)
    messages: dict[Table, list[tuple[Record, Message]]] = field(default_factory=dict)

    def add(self, table: Table, record: Record, message: Message) -> None:
        """Appends a message that goes into `table`."""
        self.messages.setdefault(table, []).append((record, message))


_Destination = tuple[type[Message], Callable[[Any], Table]]


def _signal_table(signal: Signal) -> Table:
    return tables.ASSET_MINUTE if signal.kind == "minute_summary" else tables.SIGNAL


_DESTINATIONS: Mapping[str, _Destination] = MappingProxyType(
    {
        "signals": (Signal, _signal_table),
        "facts": (Fact, lambda _: tables.FACT),
        "transitions": (Transition, lambda _: tables.TRANSITION),
        "alerts": (AlertChange, lambda _: tables.ALERT_CHANGE),
        "rejected": (Rejected, lambda _: tables.REJECTED),
    }
)
_UNREADABLE = (msgspec.DecodeError, ValidationError, UnicodeDecodeError, RecursionError)
"""Recursion: thousands of brackets inside each other, even in a field that nobody reads."""
_reading = msgspec.json.Decoder(WireReading)
_tick = msgspec.json.Decoder(_Tick)


def decode(records: Iterable[Record]) -> Decoded:
    """Sorts a batch by destination; never raises on what a record holds."""
    decoded = Decoded()
    for record in records:
        try:
            _decode_one(record, without_nul(record.value or b""), decoded)
        except _UNREADABLE as error:
            decoded.add(tables.REJECTED, record, refuse(record, "not_readable", str(error)))
    return decoded


def _decode_one(record: Record, value: bytes, decoded: Decoded) -> None:
    if record.topic == "telemetry":
        if (reading := _decode_reading(value)) is not None:
            decoded.readings.append((record, reading))
        return
    message_type, table_of = _DESTINATIONS[record.topic]
    message = message_type.model_validate_json(value)
    decoded.add(table_of(message), record, message)


def _decode_reading(value: bytes) -> WireReading | None:
    try:
        return _reading.decode(value)
    except msgspec.ValidationError:
        if b'"tick"' not in value:
            raise
        _tick.decode(value)
        return None


def refuse(record: Record, reason: str, detail: str) -> Rejected:
    """The entry under which a record that cannot be stored in its own table is kept."""
    return Rejected(
        id=f"kafka:{record.topic}-{record.partition}-{record.offset}",
        source=f"kafka:{record.topic}",
        position=record.offset,
        received_at=datetime.fromtimestamp(max(0, record.timestamp) / 1000, UTC),
        reason=reason,
        detail=detail.replace("\0", _VISIBLE_NUL).splitlines()[0][:500] if detail else reason,
        raw=record.value or b"",
    )


_VISIBLE_NUL = "\u2400"


def without_nul(value: bytes) -> bytes:
    """PostgreSQL's text cannot hold U+0000: it is written as U+2400, the sign for it."""
    if rb"\u0000" not in value:
        return value
    return msgspec.json.encode(_visible(msgspec.json.decode(value)))


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", _VISIBLE_NUL)
    if isinstance(value, dict):
        return {_visible(key): _visible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_visible(item) for item in value]
    return value


def next_offsets(records: Sequence[Record]) -> dict[tuple[str, int], int]:
    """By topic and partition, the offset behind the last record."""
    return {(record.topic, record.partition): record.offset + 1 for record in records}
