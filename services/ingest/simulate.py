"""Drives the simulated world at `speed` simulated seconds a second and publishes what it says.

Progress is the tick; a restarted run advances the same world to it without publishing.  A machine
that cannot keep up publishes every tick all the same, as fast as it can.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from services.ingest.publisher import Publisher, open_publisher
from services.ingest.runner import run_until_signalled
from services.settings import SettingError, Settings

if TYPE_CHECKING:
    from simulators import World

logger = logging.getLogger(__name__)

_LOG_EVERY_S = 60


def run(
    settings: Settings, *, assets: int, seed: int, speed: float, seconds: float | None = None
) -> None:
    """Blocks until SIGTERM or SIGINT, or until tick floor(seconds * speed) is published."""
    last = None if seconds is None else int(seconds * speed)
    run_until_signalled(simulate(settings.bootstrap_servers, assets, seed, speed, last))


def run_past(settings: Settings, *, assets: int, seed: int) -> None:
    """Publishes the fleet's past alone, once; `run` then begins the present."""
    run_until_signalled(simulate(settings.bootstrap_servers, assets, seed, speed=1.0, last=0))


async def simulate(
    bootstrap_servers: str, assets: int, seed: int, speed: float, last: int | None = None
) -> None:
    """Publishes ticks up to `last` (None: for ever); raises SettingError for another world's line.

    The start is the wall clock when the first tick is due, so that at speed 1 the simulated now
    is now.
    """
    async with open_publisher(bootstrap_servers, f"sim-{seed}") as publisher:
        world, told = _open_world(publisher.progress, assets, seed)
        if not publisher.progress:
            await publisher.publish(world.facts(), clock=world.now, progress=told)
        position = int(publisher.progress["position"])
        if position:
            logger.info("the world goes on after tick %d", position)
        await asyncio.to_thread(world.skip_to, position)
        await _publish_ticks(publisher, world, told, speed, last)


async def _publish_ticks(
    publisher: Publisher,
    world: "World",
    told: dict[str, Any],
    speed: float,
    last: int | None,
) -> None:
    while last is None or world.tick < last:
        ahead_s = (_due(world.start, world.tick + 1, speed) - datetime.now(UTC)).total_seconds()
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        elif -ahead_s > 1 and world.tick % _LOG_EVERY_S == 0:
            logger.warning("the simulated world is %.0f s behind its pace", -ahead_s)
        emissions = world.advance()
        progress = {**told, "position": world.tick, "done": world.tick == last}
        await publisher.publish(emissions, clock=world.now, progress=progress)


def _open_world(progress: dict[str, Any], assets: int, seed: int) -> "tuple[World, dict[str, Any]]":
    from simulators import World

    if progress and progress["assets"] != assets:
        raise SettingError(
            f"this line already holds a world of seed {seed} with {progress['assets']} assets: "
            "take that number, or another --seed."
        )
    start = datetime.now(UTC).replace(microsecond=0).isoformat()
    if progress.get("position"):
        start = progress["start"]
    world = World(seed, assets, datetime.fromisoformat(start))
    return world, {"position": 0, "start": start, "assets": assets}


def _due(start: datetime, tick: int, speed: float) -> datetime:
    return start + timedelta(seconds=tick / speed)
