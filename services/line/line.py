"""One whole line on this machine: servers, topics, tables and all services, under a supervisor."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import httpx
import psycopg
from aiokafka.errors import KafkaError

from services.database.migrate import migrate
from services.embedded.folder import held
from services.embedded.ports import HOST, free_ports, is_free, require_free
from services.embedded.servers import servers
from services.line.backlog import Consumer, Taken, backlog_of
from services.line.supervisor import Program, Supervisor
from services.topics import create_topics

if TYPE_CHECKING:
    from services.verify.report import Report

logger = logging.getLogger(__name__)

SERVICES = (Program("monitor"), Program("lifecycle"), Program("historian"), Program("api"))

_ASK_S = 30.0
_LOOK_AGAIN_S = 0.5
_VERIFY_TRIES = 3
_AWAY = (KafkaError, psycopg.OperationalError, OSError)  # a TimeoutError is an OSError
T = TypeVar("T")


class Standing(NamedTuple):
    """What the services have taken up at one moment."""

    consumers: list[Consumer]
    facts: Taken
    drained: bool


@dataclass
class Line:
    """A running line; `page` is the address of its page, `data_dir` holds all that it keeps."""

    bootstrap_servers: str
    database_url: str
    page: str
    data_dir: Path
    supervisor: Supervisor

    def wait_until_drained(
        self, patience_s: float, look: Callable[[Standing], object] = lambda _standing: None
    ) -> bool:
        """Watches the services until nothing is left to take up, and shows `look` the way there.

        False when nothing was taken up for `patience_s`.
        """
        before: list[Consumer] = []
        moved_s, quiet = time.monotonic(), 0
        while quiet < 2:  # one service's output is another's input
            with contextlib.suppress(*_AWAY):
                standing = self._while_watching(lambda: asyncio.run(self._standing()))
                look(standing)
                quiet = quiet + 1 if standing.drained else 0
                if standing.consumers != before:
                    before, moved_s = standing.consumers, time.monotonic()
            if time.monotonic() > moved_s + patience_s:
                return False
            time.sleep(0.2 if quiet else _LOOK_AGAIN_S)
        return True

    def wait_until_served(self, patience_s: float) -> bool:
        """Watches the services until the page answers; False when patience ends."""
        deadline = time.monotonic() + patience_s
        with httpx.Client(verify=False) as client:  # of plain HTTP; certificates take long to load
            while time.monotonic() < deadline:
                self.supervisor.watch()
                with contextlib.suppress(httpx.HTTPError):
                    if client.get(self.page).is_success:
                        return True
                time.sleep(0.1)
        return False

    def verify(self) -> "Report":
        """Counts in Kafka and in the database; again when a server went away meanwhile."""
        for _ in range(_VERIFY_TRIES - 1):
            with contextlib.suppress(*_AWAY):
                return self._while_watching(self._verify)
            time.sleep(1)
        return self._while_watching(self._verify)

    def _verify(self) -> "Report":
        # It loads the monitor's kernel, which would hold up every start of a line.
        from services.verify.report import verify

        return asyncio.run(verify(self.bootstrap_servers, self.database_url))

    async def _standing(self) -> Standing:
        async with (
            asyncio.timeout(_ASK_S),
            backlog_of(self.bootstrap_servers, self.database_url) as backlog,
        ):
            consumers = await backlog.consumers()
            facts = await backlog.taken("facts", consumers)
            return Standing(consumers, facts, await backlog.is_drained(consumers))

    def _while_watching(self, ask: Callable[[], T]) -> T:
        """Asks in a thread and watches meanwhile: a server that it waits for is started again."""
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(ask())
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        while wait([answer], timeout=0.1).not_done:
            self.supervisor.watch()
        return answer.result()


@contextlib.contextmanager
def run_line(
    data_dir: Path,
    *,
    port: int | None = None,
    usual_port: int | None = None,
    say: Callable[[str], object] = logger.warning,
) -> Iterator[Line]:
    """Starts everything but a source of readings, and stops it in reverse order.

    All that it keeps is in `data_dir`, which may hold what an earlier line has left.  The page gets
    `port`; when none is given, the one that it had the last time, else `usual_port`, else any, of
    those that are free.  Raises EmbeddedServerError with one sentence when it cannot be started.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with held(data_dir, "The line", "line"), servers(data_dir) as endpoints:
        asyncio.run(create_topics(endpoints.bootstrap_servers))
        migrate(endpoints.dsn)
        port = _page_port(data_dir / "page-port", port, usual_port)
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": endpoints.bootstrap_servers,
            "DATABASE_URL": endpoints.dsn,
            "LEASEWATCH_API_HOST": HOST,
            "LEASEWATCH_API_PORT": str(port),
        }
        log_dir = data_dir / "logs"
        log_dir.mkdir(exist_ok=True)
        supervisor = Supervisor(environment, log_dir, endpoints.started, say)
        page = f"http://{HOST}:{port}/"
        try:
            supervisor.start(SERVICES)
            yield Line(
                endpoints.bootstrap_servers, endpoints.dsn, page, data_dir.resolve(), supervisor
            )
        finally:
            supervisor.stop()


def _page_port(kept: Path, wanted: int | None, usual: int | None) -> int:
    last = None
    with contextlib.suppress(OSError, ValueError):
        last = int(kept.read_text())
    offered = [port for port in (last, usual) if port and is_free(port)]
    port = wanted or [*offered, *free_ports(1)][0]
    require_free("The page", port)
    kept.write_text(f"{port}\n")
    return port
