"""A simulated world into Kafka, exactly once, at `speed` simulated seconds a second.

Progress is the second before which everything is published; a restarted run takes the same world
there silently and goes on.  Blocks are computed ahead and released when their seconds are due.  A
machine that cannot keep up publishes everything all the same, as fast as it can.

With several workers each publishes its own feeds with a progress of its own.  The first one's also
keeps what all must agree on: the start, the scenario and the number of workers.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar

from services.ingest.pace import Backlog, Pace
from services.ingest.progress import read_progress
from services.ingest.publisher import Publisher, open_publisher
from services.ingest.runner import run_until_signalled
from services.ingest.simulate import Portion, Simulation, Span, by_second, portions
from services.ingest.workers import run_workers
from services.settings import SettingError, Settings

logger = logging.getLogger(__name__)

_ASK_AGAIN_S = 0.1
T = TypeVar("T")


def run(settings: Settings, simulation: Simulation) -> None:
    """Blocks until SIGTERM or SIGINT, or until the part that is asked for is published."""
    if simulation.workers == 1:
        run_part(settings.bootstrap_servers, simulation, 0)
    else:
        parts = range(simulation.workers)
        run_workers(run_part, [(settings.bootstrap_servers, simulation, n) for n in parts])


def run_part(bootstrap_servers: str, simulation: Simulation, part: int) -> None:
    """One worker, until it is done or asked to stop."""
    run_until_signalled(publish_part(bootstrap_servers, simulation, part))


async def publish_part(bootstrap_servers: str, simulation: Simulation, part: int = 0) -> None:
    """Publishes a worker's feeds; raises SettingError when another world holds this line."""
    async with open_publisher(bootstrap_servers, simulation.source(part)) as publisher:
        told = await _agree(bootstrap_servers, publisher, simulation, part)
        start = datetime.fromisoformat(told["start"])
        span, world = simulation.span(start), simulation.world(start, part)
        if not publisher.progress:
            past = world.facts() if span.since == 0 else []
            await publisher.publish(past, progress={**told, "position": span.since})
        position = max(int(publisher.progress["position"]), span.since)
        if position:
            logger.info("the world goes on at second %d", position)
        rest = portions(world, Span(position, span.until))
        first = await asyncio.to_thread(next, rest, None)  # large worlds take seconds to begin
        pace = pace_of(publisher.progress, simulation.speed, position)
        rest = chain([first] if first else [], rest)
        await publish(publisher, rest, pace, {**told, "pace": pace}, span.until)


async def publish(
    publisher: Publisher, source: Iterator[Portion], pace: Pace, told: dict[str, Any],
    until: int | None = None,
) -> None:  # fmt: skip
    """Publishes portions when they are due, with `told` in the progress of each."""
    backlog = Backlog()
    async with aclosing(_ahead(source)) as blocks:
        async for block in blocks:
            for end, emissions in by_second(block) if pace.speed else [block]:
                ahead_s = pace.ahead_s(emissions[0].at if emissions else end)
                backlog.note(ahead_s)
                await asyncio.sleep(max(0.0, ahead_s))
                progress = {**told, "position": end, "done": end == until}
                await publisher.publish(emissions, progress=progress)


async def _ahead(items: Iterator[T]) -> AsyncGenerator[T, None]:
    """The items, each made in a thread while the one before it is dealt with."""
    upcoming = asyncio.create_task(asyncio.to_thread(next, items, None))
    try:
        while (item := await asyncio.shield(upcoming)) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, items, None))
            yield item
    finally:
        await asyncio.wait([upcoming])  # a thread cannot be stopped in the middle of a block


async def _agree(
    bootstrap_servers: str, publisher: Publisher, simulation: Simulation, part: int
) -> dict[str, Any]:
    """What the line holds already, or what the first worker decides."""
    agreed = publisher.progress
    while part and not agreed:
        agreed = await read_progress(bootstrap_servers, simulation.source())
        await asyncio.sleep(_ASK_AGAIN_S)
    told = simulation.identity()
    start = agreed["start"] if agreed else simulation.start().isoformat()
    if agreed and any(agreed.get(name) != value for name, value in told.items()):
        raise SettingError(
            f"this line already holds the world of seed {simulation.seed} by scenario "
            f"{agreed.get('scenario')!r} with {agreed.get('assets')} assets and "
            f"{agreed.get('workers')} workers, or one with other settings: go on with the same, "
            "or take another --seed."
        )
    return {**told, "start": start}


def pace_of(progress: dict[str, Any], speed: float, second: int) -> Pace:
    """That of the run before, so that a world that was away catches up, or a new one from now on:
    the present begins when it is told of, however long the past has taken.
    """
    if "pace" in progress and (before := Pace(*progress["pace"])).speed == speed:
        return before
    return Pace(speed, second, time.time())
