"""A quiet consumer asks the broker seldom, and yet no record waits."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest

from services.partition import patience
from services.partition.reading import LogReader
from tests.partition.broker import make_topics

pytestmark = pytest.mark.servers

_LONG_MS, _PATIENCE_S = 600_000, 60
_BRIEF_MS = 20


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every fetch that any consumer sends."""
    sent: list[object] = []
    send = AIOKafkaClient.send

    async def noted(self: AIOKafkaClient, node: int, request: object, **options: object) -> object:
        if isinstance(request, FetchRequest):
            sent.append(request)
        return await send(self, node, request, **options)

    monkeypatch.setattr(AIOKafkaClient, "send", noted)
    yield sent


@asynccontextmanager
async def patient_consumer(kafka: str, *places: TopicPartition) -> AsyncIterator[AIOKafkaConsumer]:
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka, request_timeout_ms=2 * _LONG_MS
    ) as consumer:
        patience.fetch_patiently(consumer, _BRIEF_MS)
        consumer.assign(places)
        for place in places:
            consumer.seek(place, 0)
        yield consumer


async def new_topic(kafka: str, partitions: int) -> list[TopicPartition]:
    topic = f"quiet-{uuid.uuid4().hex}"
    await make_topics(kafka, {topic: partitions})
    return [TopicPartition(topic, number) for number in range(partitions)]


async def until_quiet(fetches: list[object]) -> None:
    """Until nothing has been asked for in the time of many brief fetches."""
    async with asyncio.timeout(_PATIENCE_S):
        seen = -1
        while seen != len(fetches) or not seen:
            seen = len(fetches)
            await asyncio.sleep(10 * _BRIEF_MS / 1000)


async def test_a_record_ends_the_long_wait_of_a_quiet_consumer(
    kafka: str, fetches: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "QUIET_WAIT_MS", _LONG_MS)
    (place,) = await new_topic(kafka, 1)
    async with patient_consumer(kafka, place) as consumer, producer_of(kafka) as producer:
        await until_quiet(fetches)
        await producer.send_and_wait(place.topic, b"x", partition=0)
        async with asyncio.timeout(_PATIENCE_S):
            assert (await consumer.getone()).value == b"x"


async def test_no_partition_waits_behind_the_fetch_of_a_quiet_one(
    kafka: str, fetches: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "QUIET_WAIT_MS", _LONG_MS)
    busy, quiet = await new_topic(kafka, 2)
    async with patient_consumer(kafka, busy, quiet) as consumer, producer_of(kafka) as producer:
        await until_quiet(fetches)
        for value in (b"1", b"2", b"3"):
            seen = len(fetches)
            await producer.send_and_wait(busy.topic, value, partition=busy.partition)
            async with asyncio.timeout(_PATIENCE_S):
                while len(fetches) == seen:  # it lies in hand: the quiet one is fetched alone
                    await asyncio.sleep(_BRIEF_MS / 1000)
                assert (await consumer.getone()).value == value


async def test_a_reader_that_has_read_all_asks_for_no_more(
    kafka: str, fetches: list[object]
) -> None:
    (place,) = await new_topic(kafka, 1)
    async with producer_of(kafka) as producer:
        await producer.send_and_wait(place.topic, b"x", partition=0)
    reader = LogReader(kafka)
    start, end = await reader.bounds(place)
    while start < end:
        _, start = await reader.read(place, start, end)
    await until_quiet(fetches)
    await reader.close()


def producer_of(kafka: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(bootstrap_servers=kafka)
