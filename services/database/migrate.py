"""Brings a database up to date: generated tables first, then the numbered files not yet applied.

Everything happens in one transaction under an advisory lock, so that services which migrate at the
same time wait for each other and a failure leaves nothing half done.
"""

import logging
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from services.database import ddl
from services.database.tables import TABLES, Table

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = b"SELECT pg_advisory_xact_lock(hashtext('leasewatch migrate'))"
_BOOKS = b"""
CREATE TABLE IF NOT EXISTS setting (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE IF NOT EXISTS migration
    (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
_CHOOSE_STORAGE = b"""
INSERT INTO setting
SELECT 'storage', CASE WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
                       THEN 'timescaledb' ELSE 'partitions' END
ON CONFLICT DO NOTHING
"""
_STORAGE = b"SELECT value FROM setting WHERE name = 'storage'"
_COLUMNS = b"""
SELECT attname FROM pg_attribute
WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped
"""

Connection = psycopg.Connection[str]


def migrate(dsn: str) -> list[str]:
    """Returns the names of the files applied; on psycopg.Error nothing was changed."""
    with psycopg.connect(dsn, row_factory=scalar_row) as connection:
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(_LOCK)
        connection.execute(_BOOKS)
        connection.execute(_CHOOSE_STORAGE)
        hypertables = _one(connection, _STORAGE) == "timescaledb"
        for table in TABLES:
            _bring_up_to_date(connection, table, hypertables=hypertables)
        applied = _apply_files(connection)
        connection.execute(ddl.reading_view())
        return applied


def _bring_up_to_date(connection: Connection, table: Table, *, hypertables: bool) -> None:
    existing = set(connection.execute(_COLUMNS, [table.name]))
    if existing:
        for statement in ddl.add_columns(table, existing):
            logger.info("table %s gets a column", table.name)
            connection.execute(statement)
        return
    connection.execute(ddl.create_table(table, hypertables=hypertables))
    if table.by_day and hypertables:
        connection.execute(ddl.create_hypertable(table))


def _apply_files(connection: Connection) -> list[str]:
    done = set(connection.execute("SELECT name FROM migration"))
    files = [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.name not in done]
    for path in files:
        connection.execute(sql.SQL(path.read_text()))
        connection.execute("INSERT INTO migration (name) VALUES (%s)", [path.name])
    return [path.name for path in files]


def _one(connection: Connection, statement: bytes) -> str:
    value = connection.execute(statement).fetchone()
    assert value is not None
    return value
