"""A broker of our own keeps what it was given, whatever is done to its process."""

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.embedded.servers import EmbeddedKafka
from services.topics import create_topics

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture
def broker(server: EmbeddedKafka) -> EmbeddedKafka:
    """One for all, running whatever the test before has done to it."""
    server.start()
    return server


async def _write(server: EmbeddedKafka, value: bytes, transaction: str | None = None) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=server.bootstrap_servers, transactional_id=transaction
    )
    async with producer:
        if transaction is None:
            await producer.send_and_wait("facts", value, partition=0)
        else:
            async with producer.transaction():
                await producer.send("facts", value, partition=0)


async def _read(server: EmbeddedKafka, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=server.bootstrap_servers, isolation_level="read_committed"
    )
    async with consumer:
        consumer.assign([TopicPartition("facts", 0)])
        await consumer.seek_to_beginning()
        return [(await consumer.getone()).value for _ in range(count)]


async def test_a_first_start_that_was_cut_off_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_source: Path, target: Path) -> None:
        target.mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "copytree", cut_off)
        EmbeddedKafka(tmp_path / "kafka").start()
    with EmbeddedKafka(tmp_path / "kafka") as server:
        await create_topics(server.bootstrap_servers)


async def test_a_killed_broker_comes_back_with_its_data_on_its_port(
    broker: EmbeddedKafka,
) -> None:
    await create_topics(broker.bootstrap_servers)
    await _write(broker, b"before", transaction=uuid.uuid4().hex)
    address, killed = broker.bootstrap_servers, broker.pid

    broker.kill()
    assert not psutil.pid_exists(killed)
    broker.start()
    await _write(broker, b"after", transaction=uuid.uuid4().hex)

    assert broker.bootstrap_servers == address
    assert await _read(broker, 2) == [b"before", b"after"]


async def test_another_start_takes_the_folder_up_on_other_ports(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path) as first:
        await create_topics(first.bootstrap_servers)
        await _write(first, b"kept")

    with EmbeddedKafka(tmp_path) as second:
        assert await create_topics(second.bootstrap_servers) == []
        assert await _read(second, 1) == [b"kept"]


async def test_the_state_topics_are_compacted(broker: EmbeddedKafka) -> None:
    """Overwrites one key with more than two segments, and waits until the oldest are gone."""
    await create_topics(broker.bootstrap_servers)
    state = TopicPartition("ingest-state", 0)
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers)
    async with producer:
        for _ in range(40):
            await producer.send_and_wait(state.topic, bytes(900_000), key=b"one")

    while await _oldest(broker, state) == 0:  # the cleaner comes by every few seconds
        await asyncio.sleep(0.25)


async def _oldest(server: EmbeddedKafka, partition: TopicPartition) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=server.bootstrap_servers)
    async with consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning()
        return int((await consumer.getone()).offset)


def test_a_stopped_broker_leaves_no_process(broker: EmbeddedKafka) -> None:
    pid = broker.pid

    broker.stop()

    assert not psutil.pid_exists(pid)
    broker.stop()  # once more does no harm
