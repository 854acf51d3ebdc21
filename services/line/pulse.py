"""A line's progress: readings a second, how far behind it is, open alerts, or who is away."""

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import psycopg
from aiokafka.errors import KafkaError

from services.line.backlog import Backlog, backlog_of

if TYPE_CHECKING:
    from services.line.line import Line
    from services.line.terminal import Terminal

_PATIENCE_S = 10.0


class Pulse(threading.Thread):
    """Prints it every second on a terminal, else every `every_s`, until it is stopped.

    A server that does not answer is named instead, with how long it has been away.
    """

    def __init__(self, line: "Line", terminal: "Terminal", every_s: float = 5.0) -> None:
        super().__init__(name="pulse", daemon=True)
        self._line = line
        self._terminal = terminal
        self._every_s = 1.0 if terminal.is_real else every_s
        self._stopped = threading.Event()
        self._answered_s = time.monotonic()

    def stop(self) -> None:
        """Ends the printing; returns when the last line is out."""
        self._stopped.set()
        self.join(_PATIENCE_S)

    def run(self) -> None:
        """The thread."""
        while not self._stopped.is_set():
            try:
                asyncio.run(self._print_figures())
            except psycopg.Error:
                self._print_away("PostgreSQL")
            except (KafkaError, OSError):  # a TimeoutError is an OSError
                self._print_away("Kafka")

    async def _print_figures(self) -> None:
        now_s = asyncio.get_running_loop().time
        async with (
            asyncio.timeout(_PATIENCE_S) as answer,
            backlog_of(self._line.bootstrap_servers, self._line.database_url) as backlog,
        ):
            before, then_s = await backlog.produced("telemetry"), now_s()
            while not self._stopped.is_set():
                answer.reschedule(None)
                await asyncio.to_thread(self._stopped.wait, self._every_s)
                answer.reschedule(now_s() + _PATIENCE_S)
                readings = await backlog.produced("telemetry")
                await self._print(backlog, (readings - before) / (now_s() - then_s))
                before, then_s = readings, now_s()

    async def _print(self, backlog: Backlog, rate: float) -> None:
        behind = await backlog.lag()
        open_alerts = await backlog.open_alerts()
        self._answered_s = time.monotonic()
        self._terminal.progress(
            f"{rate:8,.0f} readings/s   lag {behind:6,}   {open_alerts:,} open alerts"
        )

    def _print_away(self, server: str) -> None:
        away_s = time.monotonic() - self._answered_s
        self._terminal.progress(
            f"{server} does not answer ({away_s:.0f} s); log: {self._log(server)}"
        )
        self._stopped.wait(self._every_s)

    def _log(self, server: str) -> str:
        logs = [one.log for one in self._line.supervisor.servers if one.name == server]
        return str(logs[0]) if logs else "its own"
