"""What the tests do with a broker: make topics, send in transactions, read whole topics."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

Message = tuple[str, bytes, bytes]  # topic, key, value


async def make_topics(bootstrap_servers: str, partitions: dict[str, int]) -> None:
    """Topics by name and number of partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, n, 1) for name, n in partitions.items()])
    finally:
        await admin.close()


async def make_anew(bootstrap_servers: str, topic: str, partitions: int) -> None:
    """Deletes the topic and makes an empty one of the same name."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics([topic])
        async with asyncio.timeout(60):
            while topic in await admin.list_topics():
                await asyncio.sleep(0.1)
    finally:
        await admin.close()
    await make_topics(bootstrap_servers, {topic: partitions})


async def delete_before(bootstrap_servers: str, topic: str, offset: int) -> None:
    """Deletes the first records of partition 0, as retention does in time."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(offset)})
    finally:
        await admin.close()


class Sender:
    """Sends messages in transactions; an aborted one leaves a hole in the offsets."""

    def __init__(self, bootstrap_servers: str, transactional_id: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap_servers,
            transactional_id=transactional_id,
            retry_backoff_ms=10,
        )

    async def __aenter__(self) -> "Sender":
        await self._producer.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._producer.stop()

    async def send_tick(
        self, value: bytes, topic: str, partitions: int, key: bytes | None = b"tick"
    ) -> None:
        """The same value into every partition."""
        async with self._producer.transaction():
            for number in range(partitions):
                await self._producer.send(topic, value, key=key, partition=number)

    async def send(self, messages: Iterable[Message], *, abort: bool = False) -> None:
        await self._producer.begin_transaction()
        sent = [await self._producer.send(topic, value, key=key) for topic, key, value in messages]
        await asyncio.gather(*sent)
        await (self._producer.abort_transaction() if abort else self._producer.commit_transaction())


async def read_partition(
    bootstrap_servers: str, topic: str, partition: int
) -> "Sequence[ConsumerRecord[bytes, bytes]]":
    """Every committed record of a partition, in order."""
    return (await _read(bootstrap_servers, [TopicPartition(topic, partition)]))[0]


async def read_topic(
    bootstrap_servers: str, topic: str, partitions: int
) -> "list[Sequence[ConsumerRecord[bytes, bytes]]]":
    """Every committed record of a topic, by partition."""
    return await _read(bootstrap_servers, [TopicPartition(topic, n) for n in range(partitions)])


async def _read(
    bootstrap_servers: str, places: Sequence[TopicPartition]
) -> "list[Sequence[ConsumerRecord[bytes, bytes]]]":
    """By one consumer: to connect costs more than to read."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(places))
        consumer.assign(places)
        read: dict[TopicPartition, list[Any]] = {place: [] for place in places}
        while behind := [one for one in places if await consumer.position(one) < ends[one]]:
            for place, found in (await consumer.getmany(*behind, timeout_ms=100)).items():
                read[place] += found
        return list(read.values())
    finally:
        await consumer.stop()
