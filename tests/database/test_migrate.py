"""Migration on a real PostgreSQL: again and again, at the same time, and with a new channel."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from schemas import ASSET_CLASSES, AlertChange
from services.database.migrate import MIGRATIONS, migrate
from services.database.tables import READING_TABLES, TABLES, message_table

pytestmark = pytest.mark.servers


def _values(dsn: str, statement: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute(statement.encode())]


def _columns(dsn: str, table: str) -> set[str]:
    return set(
        _values(
            dsn, f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
        )
    )


def test_a_second_migration_changes_nothing(database: str) -> None:
    assert migrate(database) == sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    assert migrate(database) == []


def test_services_that_migrate_at_the_same_time_wait_for_each_other(database: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(migrate, [database] * 3))
    assert sorted(len(names) for names in applied) == [0, 0, len(list(MIGRATIONS.glob("*.sql")))]


def test_every_channel_of_every_class_has_a_column(database: str) -> None:
    migrate(database)
    for name, asset_class in ASSET_CLASSES.items():
        channels = {channel.name for channel in asset_class.channels}
        assert channels <= _columns(database, READING_TABLES[name].name)


def test_what_the_schemas_declare_and_the_table_lacks_is_added(database: str) -> None:
    migrate(database)
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE reading_metro DROP COLUMN doors_open")
        connection.execute("ALTER TABLE fact DROP COLUMN charterer")
        connection.execute("DROP TABLE rejected")
    migrate(database)
    assert "doors_open" in _columns(database, "reading_metro")
    assert "charterer" in _columns(database, "fact")
    assert _columns(database, "rejected")


def test_a_failed_migration_leaves_nothing_behind(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE source (in_the_way int)")
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(database)
    assert _values(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [
        "source"
    ]


def test_a_day_is_made_once_by_however_many_writers(database: str) -> None:
    migrate(database)
    with ThreadPoolExecutor(4) as pool:
        make = "SELECT ensure_reading_day('reading_ship', '2026-02-28')::text"
        list(pool.map(lambda _: _values(database, make), range(4)))
    assert _values(
        database,
        "SELECT relid::text FROM pg_partition_tree('reading_ship') WHERE isleaf",
    ) == ["reading_ship_20260228"]


def test_a_message_field_becomes_a_column_of_its_type() -> None:
    types = {column.name: column.type for column in message_table("x", AlertChange).columns}
    assert types["silenced_until"] == "timestamptz"
    assert types["occurrences"] == "int8"
    assert types["lat"] == "float8"
    assert types["evidence"] == "jsonb"
    assert types["verdict"] == "text"


def test_table_names_are_unique() -> None:
    names = [table.name for table in TABLES]
    assert len(names) == len(set(names))
