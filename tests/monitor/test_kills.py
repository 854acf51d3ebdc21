"""The monitor's workers are killed in the middle; its signals are those of an undisturbed run."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas import ASSET_PARTITIONS
from services.domain.monitor.core import MonitorCore
from services.embedded.servers import EmbeddedKafka
from services.ingest.publisher import open_publisher
from services.topics import create_topics
from simulators import Emission, World, load_scenario
from tests.partition.broker import read_topic
from tests.partition.workers import Worker, keep_alive

SECONDS, ASSETS, SEED = 1_000, 24, 3
GARBAGE = (b"{", b"", b'{"kind": "tock"}', b'{"asset": "x"}', b"\xff\xfe", b"null")

MONITOR = """
import logging
from services.monitor.service import run
from services.settings import Settings
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
run(Settings.from_environment())
"""


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """A broker of its own, because the topics' names are fixed."""
    with EmbeddedKafka(tmp_path / "kafka") as server:
        yield server.bootstrap_servers


@asynccontextmanager
async def two_monitors(bootstrap_servers: str, log_dir: Path) -> AsyncIterator[Sequence[Worker]]:
    workers = [
        Worker(
            [sys.executable, "-c", MONITOR],
            log_dir / f"monitor-{n}.log",
            KAFKA_BOOTSTRAP_SERVERS=bootstrap_servers,
            DATABASE_URL="postgresql://nobody@127.0.0.1/unused",
            LEASEWATCH_CHECKPOINT_S="1",
        )
        for n in range(2)
    ]
    keeper = asyncio.create_task(keep_alive(workers))
    try:
        yield workers
    finally:
        keeper.cancel()
        for worker in workers:
            worker.stop()


@pytest.mark.servers
async def test_signals_are_byte_for_byte_those_of_the_core(kafka: str, tmp_path: Path) -> None:
    await create_topics(kafka)
    flowing = asyncio.create_task(send_a_world(kafka))
    async with two_monitors(kafka, tmp_path) as workers:
        await kill_until_done(workers, flowing)
        expected = [concluded(number, log) for number, log in enumerate(await telemetry(kafka))]
        async with asyncio.timeout(300):
            while await count(kafka) < sum(len(signals) for signals, _ in expected):
                await asyncio.sleep(0.3)
        assert all(worker.stop() == 0 for worker in workers)
    logs = await read_topic(kafka, "signals", ASSET_PARTITIONS)
    for (signals, _), found in zip(expected, logs, strict=True):
        assert [(record.key, record.value) for record in found] == signals
    (rejected,) = await read_topic(kafka, "rejected", 1)
    told = sorted(json.loads(record.value or b"")["id"] for record in rejected)
    assert told == sorted(reference for _, refused in expected for reference in refused)
    assert len(told) == len(GARBAGE)
    assert len(workers[0].exit_codes) + len(workers[1].exit_codes) >= 4


async def send_a_world(bootstrap_servers: str) -> None:
    scenario = load_scenario("demo").sized(ASSETS)
    world = World(scenario, SEED, datetime(2026, 3, 1, 6, tzinfo=UTC))
    garbage = [Emission(SECONDS, n, "telemetry", "ship-bad", raw) for n, raw in enumerate(GARBAGE)]
    async with open_publisher(bootstrap_servers, world.source) as publisher:
        while world.second < SECONDS:
            block = world.advance()
            await publisher.publish(block.emissions, progress={"position": block.end})
            await asyncio.sleep(0.05)
        await publisher.publish(garbage, progress={"position": SECONDS + 1})


async def kill_until_done(workers: Sequence[Worker], flowing: "asyncio.Task[None]") -> None:
    moments = random.Random(SEED)
    await asyncio.sleep(2)
    while not flowing.done() or min(len(worker.exit_codes) for worker in workers) < 2:
        moments.choice(workers).kill()
        await asyncio.sleep(moments.uniform(0.5, 2.5))
    await flowing


async def telemetry(bootstrap_servers: str) -> list[list[tuple[int, bytes]]]:
    logs = await read_topic(bootstrap_servers, "telemetry", ASSET_PARTITIONS)
    return [[(record.offset, record.value or b"") for record in log] for log in logs]


async def count(bootstrap_servers: str) -> int:
    return sum(map(len, await read_topic(bootstrap_servers, "signals", ASSET_PARTITIONS)))


def concluded(
    partition: int, log: Sequence[tuple[int, bytes]]
) -> tuple[list[tuple[bytes, bytes]], list[str]]:
    """What the core says to the whole log at once: signals, and the ids of what it refuses."""
    outcome = MonitorCore(partition).step([at for at, _ in log], [value for _, value in log])
    signals = [(asset.encode(), signal) for asset, signal in outcome.signals]
    return signals, [f"telemetry-{partition}-{offset}" for offset, _, _ in outcome.rejected]
