"""How fast the monitor is, each part against the others in one run on one machine.

Method: `readings` seeded readings of `assets` ships, aircraft and metro trains in turn (every
declared channel, inside its typical range), the same bytes for every part.  Rates are by wall
time, costs a reading by the processor time of this process: all but the broker runs in it.

    decode    the core's JSON decoding alone
    core      MonitorCore.step in batches of 5,000, decoding included, no Kafka
    shell     a worker of the consumer group whose logic does nothing: fetching, accepting, commits
    line      a worker of the group, from joining until all readings of an embedded Kafka are
              committed with their signals, offsets and checkpoints
    restore   of all partitions, from those checkpoints and a replay up to the committed offsets

Rates move by half between runs on a shared machine; trust `line_over_core`, a ratio of costs.
Run it with `leasewatch bench monitor`.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from schemas import ASSET_CLASSES, ASSET_PARTITIONS, AssetClass, Reading
from services.domain.monitor.core import MonitorCore
from services.domain.monitor.decode import decode
from services.embedded.servers import EmbeddedKafka
from services.monitor.logic import INPUT, MonitorLogic, monitor_line
from services.partition import OwnedPartition, Record, ServiceLine, StepResult
from services.partition.driver import NewLogic, run_group
from services.partition.reading import LogReader
from services.settings import Settings
from services.topics import create_topics

_BATCH = 5_000
_START = datetime(2026, 1, 1, tzinfo=UTC)

Keyed = tuple[bytes, bytes]


def bench(readings: int = 200_000, assets: int = 10_000) -> dict[str, float]:
    """Readings a second of decode, core and line, microseconds a reading, restore seconds."""
    keyed = list(_readings(readings, assets))
    values = [value for _, value in keyed]
    decoding = _measured(lambda: _in_batches(values, _decode))
    core = MonitorCore(0)
    whole_core = _measured(lambda: _in_batches(values, core.step))
    with (
        tempfile.TemporaryDirectory(prefix="leasewatch-bench-") as scratch,
        EmbeddedKafka(Path(scratch)) as kafka,
    ):
        shell, line, restore = asyncio.run(_through_kafka(kafka.bootstrap_servers, keyed))
    parts = {"decode": decoding, "core": whole_core, "shell": shell, "line": line}
    rates = {f"{name}_per_s": round(readings / took.wall_s) for name, took in parts.items()}
    costs = {f"{n}_cpu_us": round(took.cpu_s / readings * 1e6, 2) for n, took in parts.items()}
    return {
        "readings": readings, "assets": assets, **rates, **costs,
        "line_over_core": round(line.cpu_s / whole_core.cpu_s, 2),
        "restore_s": round(restore.wall_s, 2),
    }  # fmt: skip


def _readings(count: int, assets: int) -> Iterator[Keyed]:
    random = np.random.default_rng(1)
    classes = list(ASSET_CLASSES.values())
    for number in range(count):
        turn, place = divmod(number, assets)
        asset_class = classes[place % len(classes)]
        asset = f"{asset_class.name}-{place}"
        now = _START + timedelta(seconds=turn * 10, microseconds=place)
        reading = Reading(
            asset=asset, asset_class=asset_class.name, source="bench", time=now, ingest_time=now,
            seq=turn, lat=50 + place * 1e-3, lon=3 + turn * 1e-4,
            channels=_channels(asset_class, random),
        )  # fmt: skip
        yield asset.encode(), reading.to_json()


def _channels(asset_class: AssetClass, random: np.random.Generator) -> dict[str, float]:
    """A point a little off the middle of each typical range; counters have none."""
    channels = {}
    for channel in asset_class.channels:
        low, high = channel.typical
        if low is not None and high is not None:
            off = random.normal(0, 0.02)
            channels[channel.name] = round((low + high) / 2 + off * (high - low), 3)
    return channels


def _decode(offsets: Sequence[int], values: Sequence[bytes]) -> object:
    return decode(offsets, values, ASSET_CLASSES)


def _in_batches(
    values: Sequence[bytes], step: Callable[[Sequence[int], Sequence[bytes]], object]
) -> None:
    for start in range(0, len(values), _BATCH):
        batch = values[start : start + _BATCH]
        step(range(start, start + len(batch)), batch)


class Took(NamedTuple):
    """Wall time, and the processor time of this process (the broker's is not in it)."""

    wall_s: float
    cpu_s: float

    @classmethod
    def now(cls) -> "Took":
        """The two clocks as they stand."""
        return cls(time.perf_counter(), time.process_time())

    def until_now(self) -> "Took":
        """What has passed on both since."""
        return Took(time.perf_counter() - self.wall_s, time.process_time() - self.cpu_s)


def _measured(work: Callable[[], object]) -> Took:
    start = Took.now()
    work()
    return start.until_now()


async def _through_kafka(bootstrap_servers: str, keyed: Sequence[Keyed]) -> tuple[Took, Took, Took]:
    settings = Settings(bootstrap_servers=bootstrap_servers, database_url="")
    line = monitor_line(settings)
    await create_topics(bootstrap_servers)
    await _produce(bootstrap_servers, keyed)
    idle = replace(line, service="bench", state_topic="lifecycle-state")
    shell = await _run_to_the_end(idle, lambda _: _Nothing())
    whole = await _run_to_the_end(line, lambda n: MonitorLogic(line, n))
    return shell, whole, await _restore(line)


class _Nothing:
    """A logic that concludes nothing and keeps nothing."""

    def load(self, records: Mapping[bytes, bytes]) -> None:
        return None

    def step(self, records: Sequence[Record]) -> StepResult:
        return StepResult([], {})

    def checkpoint(self) -> dict[bytes, bytes | None]:
        return {}


async def _run_to_the_end(line: ServiceLine, new_logic: NewLogic) -> Took:
    """A worker from joining until everything is committed."""
    ends = await _ends(line.bootstrap_servers)
    start = Took.now()
    working = asyncio.create_task(run_group(line, new_logic))
    committed = asyncio.create_task(_committed(line, ends))
    await asyncio.wait((working, committed), return_when=asyncio.FIRST_COMPLETED)
    took = start.until_now()
    ended = working.done()
    for task in (working, committed):
        task.cancel()
    await asyncio.gather(working, committed, return_exceptions=True)
    if ended:
        raise KeyboardInterrupt  # the worker took the signal for its own
    return took


async def _produce(bootstrap_servers: str, keyed: Sequence[Keyed]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, linger_ms=5)
    await producer.start()
    for key, value in keyed:
        await producer.send(INPUT, value, key=key)
    await producer.stop()


async def _ends(bootstrap_servers: str) -> dict[int, int]:
    reader = LogReader(bootstrap_servers)
    try:
        partitions = range(ASSET_PARTITIONS)
        return {n: (await reader.bounds(TopicPartition(INPUT, n)))[1] for n in partitions}
    finally:
        await reader.close()


async def _committed(line: ServiceLine, ends: Mapping[int, int]) -> None:
    """Returns when the group has committed everything."""
    admin = AIOKafkaAdminClient(bootstrap_servers=line.bootstrap_servers)
    await admin.start()
    try:
        while True:
            with suppress(GroupCoordinatorNotAvailableError):  # of the first group on a new broker
                offsets = await admin.list_consumer_group_offsets(line.service)
                if {tp.partition: meta.offset for tp, meta in offsets.items()} == ends:
                    return
            await asyncio.sleep(0.05)
    finally:
        await admin.close()


async def _restore(line: ServiceLine) -> Took:
    parts = [OwnedPartition(line, n, MonitorLogic(line, n)) for n in range(ASSET_PARTITIONS)]
    start = Took.now()
    await asyncio.gather(*(part.restore() for part in parts))
    took = start.until_now()
    await asyncio.gather(*(part.close() for part in parts))
    return took
