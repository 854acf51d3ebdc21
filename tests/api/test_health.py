"""Health names each partition of each service, and is degraded when one stands still."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from services.database.migrate import migrate
from services.embedded.servers import EmbeddedKafka
from services.processes import stop
from services.topics import create_topics
from tests.api.serving import serving
from tests.partition.broker import Sender
from tests.running import PATIENCE_S, start_service, suspended, wait_until

pytestmark = pytest.mark.servers

Processes = dict[str, "subprocess.Popen[bytes]"]
Place = tuple[str, str, int]
SERVICES = ("monitor", "lifecycle", "historian")
ANEW = {"monitor": "telemetry", "lifecycle": "facts", "historian": "facts"}
"""A topic of each service that is made anew."""


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """A broker of its own: nobody else reads these topics."""
    with EmbeddedKafka(tmp_path / "kafka") as server:
        yield server.bootstrap_servers


def test_who_stands_still_is_named(kafka: str, database: str, tmp_path: Path) -> None:
    asyncio.run(create_topics(kafka))
    asyncio.run(send(kafka))
    migrate(database)
    with serving(kafka, database, tmp_path) as client:
        with line(kafka, database, tmp_path) as running:
            wait_until(lambda: status(client) == "ok", "a line that is well")
            wait_until(lambda: all_read(client), "offsets at the topics' ends, markers and all")
            assert len(rows(client)) == 4 + 3 * 4 + 5 * 4 + 1
            check_frozen(client, running["monitor"])
        asyncio.run(make_anew(kafka, set(ANEW.values())))
        with line(kafka, database, tmp_path) as running:
            for service, process in running.items():
                assert process.wait(PATIENCE_S) == 70
                check_refused(client, service, tmp_path / f"{service}.log")
        assert status(client) == "degraded"


def check_frozen(client: httpx.Client, monitor: "subprocess.Popen[bytes]") -> None:
    with suspended(monitor.pid):
        wait_until(lambda: states(client, "monitor") == {"ended"}, "the frozen monitor")
        assert status(client) == "degraded"
        assert rows(client)["monitor", "telemetry", 3]["detail"].startswith("No heartbeat for")
        wait_until(  # heartbeats come late on a busy machine
            lambda: states(client, "lifecycle") == states(client, "historian") == {"ok"},
            "the others, which are well",
        )
    wait_until(lambda: status(client) == "ok", "the thawed monitor")


def check_refused(client: httpx.Client, service: str, log: Path) -> None:
    """Its log and health have the sentence, at the partition that noticed first.

    Until its last heartbeats are old, health says of the others that they are stuck.
    """
    topic = ANEW[service]

    def refused() -> list[str]:
        found = rows(client).items()
        return [
            row["state"]
            for (name, of, _), row in found
            if (name, of) == (service, topic) and "made anew" in row["detail"]
        ]

    wait_until(lambda: set(refused()) == {"ended"}, f"{service} on {topic}")
    (sentence,) = [line for line in log.read_text().splitlines() if "exit code 70" in line]
    assert f"The {service} stands at offset" in sentence


@contextmanager
def line(kafka: str, database: str, folder: Path) -> Iterator[Processes]:
    running = {s: start_service(s, kafka, database, folder / f"{s}.log") for s in SERVICES}
    try:
        yield running
    finally:
        for process in running.values():
            stop(process)


async def send(kafka: str) -> None:
    """Some garbage into every partition: it is read, and goes to `rejected`."""
    async with Sender(kafka, "garbage") as sender:
        await sender.send(
            [(topic, b"ship-%d" % n, b"{") for topic in set(ANEW.values()) for n in range(40)]
        )


async def make_anew(kafka: str, topics: set[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics(sorted(topics))
        async with asyncio.timeout(60):
            while topics & set(await admin.list_topics()):
                await asyncio.sleep(0.2)
    finally:
        await admin.close()
    await create_topics(kafka)


def status(client: httpx.Client) -> str:
    return str(client.get("/api/health").json()["status"])


def rows(client: httpx.Client) -> dict[Place, dict[str, Any]]:
    found = client.get("/api/health").json()["services"]
    return {(row["service"], row["topic"], row["partition"]): row for row in found}


def states(client: httpx.Client, service: str) -> set[str]:
    return {row["state"] for (name, _, _), row in rows(client).items() if name == service}


def all_read(client: httpx.Client) -> bool:
    found = rows(client)
    read = [(row["offset"], row["behind"]) for row in found.values()]
    moved = [found[service, topic, 0]["offset"] for service, topic in ANEW.items()]
    return all(offset is not None and behind == 0 for offset, behind in read) and all(moved)
