"""Pure: what a Kafka record becomes on its way to a table.

telemetry -> a WireReading (a tick is no reading and becomes nothing)
signals, facts, transitions, alerts, rejected -> a message and its table
anything that cannot be decoded -> a Rejected with the raw bytes
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec
from pydantic import ValidationError

from schemas import AlertChange, Fact, Message, Rejected, Signal, Transition
from services.database import tables
from services.database.tables import Table
from services.domain import wire
from services.domain.wire import WireReading
from services.partition.logic import Record, first_error, one_line, written_at


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


def decode(records: Iterable[Record]) -> Decoded:
    """Sorts a batch by destination; never raises, whatever a record holds."""
    decoded = Decoded()
    for record in records:
        try:
            _decode_one(record, record.value or b"", decoded)
        except Exception as error:
            refused = refuse(record, "not_readable", explain(error))
            decoded.add(tables.REJECTED, record, refused)
    return decoded


def _decode_one(record: Record, value: bytes, decoded: Decoded) -> None:
    if record.topic == "telemetry":
        reading = wire.read(value)
        if isinstance(reading, WireReading):
            if _NUL in value:
                reading.labels = _visible(reading.labels)
            decoded.readings.append((record, reading))
        return
    message_type, table_of = _DESTINATIONS[record.topic]
    message = message_type.model_validate_json(value)
    if _NUL in value:  # in free text, for a name with it is refused
        message = message_type.model_validate_json(without_nul(value))
    decoded.add(table_of(message), record, message)


def refuse(record: Record, reason: str, detail: str) -> Rejected:
    """The entry under which a record that cannot be stored in its own table is kept, whole."""
    return Rejected(
        id=f"kafka:{record.topic}-{record.partition}-{record.offset}",
        source=f"kafka:{record.topic}",
        position=record.offset,
        received_at=written_at(record),
        reason=reason,
        detail=detail,
        raw=record.value or b"",
    )


def explain(error: Exception) -> str:
    """One line that a database takes; of what pydantic found wrong, the first."""
    if isinstance(error, ValidationError):
        text = first_error(error)
    else:
        text = f"{type(error).__name__}: {error}"
    return one_line(text)


_NUL = rb"\u0000"
_VISIBLE_NUL = "\u2400"


def without_nul(value: bytes) -> bytes:
    """PostgreSQL's text cannot hold U+0000: it is written as U+2400, the sign for it."""
    if _NUL not in value:
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
