"""Health names each partition of each service, and is degraded when one stands still."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.database.migrate import migrate
from services.embedded import EmbeddedKafka
from services.processes import stop
from services.topics import create_topics
from tests.api.serving import serving
from tests.running import start_service, wait_until

pytestmark = pytest.mark.servers

Rows = dict[tuple[str, str, int], dict[str, object]]
SERVICES = ("monitor", "lifecycle", "historian")


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """A broker of its own: nobody else reads these topics."""
    with EmbeddedKafka(tmp_path / "kafka") as server:
        yield server.bootstrap_servers


def rows(client: httpx.Client) -> Rows:
    return {
        (str(row["service"]), str(row["topic"]), int(row["partition"])): row
        for row in client.get("/api/health").json()["services"]
    }


def states(client: httpx.Client, service: str) -> set[object]:
    return {row["state"] for (name, _, _), row in rows(client).items() if name == service}


def status(client: httpx.Client) -> object:
    return client.get("/api/health").json()["status"]


def test_who_stands_still_is_named(kafka: str, database: str, tmp_path: Path) -> None:
    asyncio.run(create_topics(kafka))
    migrate(database)
    running = {
        name: start_service(name, kafka, database, tmp_path / f"{name}.log") for name in SERVICES
    }
    try:
        with serving(kafka, database, tmp_path) as client:
            wait_until(lambda: status(client) == "ok", "a line that is well")
            wait_until(lambda: states(client, "historian") == {"ok"}, "the historian")
            assert len(rows(client)) == 4 + 3 * 4 + 5 * 4 + 1
            monitor = running["monitor"]
            os.kill(monitor.pid, signal.SIGSTOP)
            wait_until(lambda: states(client, "monitor") == {"ended"}, "the frozen monitor")
            assert status(client) == "degraded"
            assert states(client, "lifecycle") == {"ok"}
            told = rows(client)["monitor", "telemetry", 0]
            assert str(told["detail"]).startswith("No heartbeat for")
            os.kill(monitor.pid, signal.SIGCONT)
            wait_until(lambda: status(client) == "ok", "the thawed monitor")
            asyncio.run(make_anew(kafka, "facts"))
            refused = rows(client)
            raise AssertionError(refused)
    finally:
        for process in running.values():
            stop(process)
