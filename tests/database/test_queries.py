"""Every named query runs on a migrated database, and every block says what it is for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

import services.historian
from services.database.migrate import migrate
from services.database.named_sql import QUERIES, load_sql

SINK = Path(services.historian.__file__).parent / "sink.sql"

_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_PARAMETERS: dict[str, Any] = {
    "asset": "ship-1",
    "asset_class": "ship",
    "q": "ship",
    "since": _NOW,
    "until": _NOW,
    "known_by": _NOW,
    "limit": 10,
    "offset": 20,
    "severity": "alarm",
    "lease": "L-1",
    "regions": ["title"],
    "state": "open",
    "alert": "telemetry-0-0-0/overspeed",
}


@pytest.mark.parametrize("path", [QUERIES, SINK], ids=lambda path: path.name)
def test_every_block_has_a_sentence(path: Path) -> None:
    for name, block in load_sql(path).items():
        assert block.sentence.endswith("."), name


def test_two_blocks_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.sql"
    path.write_text("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")
    with pytest.raises(ValueError, match="same name"):
        load_sql(path)


@pytest.mark.servers
def test_every_query_runs(database: str) -> None:
    migrate(database)
    with psycopg.connect(database, autocommit=True) as connection:
        for name, block in load_sql(QUERIES).items():
            assert connection.execute(block.sql, _PARAMETERS).description, name


@pytest.mark.servers
@pytest.mark.parametrize("name", [
    "alerts_open", "alerts_silenced", "alerts_done", "alert", "alert_changes", "life", "track",
    "regions", "lease", "facts",
])  # fmt: skip
def test_what_is_asked_often_is_looked_up_in_an_index(database: str, name: str) -> None:
    migrate(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT ensure_reading_day('reading_ship', '2026-01-02')")
        # then a scan or a sort is left only where no index fits
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_sort = off")
        of_ship_1 = {**_PARAMETERS, "asset": None if name.startswith("alerts_") else "ship-1"}
        found = connection.execute(b"EXPLAIN " + load_sql(QUERIES)[name].sql, of_ship_1)
        plan = "\n".join(line for (line,) in found)
    assert "Index" in plan
    assert "Sort" not in plan or name not in ("alerts_open", "alerts_done")
    for table in ("alert", "alert_change", "transition", "fact", "reading_ship"):
        assert f"Seq Scan on {table}" not in plan
