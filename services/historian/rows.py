"""Pure: readings and messages as rows of their tables, in the order of the tables' columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from schemas import Message
from services.database.tables import MISDATED, READING_TABLES, UNDECLARED, Table
from services.domain.wire import WireReading
from services.historian.decode import Decoded
from services.partition.logic import Record

Row = Sequence[Any]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=2)
"""Times outside get no partition: they are a device's default date or a broken clock."""


@dataclass
class Rows:
    """Rows of one table and, in the same order, the records they came from."""

    rows: list[Row] = field(default_factory=list)
    origins: list[Record] = field(default_factory=list)


@dataclass(frozen=True)
class Numbers:
    """The numbers by which the reading tables name assets and sources."""

    assets: Mapping[str, int]
    sources: Mapping[str, int]


def table_of(reading: WireReading) -> Table:
    """Where a reading is stored: its class's table, or whole in one of the two others."""
    if not EARLIEST <= reading.time <= reading.ingest_time + MAX_AHEAD:
        return MISDATED
    return READING_TABLES.get(reading.asset_class, UNDECLARED)


def days(decoded: Decoded) -> set[tuple[str, date]]:
    """The (table, UTC day) pairs that the batch needs room for."""
    found = set()
    for _, reading in decoded.readings:
        table = table_of(reading)
        if table.by_day:
            found.add((table.name, reading.time.astimezone(UTC).date()))
    return found


def reading_rows(decoded: Decoded, numbers: Numbers) -> dict[Table, Rows]:
    """The batch's readings by table."""
    found: dict[Table, Rows] = {}
    for record, reading in decoded.readings:
        table = table_of(reading)
        into = found.setdefault(table, Rows())
        identity = (
            numbers.assets[reading.asset],
            reading.time,
            numbers.sources[reading.source],
            reading.seq,
            reading.ingest_time,
            reading.lat,
            reading.lon,
        )
        into.rows.append(identity + _WRITERS[table](reading))
        into.origins.append(record)
    return found


def _wide(table: Table) -> Callable[[WireReading], tuple[Any, ...]]:
    """A writer of the channel columns and of `extra`, which takes what has no column."""
    names = [column.name for column in table.columns[_IDENTITY_COLUMNS:-1]]
    declared = frozenset(names)

    def write(reading: WireReading) -> tuple[Any, ...]:
        channels = reading.channels
        extra = None
        if reading.labels or not channels.keys() <= declared:
            extra = _extra(reading, declared)
        return (*map(channels.get, names), extra)

    return write


_IDENTITY_COLUMNS = 7


def _extra(reading: WireReading, declared: frozenset[str]) -> Jsonb:
    undeclared = {name: value for name, value in reading.channels.items() if name not in declared}
    extra = {"channels": undeclared, "labels": reading.labels}
    return as_jsonb({name: part for name, part in extra.items() if part})


def _whole(reading: WireReading) -> tuple[Any, ...]:
    return (as_jsonb(reading),)


_WRITERS: Mapping[Table, Callable[[WireReading], tuple[Any, ...]]] = {
    **{table: _wide(table) for table in READING_TABLES.values()},
    MISDATED: _whole,
    UNDECLARED: _whole,
}


def message_rows(table: Table, messages: Iterable[tuple[Record, Message]]) -> Rows:
    """Messages of one table; a mapping becomes jsonb."""
    names = [column.name for column in table.written if column.name != "kafka_offset"]
    found = Rows()
    for record, message in messages:
        values = (_value(getattr(message, name)) for name in names)
        found.rows.append((*values, record.offset))
        found.origins.append(record)
    return found


def _value(value: Any) -> Any:
    return as_jsonb(value) if isinstance(value, dict) else value


def as_jsonb(value: object) -> Jsonb:
    """Any value that msgspec can encode, as a parameter of type jsonb."""
    return Jsonb(value, dumps=msgspec.json.encode)
