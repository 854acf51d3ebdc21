"""Records as Kafka would hand them over, and a look into the tables."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from schemas import Message, Reading
from services.partition import RecordCopy

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_WRITTEN_MS = 1_772_000_000_000


def reading(second: float = 0, **changed: Any) -> Reading:
    """A ship's report, `second` seconds after START."""
    time = START + timedelta(seconds=second)
    fields: dict[str, Any] = {
        "asset": "ship-1", "asset_class": "ship", "source": "test", "time": time,
        "ingest_time": time, "seq": 0, "lat": 50.0, "lon": second / 100,
        "channels": {"sog_kn": 12.1, "cog_deg": 90.0},
    }  # fmt: skip
    return Reading.model_validate({**fields, **changed})


def told(
    messages: Iterable[Message | bytes],
    topic: str = "telemetry",
    partition: int = 0,
    first: int = 0,
) -> list[RecordCopy]:
    """Messages at consecutive offsets."""
    values = [m if isinstance(m, bytes) else m.to_json() for m in messages]
    return [
        RecordCopy(topic, partition, first + n, _WRITTEN_MS, None, value)
        for n, value in enumerate(values)
    ]


def rows(dsn: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()
