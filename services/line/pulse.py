"""The demo's progress line: readings a second, how far behind the line is, open alerts."""

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING

import psycopg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from rich.console import Console

from services.demo.backlog import consumers, lag
from services.verify.log import TopicLog, topic_log

if TYPE_CHECKING:
    from services.demo.line import Line

logger = logging.getLogger(__name__)


class Pulse(threading.Thread):
    """Prints the line every second on a terminal, every five elsewhere, until it is stopped."""

    def __init__(self, line: "Line", console: Console) -> None:
        super().__init__(name="pulse", daemon=True)
        self._line = line
        self._console = console
        self._every_s = 1.0 if console.is_terminal else 5.0
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ends the printing; returns when the last line is out."""
        self._stopped.set()
        self.join(5)

    def run(self) -> None:
        """The thread: a broker or database that is away for a moment only costs some lines."""
        while not self._stopped.is_set():
            try:
                asyncio.run(self._print_lines())
            except (KafkaError, psycopg.Error, OSError) as error:
                logger.debug("no pulse: %s", error)
                self._stopped.wait(self._every_s)

    async def _print_lines(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._line.bootstrap_servers)
        await admin.start()
        try:
            async with topic_log(self._line.bootstrap_servers) as log:
                before, then = await _readings(log), time.monotonic()
                while not await asyncio.to_thread(self._stopped.wait, self._every_s):
                    readings, now = await _readings(log), time.monotonic()
                    behind = await self._lag(admin, log)
                    self._print((readings - before) / (now - then), behind)
                    before, then = readings, now
        finally:
            await admin.close()

    async def _lag(self, admin: AIOKafkaAdminClient, log: TopicLog) -> int:
        standing = await consumers(admin, self._line.database_url)
        return max([await lag(log, consumer) for consumer in standing])

    def _print(self, rate: float, behind: int) -> None:
        with psycopg.connect(self._line.database_url) as connection:
            row = connection.execute("SELECT count(*) FROM alert WHERE handling <> 'done'")
            open_alerts = (row.fetchone() or (0,))[0]
        text = f"{rate:8,.0f} readings/s   lag {behind:6,}   {open_alerts:,} open alerts   "
        self._console.print(text, end="\r" if self._console.is_terminal else "\n")


async def _readings(log: TopicLog) -> int:
    """Offsets of telemetry: readings, and a few ticks and markers among them."""
    return sum((await log.ends("telemetry")).values())
