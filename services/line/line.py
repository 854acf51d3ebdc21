"""One whole line on this machine: servers, topics, tables and all services, under a supervisor."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka.admin import AIOKafkaAdminClient

from services.database.migrate import migrate
from services.demo.backlog import Consumer, consumers, is_drained
from services.demo.supervisor import Program, Supervisor
from services.embedded import servers
from services.topics import create_topics
from services.verify.log import topic_log
from services.verify.report import Report, verify

logger = logging.getLogger(__name__)

SERVICES = (Program("monitor"), Program("lifecycle"), Program("historian"), Program("api"))

_HOST = "127.0.0.1"
_PREFERRED_PORT = 8080


@dataclass
class Line:
    """A running line; `page` is the address of its page."""

    bootstrap_servers: str
    database_url: str
    page: str
    supervisor: Supervisor

    async def drained(self) -> bool:
        """Whether every service has taken up every record."""
        async with topic_log(self.bootstrap_servers) as log:
            return await is_drained(log, await self._consumers())

    def wait_until_drained(self, patience_s: float) -> bool:
        """Watches the services until nothing is left to take up; False when patience ends."""
        deadline = time.monotonic() + patience_s
        quiet = 0
        while quiet < 2 and time.monotonic() < deadline:  # one service's output is another's input
            self.supervisor.watch()
            quiet = quiet + 1 if asyncio.run(self.drained()) else 0
            time.sleep(0.3)
        return quiet >= 2

    def wait_until_served(self, patience_s: float) -> bool:
        """Watches the services until the page answers; False when patience ends."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            self.supervisor.watch()
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(self.page).is_success:
                    return True
            time.sleep(0.1)
        return False

    def verify(self) -> Report:
        """Counts in Kafka and in the database."""
        return asyncio.run(verify(self.bootstrap_servers, self.database_url))

    async def _consumers(self) -> list[Consumer]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        await admin.start()
        try:
            return await consumers(admin, self.database_url)
        finally:
            await admin.close()


@contextlib.contextmanager
def run_line(data_dir: Path, *, port: int | None = None) -> Iterator[Line]:
    """Starts everything but a source of readings, and stops it in reverse order.

    Raises EmbeddedServerError with one sentence when a server cannot be started.
    """
    with servers(data_dir) as endpoints:
        asyncio.run(create_topics(endpoints.bootstrap_servers))
        migrate(endpoints.dsn)
        port = port or _free_port()
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": endpoints.bootstrap_servers,
            "DATABASE_URL": endpoints.dsn,
            "LEASEWATCH_API_HOST": _HOST,
            "LEASEWATCH_API_PORT": str(port),
        }
        log_dir = data_dir / "logs"
        log_dir.mkdir(parents=True, exist_ok=True)
        supervisor = Supervisor(environment, log_dir)
        try:
            supervisor.start(SERVICES)
            yield Line(
                endpoints.bootstrap_servers, endpoints.dsn, f"http://{_HOST}:{port}/", supervisor
            )
        finally:
            supervisor.stop()


def _free_port() -> int:
    for port in (_PREFERRED_PORT, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_HOST, port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1: stop a program that listens there.")
