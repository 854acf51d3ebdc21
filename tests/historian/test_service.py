"""The historian as a process between real servers: killed, cut off, fenced."""

import asyncio
import subprocess
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schemas import Reading
from services.database.migrate import migrate
from services.historian.sink import Sink
from services.topics import create_topics
from tests.historian.records import reading, rows
from tests.running import PATIENCE_S, start_service, wait_until

pytestmark = pytest.mark.servers

Start = Callable[[], "subprocess.Popen[bytes]"]
_CHUNK = 500


@pytest.fixture
def start(kafka: str, database: str, tmp_path: Path) -> Iterator[Start]:
    """Starts historians on a migrated database; they are ended with the test."""
    asyncio.run(create_topics(kafka))
    migrate(database)
    running: list[subprocess.Popen[bytes]] = []

    def start_one() -> "subprocess.Popen[bytes]":
        running.append(start_service("historian", kafka, database, tmp_path / "historian.log"))
        return running[-1]

    yield start_one
    for process in running:
        process.kill()
        process.wait()


@asynccontextmanager
async def _producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


def _send(kafka: str, readings: Sequence[Reading]) -> None:
    async def send() -> None:
        async with _producer(kafka) as producer:
            for one in readings:
                await producer.send("telemetry", one.to_json(), key=one.asset.encode())

    asyncio.run(send())


def _fleet(source: str, first: int, count: int) -> list[Reading]:
    numbers = range(first, first + count)
    return [reading(n, seq=n, source=source, asset=f"ship-{n % 20}") for n in numbers]


def _stored(database: str, source: str) -> int:
    statement = "SELECT count(*) FROM reading WHERE source = %s"
    return int(rows(database, statement, source)[0][0])


def _exactly(database: str, source: str, count: int) -> bool:
    seqs = rows(database, "SELECT seq FROM reading WHERE source = %s", source)
    return sorted(seq for (seq,) in seqs) == list(range(count))


def test_killed_again_and_again_it_stores_every_reading_once(
    kafka: str, database: str, start: Start
) -> None:
    source = uuid.uuid4().hex
    kills = 3
    for kill in range(kills):
        _send_and_kill(kafka, database, source, start(), kill * _CHUNK)
    start()
    wait_until(lambda: _stored(database, source) >= kills * _CHUNK, "the rest")
    assert _exactly(database, source, kills * _CHUNK)
    assert rows(database, "SELECT count(*) FROM sink_duplicates") == [(0,)]


def _send_and_kill(
    kafka: str, database: str, source: str, process: "subprocess.Popen[bytes]", before: int
) -> None:
    """Kills it as soon as the first rows of a new chunk are there."""
    _send(kafka, _fleet(source, before, _CHUNK))
    wait_until(lambda: _stored(database, source) > before, "rows")
    process.kill()
    process.wait()


def test_a_database_that_is_away_for_a_while_is_caught_up_with(
    kafka: str, database: str, start: Start
) -> None:
    source = uuid.uuid4().hex
    process = start()
    _send(kafka, _fleet(source, 0, _CHUNK))
    wait_until(lambda: _stored(database, source) == _CHUNK, "the first readings")
    _shut(database)
    _send(kafka, _fleet(source, _CHUNK, _CHUNK))
    assert process.poll() is None
    _open(database)
    wait_until(lambda: _stored(database, source) == 2 * _CHUNK, "the readings sent meanwhile")
    assert _exactly(database, source, 2 * _CHUNK)
    assert process.poll() is None


def _shut(database: str) -> None:
    """The server refuses this one database, to those who are in it as well."""
    _server(database, "ALTER DATABASE {} ALLOW_CONNECTIONS false")
    _server(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")


def _open(database: str) -> None:
    _server(database, "ALTER DATABASE {} ALLOW_CONNECTIONS true")


def _server(database: str, statement: str) -> None:
    name = str(conninfo_to_dict(database)["dbname"])
    quoted = sql.Literal(name) if statement.startswith("SELECT") else sql.Identifier(name)
    with psycopg.connect(make_conninfo(database, dbname="postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(quoted))


def test_a_historian_whose_partitions_were_taken_ends_and_writes_nothing(
    kafka: str, database: str, start: Start
) -> None:
    source = uuid.uuid4().hex
    process = start()
    _send(kafka, _fleet(source, 0, 100))
    wait_until(lambda: _stored(database, source) == 100, "the first readings")
    other = Sink(database)
    other.take_over([("telemetry", partition) for partition in range(4)])
    _send(kafka, _fleet(source, 100, 100))
    assert process.wait(PATIENCE_S) == 70
    assert _stored(database, source) == 100
    other.close()


def test_it_leaves_cleanly_when_asked(kafka: str, database: str, start: Start) -> None:
    source = uuid.uuid4().hex
    process = start()
    _send(kafka, _fleet(source, 0, 100))
    wait_until(lambda: _stored(database, source) == 100, "the readings")
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
