"""A Kafka of the bench's own, what it is filled with, and a worker of the monitor's group on it."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError

from schemas import ASSET_PARTITIONS
from services.embedded.servers import EmbeddedKafka
from services.monitor.bench.clocks import LoopWatch, Took
from services.monitor.bench.worlds import Keyed
from services.monitor.logic import INPUT, monitor_line
from services.partition import PartitionLogic, Record, ServiceLine, StepResult
from services.partition.driver import GroupWorker, NewLogic
from services.partition.quiet import quiet_kafka_client
from services.partition.reading import LogReader
from services.partition.threads import favour_the_loop
from services.settings import Settings
from services.topics import create_topics

_POLL_S = 0.1
_number = count()


@asynccontextmanager
async def kafka_with(records: Iterable[Keyed]) -> AsyncIterator[str]:
    """The address of a new broker that has these records in `telemetry`."""
    _be_quiet()
    with (
        tempfile.TemporaryDirectory(prefix="leasewatch-bench-") as scratch,
        EmbeddedKafka(Path(scratch)) as kafka,
    ):
        await create_topics(kafka.bootstrap_servers)
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=5)
        await producer.start()
        for key, value in records:
            await producer.send(INPUT, value, key=key)
        await producer.stop()
        yield kafka.bootstrap_servers


async def new_line(bootstrap_servers: str) -> ServiceLine:
    """The monitor's, as a group that has read nothing yet, with a state topic of its own."""
    line = monitor_line(Settings(bootstrap_servers=bootstrap_servers, database_url=""))
    name = f"bench-{next(_number)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        state = NewTopic(
            f"{name}-state", ASSET_PARTITIONS, 1, topic_configs={"cleanup.policy": "compact"}
        )
        await admin.create_topics([state])
    finally:
        await admin.close()
    return replace(line, service=name, state_topic=f"{name}-state")


class Tally:
    """How many records the logics of a worker were given, and the clocks when the first began."""

    def __init__(self) -> None:
        self.records = 0
        self.began: Took | None = None

    def counted(self, logic: PartitionLogic) -> PartitionLogic:
        """The same logic under count."""
        return _Counted(logic, self)


class _Counted:
    def __init__(self, logic: PartitionLogic, tally: Tally) -> None:
        self._logic, self._tally = logic, tally
        self.checkpoint = logic.checkpoint

    def load(self, records: Mapping[bytes, bytes]) -> Mapping[str, int] | None:
        self._tally.began = self._tally.began or Took.now()
        return self._logic.load(records)

    def step(self, records: Sequence[Record]) -> StepResult:
        self._tally.records += len(records)
        return self._logic.step(records)


@asynccontextmanager
async def working(line: ServiceLine, new_logic: NewLogic) -> AsyncIterator[None]:
    """A worker of the group in this process."""
    favour_the_loop()  # as a service does
    stop = asyncio.Event()
    worker = asyncio.create_task(GroupWorker(line, new_logic, None).run(stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def run_to_the_end(line: ServiceLine, new_logic: NewLogic) -> tuple[Took, float]:
    """From the moment a worker has its partitions until all records are committed.

    What it took, and the longest time for which its event loop was blocked, in milliseconds.
    """
    ends, tally, watch = await _ends(line.bootstrap_servers), Tally(), LoopWatch()
    async with working(line, lambda number: tally.counted(new_logic(number))):
        watch.start()
        await _committed(line, ends)
        began = tally.began or Took.now()
        return began.until_now(), watch.stop()


def _be_quiet() -> None:
    """A new broker refuses this and that at first, and is asked again."""
    quiet_kafka_client()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("services.partition").setLevel(logging.WARNING)


async def _ends(bootstrap_servers: str) -> dict[int, int]:
    reader = LogReader(bootstrap_servers)
    try:
        partitions = range(ASSET_PARTITIONS)
        return {n: (await reader.bounds(TopicPartition(INPUT, n)))[1] for n in partitions}
    finally:
        await reader.close()


async def _committed(line: ServiceLine, ends: Mapping[int, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=line.bootstrap_servers)
    await admin.start()
    try:
        while True:
            with suppress(GroupCoordinatorNotAvailableError):  # of the first group on a new broker
                offsets = await admin.list_consumer_group_offsets(line.service)
                if {tp.partition: meta.offset for tp, meta in offsets.items()} == ends:
                    return
            await asyncio.sleep(_POLL_S)
    finally:
        await admin.close()
