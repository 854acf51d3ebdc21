"""What the database holds: the identities of every row that mirrors a record in Kafka."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from services.verify.kafka_side import Identity

_READINGS = "SELECT asset, source, time, seq FROM reading"
_OPENED = "SELECT id, stored_at FROM alert_change WHERE change = 'opened'"
_SIGNALS = "SELECT id, stored_at FROM signal UNION ALL SELECT id, stored_at FROM asset_minute"
_IDS = {
    "facts": "SELECT id FROM fact",
    "transitions": "SELECT id FROM transition",
    "alerts": "SELECT id FROM alert_change",
    "rejected": "SELECT id FROM rejected WHERE id NOT LIKE 'kafka:%'",
}


@dataclass
class StoredSide:
    """Everything counted in the database; times of rows are the database's clock."""

    readings: list[Identity] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    signal_stored_at: dict[str, datetime] = field(default_factory=dict)
    alert_stored_at: dict[str, datetime] = field(default_factory=dict)


def count_database(dsn: str) -> StoredSide:
    """Reads the identities in one snapshot of the database."""
    with psycopg.connect(dsn, row_factory=tuple_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        signals = list(_rows(connection, _SIGNALS))
        ids = {name: [row[0] for row in _rows(connection, sql)] for name, sql in _IDS.items()}
        return StoredSide(
            readings=list(_rows(connection, _READINGS)),
            ids={"signals": [name for name, _ in signals], **ids},
            signal_stored_at=dict(signals),
            alert_stored_at=dict(_rows(connection, _OPENED)),
        )


def _rows(connection: psycopg.Connection[Any], sql: str) -> Iterator[Any]:
    with connection.cursor(name="verify") as cursor:
        cursor.itersize = 20_000
        yield from cursor.execute(sql.encode())
