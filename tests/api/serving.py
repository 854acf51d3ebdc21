"""The API as a process of its own, with a filled database behind it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from services.processes import stop
from tests.running import start_service, wait_until


@contextmanager
def serving(kafka: str, database: str, folder: Path) -> Iterator[httpx.Client]:
    """A client of a running API; it may not answer for the database yet."""
    port = _free_port()
    process = start_service(
        "api", kafka, database, folder / "api.log", LEASEWATCH_API_PORT=str(port)
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            wait_until(lambda: _health(client).get("kafka") is True, "the API")
            yield client
        finally:
            assert stop(process) == 0


def _health(client: httpx.Client) -> dict[str, object]:
    try:
        return dict(client.get("/api/health").json())
    except httpx.TransportError:
        return {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
