"""Reads stretches of one partition outside any consumer group: state topics, replays, gaps."""

import asyncio
from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

Batch = list[ConsumerRecord[bytes, bytes]]

_MAX_BATCH = 1_000  # more at once would keep the event loop
_POLL_MS = 20
_MAX_FETCH_BYTES = 4 << 20


class LogReader:
    """A read_committed consumer of our own that starts when it is first needed."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer[bytes, bytes] | None = None
        self._lock, self._starting = asyncio.Lock(), asyncio.Lock()
        self._position: tuple[TopicPartition, int] | None = None

    async def bounds(self, tp: TopicPartition) -> tuple[int, int]:
        """First offset kept, and the offset after the last one that is committed for good."""
        consumer = await self._started()
        first = (await consumer.beginning_offsets([tp]))[tp]
        return first, (await consumer.end_offsets([tp]))[tp]

    async def ends(self, tps: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Of each, the offset after the last record that is committed for good."""
        consumer = await self._started()
        return dict(await consumer.end_offsets(list(tps)))

    async def read(self, tp: TopicPartition, start: int, end: int) -> tuple[Batch, int]:
        """Some records of [start, end) and the offset to go on from; `end` within `bounds`."""
        async with self._lock:
            consumer = await self._started()
            if self._position != (tp, start):
                consumer.assign([tp])
                consumer.seek(tp, start)
            consumer.resume(tp)
            fetched = await consumer.getmany(tp, timeout_ms=_POLL_MS, max_records=_MAX_BATCH)
            position = await consumer.position(tp)
            if position >= end:  # or it would ask for more, 50 times a second, for ever
                consumer.pause(tp)
            self._position = (tp, position)
        return [record for record in fetched.get(tp, ()) if record.offset < end], position

    async def close(self) -> None:
        """Ends the consumer, if there was need of one."""
        consumer, self._consumer, self._position = self._consumer, None, None
        if consumer is not None:
            await consumer.stop()

    async def _started(self) -> "AIOKafkaConsumer[bytes, bytes]":
        async with self._starting:
            if self._consumer is None:
                self._consumer = await self._new_consumer()
            return self._consumer

    async def _new_consumer(self) -> "AIOKafkaConsumer[bytes, bytes]":
        consumer: AIOKafkaConsumer[bytes, bytes] = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_POLL_MS,
            max_partition_fetch_bytes=_MAX_FETCH_BYTES,
        )
        try:
            await consumer.start()
        except BaseException:  # also when a restore is broken off
            await consumer.stop()
            raise
        return consumer
