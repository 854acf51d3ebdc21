"""A PostgreSQL of our own keeps what was committed, whatever is done to its process."""

import os
from pathlib import Path

import psutil
import psycopg
import pytest

from services.embedded.servers import EmbeddedPostgres

pytestmark = pytest.mark.servers


def test_a_killed_server_comes_back_with_its_data_on_its_port(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        with psycopg.connect(server.dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        address = server.dsn
        family = [server.pid, *(p.pid for p in psutil.Process(server.pid).children())]

        server.kill()
        assert not [pid for pid in family if _runs(pid)]
        server.start()

        assert server.dsn == address
        with psycopg.connect(server.dsn) as connection:
            assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]


def test_another_start_takes_the_folder_up(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as first, psycopg.connect(first.dsn) as connection:
        connection.execute("CREATE TABLE kept ()")

    with EmbeddedPostgres(tmp_path) as second, psycopg.connect(second.dsn) as connection:
        assert connection.execute("SELECT FROM kept").fetchall() == []


def test_it_runs_without_privileges_and_asks_for_the_password(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        assert psutil.Process(server.pid).uids().effective != 0
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.dsn, password="a guess")
        assert os.stat(tmp_path / "password").st_mode & 0o077 == 0


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
