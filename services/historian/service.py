"""`leasewatch historian`: everything that the line says, into the database, once.

Several may run: Kafka shares the partitions out, and epochs in the database fence a stray one.
"""

import asyncio
import logging
import signal
import sys

from services.historian.lane import Lane
from services.historian.sink import Fenced, Sink
from services.partition.ending import EXIT_CODE, PositionRefused
from services.partition.heartbeats import Heartbeats
from services.settings import Settings

logger = logging.getLogger(__name__)

_TELEMETRY = ("telemetry",)
_RECORDS = ("alerts", "transitions", "signals", "facts", "rejected")
_TELEMETRY_LINGER_S = 0.2
_RECORDS_LINGER_S = 0.02


def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; exits with 70 when another historian took our partitions over, or
    when the database stands where a topic does not.
    """
    try:
        asyncio.run(_run(settings))
    except Fenced as error:
        logger.error("fenced: %s", error)
        sys.exit(EXIT_CODE)
    except PositionRefused as error:
        logger.critical("ending with exit code %d: %s", EXIT_CODE, error)
        sys.exit(EXIT_CODE)


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    lanes = [
        _lane(settings, "historian", _RECORDS, _RECORDS_LINGER_S, stop),
        _lane(settings, "historian-telemetry", _TELEMETRY, _TELEMETRY_LINGER_S, stop),
    ]
    heartbeats = Heartbeats(
        settings.bootstrap_servers,
        lambda now: [beat for lane in lanes for beat in lane.report(now)],
    )
    tasks = [asyncio.create_task(lane.run()) for lane in lanes]
    beating = asyncio.create_task(heartbeats.run())
    try:
        await asyncio.wait([*tasks, beating], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()  # the other lane ends its transaction and leaves as well
        await asyncio.wait(tasks)
        await heartbeats.beat()  # the last one says why
        beating.cancel()
    await asyncio.wait([beating])
    for task in tasks:
        task.result()
    if not beating.cancelled():
        beating.result()


def _lane(
    settings: Settings, name: str, topics: tuple[str, ...], linger_s: float, stop: asyncio.Event
) -> Lane:
    sink = Sink(settings.database_url)
    return Lane(name, topics, settings.bootstrap_servers, sink, linger_s=linger_s, stop=stop)
