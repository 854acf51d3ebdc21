"""Reads topics as they stand in Kafka, committed records only."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import TOPICS
from services.partition import Record


@asynccontextmanager
async def topic_log(bootstrap_servers: str) -> AsyncIterator["TopicLog"]:
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
        yield TopicLog(consumer)
    finally:
        await consumer.stop()


class TopicLog:
    """Reads whole partitions from a start offset to their end at the time of asking."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def ends(self, *topics: str) -> dict[tuple[str, int], int]:
        """End offset by topic and partition: behind the last record or transaction marker."""
        partitions = [where for topic in topics for where in _partitions(topic)]
        ends = await self._consumer.end_offsets(partitions)
        return {(where.topic, where.partition): end for where, end in ends.items()}

    async def beginning(self, topic: str, partition: int) -> int:
        """The oldest offset that is still kept."""
        where = TopicPartition(topic, partition)
        return int((await self._consumer.beginning_offsets([where]))[where])

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

    async def any_records(self, starts: Mapping[tuple[str, int], int]) -> bool:
        """Whether behind any start there is a committed record, and not merely markers."""
        unread = [TopicPartition(*where) for where in starts]
        self._consumer.assign(unread)
        for where in unread:
            self._consumer.seek(where, starts[where.topic, where.partition])
        ends = await self._consumer.end_offsets(unread) if unread else {}
        while unread:
            if await self._consumer.getmany(*unread, timeout_ms=60, max_records=1):
                return True
            unread = [w for w in unread if await self._consumer.position(w) < ends[w]]
        return False


def _partitions(topic: str) -> Sequence[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(TOPICS[topic].partitions)]
