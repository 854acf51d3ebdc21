"""The tables that follow from `schemas`: one wide table per asset class, one table per message.

    reading_<class>  asset_id, time, source_id, seq, ingest_time, lat, lon, channel.., extra
    signal, fact ..  a column a field of the message, kafka_offset, stored_at

A new asset class, channel or message field needs no SQL: `migrate` compares these definitions with
the database and adds what is missing.  Channels are float8: float4 would be smaller (144 instead of
about 200 bytes a row) but alters what the device said, and raw readings are never altered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from schemas import ASSET_CLASSES, AlertChange, Fact, Rejected, Signal, Transition
from schemas.asset_classes import AssetClass
from schemas.messages import Message


@dataclass(frozen=True)
class Column:
    """One column: its name and its PostgreSQL type."""

    name: str
    type: str
    default: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """A table, equal to itself alone; `key` is its primary key, `by_day` ones are split by day."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    by_day: bool = False

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns that the historian writes; the others have a default."""
        return tuple(column for column in self.columns if column.default is None)


IDENTITY = (
    Column("asset_id", "int4"),
    Column("time", "timestamptz"),
    Column("source_id", "int4"),
    Column("seq", "int8"),
)
_READING = (
    *IDENTITY,
    Column("ingest_time", "timestamptz"),
    Column("lat", "float8"),
    Column("lon", "float8"),
)
_KEY = tuple(column.name for column in IDENTITY)
_STORED = (
    Column("kafka_offset", "int8"),
    Column("stored_at", "timestamptz", "clock_timestamp()"),
)


def reading_table(asset_class: AssetClass) -> Table:
    """The wide table of a class; `extra` holds undeclared channels, and labels."""
    channels = tuple(Column(channel.name, "float8") for channel in asset_class.channels)
    columns = (*_READING, *channels, Column("extra", "jsonb"))
    return Table(f"reading_{asset_class.name}", columns, _KEY, by_day=True)


def message_table(name: str, message: type[Message], key: str = "id") -> Table:
    """A table with one column for every field of `message`."""
    properties = message.model_json_schema(mode="validation")["properties"]
    columns = (Column(field, _sql_type(schema)) for field, schema in properties.items())
    return Table(name, (*columns, *_STORED), (key,))


_TYPES = {
    "boolean": "bool",
    "integer": "int8",
    "number": "float8",
    "object": "jsonb",
    "array": "jsonb",
}
_FORMATS = {"date-time": "timestamptz", "base64url": "bytea", "binary": "bytea"}


def _sql_type(schema: Mapping[str, Any]) -> str:
    """The PostgreSQL type of a JSON Schema property; whatever is not a number or a time is text."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if options:
        return _sql_type(options[0])
    return _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), "text")


READING_TABLES: Mapping[str, Table] = MappingProxyType(
    {name: reading_table(asset_class) for name, asset_class in ASSET_CLASSES.items()}
)
"""By asset class."""

_WHOLE = (*_READING, Column("reading", "jsonb"))
MISDATED = Table("reading_misdated", _WHOLE, _KEY)
"""Readings with a time that cannot be true; whole, so that no partition is made for them."""
UNDECLARED = Table("reading_undeclared", _WHOLE, _KEY)
"""Readings of a class that `schemas` does not declare."""

SIGNAL = message_table("signal", Signal)
ASSET_MINUTE = message_table("asset_minute", Signal)
FACT = message_table("fact", Fact)
TRANSITION = message_table("transition", Transition)
ALERT_CHANGE = message_table("alert_change", AlertChange)
ALERT = message_table("alert", AlertChange, key="alert")
"""The newest change of every alert, which carries the alert as it stands."""
REJECTED = message_table("rejected", Rejected)

TABLES = (
    *READING_TABLES.values(),
    MISDATED,
    UNDECLARED,
    SIGNAL,
    ASSET_MINUTE,
    FACT,
    TRANSITION,
    ALERT_CHANGE,
    ALERT,
    REJECTED,
)
