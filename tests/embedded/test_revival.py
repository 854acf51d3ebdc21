"""A server that ends by itself is started again, until that makes no sense any more."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from services.embedded import revival as revival_module
from services.embedded.revival import Revival
from services.embedded.servers import EmbeddedPostgres, EmbeddedServerError
from tests.running import wait_until

pytestmark = pytest.mark.servers


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "postgres") as running:
        yield running


def test_a_killed_server_whose_children_live_on_is_started_again_with_its_data(
    server: EmbeddedPostgres,
) -> None:
    said: list[str] = []
    revival = Revival([server], said.append)
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    busy = start_work_that_outlives_its_server(server)
    address = server.dsn

    psutil.Process(server.pid).kill()
    wait_until_ended(server)
    assert busy.is_running(), "the test needs a child that holds the folder"
    revival.watch()
    revival.watch()

    assert not busy.is_running()
    assert server.dsn == address
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    (sentence,) = said
    assert sentence.startswith("PostgreSQL ended, started again on the same data after ")


def test_a_server_whose_port_is_taken_meanwhile_ends_in_a_sentence(
    server: EmbeddedPostgres,
) -> None:
    psutil.Process(server.pid).kill()
    wait_until_ended(server)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", server.port))
        other.listen()
        with pytest.raises(EmbeddedServerError, match=rf"port {server.port} .* is taken: stop"):
            Revival([server], print).watch()


def test_a_server_that_ends_again_and_again_is_given_up(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four ends within 59 s, by a clock that no busy machine makes go faster."""
    said: list[str] = []
    now_s = [0.0]
    monkeypatch.setattr(revival_module, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    revival = Revival([server], said.append)
    for end_s in (0.0, 20.0, 40.0):
        now_s[0] = end_s
        psutil.Process(server.pid).kill()
        wait_until_ended(server)
        revival.watch()
    now_s[0] = 59.0
    psutil.Process(server.pid).kill()
    wait_until_ended(server)
    with pytest.raises(EmbeddedServerError, match=r"PostgreSQL ended 4 times within a minute: see"):
        revival.watch()
    assert len(said) == 3


def start_work_that_outlives_its_server(server: EmbeddedPostgres) -> psutil.Process:
    """A stopped backend: it does not notice that its server is gone."""
    connection = psycopg.connect(server.dsn)
    backend = psutil.Process(connection.info.backend_pid)
    backend.suspend()
    threading.Thread(target=_forget, args=[connection], daemon=True).start()
    return backend


def _forget(connection: "psycopg.Connection[object]") -> None:
    with suppress(psycopg.Error):
        connection.execute("SELECT 1")


def wait_until_ended(server: EmbeddedPostgres) -> None:
    wait_until(server.has_ended, "the server has ended")
