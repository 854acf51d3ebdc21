"""AIS over TCP: connects to HOST:PORT, reads sentences, connects again when the line breaks.

What the other side sent while we were away cannot be had again; what was received is published
exactly once, and line numbers go on from run to run.
"""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

from services.ingest.intake import AisIntake
from services.ingest.lines import LineSplitter
from services.ingest.publisher import TICK_S, Publisher, open_publisher
from services.ingest.runner import run_until_signalled

logger = logging.getLogger(__name__)

_CHUNK = 64 << 10
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0


def run_tcp(bootstrap_servers: str, host: str, port: int, source: str) -> dict[str, Any]:
    """Takes sentences in until the process is asked to stop; returns the figures of this run."""
    intake = AisIntake(source)
    run_until_signalled(receive(bootstrap_servers, host, port, source, intake))
    return {"source": source, **intake.figures()}


async def receive(
    bootstrap_servers: str, host: str, port: int, source: str, intake: AisIntake
) -> None:
    """Connects for ever, with growing pauses while nobody answers; end it by cancelling."""
    async with open_publisher(bootstrap_servers, source) as publisher:
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, port)
            except OSError as error:
                logger.warning("no connection to %s:%d: %s", host, port, error)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                continue
            logger.info("connected to %s:%d", host, port)
            try:
                if await _receive(reader, publisher, intake):
                    wait_s = _FIRST_WAIT_S
            finally:
                writer.close()
            logger.warning("%s:%d closed the connection", host, port)
            await asyncio.sleep(wait_s)


async def _receive(reader: asyncio.StreamReader, publisher: Publisher, intake: AisIntake) -> bool:
    first = int(publisher.progress.get("position", 0)) + 1
    splitter, position = LineSplitter(intake.limit, first), first - 1
    ended = False
    while not ended:
        lines = []
        try:
            async with asyncio.timeout(TICK_S / 2):
                chunk = await reader.read(_CHUNK)
            ended = not chunk
            lines = splitter.feed(chunk)
        except TimeoutError:
            pass  # nobody speaks: the clock goes on
        except OSError as error:
            logger.warning("the connection broke: %s", error)
            ended = True
        now = datetime.now(UTC)
        lines += splitter.end() if ended else []
        messages = [message for line in lines for message in intake.take(line, now)]
        messages += intake.end(now) if ended else []
        position = lines[-1].number if lines else position
        await publisher.publish(messages, clock=now, progress={"position": position})
    return position >= first
