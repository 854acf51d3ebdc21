"""Reads topics as they stand in Kafka, committed records only."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import TOPICS
from services.partition import Record


@asynccontextmanager
async def log_reader(bootstrap_servers: str) -> AsyncIterator["LogReader"]:
    """A reader of its own, outside any consumer group."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 << 20,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        yield LogReader(consumer)
    finally:
        await consumer.stop()


class LogReader:
    """Reads whole partitions from a start offset to their end at the time of asking."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def ends(self, topic: str) -> dict[int, int]:
        """End offset by partition: behind the last committed record or transaction marker."""
        partitions = _partitions(topic)
        ends = await self._consumer.end_offsets(partitions)
        return {partition.partition: end for partition, end in ends.items()}

    async def beginning(self, topic: str, partition: int) -> int:
        """The oldest offset that is still kept."""
        where = TopicPartition(topic, partition)
        return (await self._consumer.beginning_offsets([where]))[where]

    async def records(self, topic: str) -> AsyncIterator[Record]:
        """Every committed record of `topic`, partition by partition, in offset order."""
        for partition in _partitions(topic):
            async for record in self.partition_records(topic, partition.partition):
                yield record

    async def partition_records(
        self, topic: str, partition: int, start: int | None = None
    ) -> AsyncIterator[Record]:
        """The committed records of one partition from `start` (or its beginning) to its end."""
        where = TopicPartition(topic, partition)
        end = (await self._consumer.end_offsets([where]))[where]
        self._consumer.assign([where])
        if start is None:
            await self._consumer.seek_to_beginning(where)
        else:
            self._consumer.seek(where, start)
        while await self._consumer.position(where) < end:
            batches = await self._consumer.getmany(where, timeout_ms=60, max_records=10_000)
            for record in batches.get(where, ()):
                yield record

    async def has_records(self, topic: str, partition: int, start: int) -> bool:
        """Whether a committed record (not merely a marker) stands at or behind `start`."""
        async for _ in self.partition_records(topic, partition, start):
            return True
        return False


def _partitions(topic: str) -> Sequence[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(TOPICS[topic].partitions)]
