"""What others write is read, however they compress it."""

import uuid

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from services.partition.reading import LogReader
from tests.partition.broker import make_topics

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_compression_of_kafka_is_read(kafka: str, codec: str) -> None:
    topic, values = f"compressed-{uuid.uuid4().hex}", [b"a" * 1_000, b"b" * 1_000]
    await make_topics(kafka, {topic: 1})
    async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type=codec) as producer:
        for value in values:
            await producer.send(topic, value, partition=0)
    reader, tp, read = LogReader(kafka), TopicPartition(topic, 0), list[bytes | None]()
    start, end = await reader.bounds(tp)
    while start < end:
        records, start = await reader.read(tp, start, end)
        read += [record.value for record in records]
    await reader.close()
    assert read == values
