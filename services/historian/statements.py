"""The sink's own SQL, by name."""

from pathlib import Path

from services.database.named_sql import load_sql

_BLOCKS = load_sql(Path(__file__).parent / "sink.sql")


def statement(name: str) -> bytes:
    """The statement called `name` in sink.sql."""
    return _BLOCKS[name].sql
