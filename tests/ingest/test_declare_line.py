"""`leasewatch declare` on a real Kafka, with the real historian behind it."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas import ASSET_PARTITIONS, Fact
from services.database.migrate import migrate
from services.ingest.committed import committed
from services.topics import create_topics
from tests.command import Command
from tests.historian.records import rows
from tests.running import start_service, wait_until

HEADER = "asset;asset_class;kind;valid_from;lessee;until;details.rent_usd_month"
FACTS = [TopicPartition("facts", n) for n in range(ASSET_PARTITIONS)]


Declared = tuple[int, dict[str, Any], str]
Declare = Callable[..., Declared]


def declare(kafka: str, *arguments: str) -> Declared:
    """Exit code, figures and stderr of the command."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": "unused"}
    command = [sys.executable, "-m", "services.cli", "declare", *arguments]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr


def sheet(path: Path, *lines: str) -> str:
    """As Excel in Europe saves it."""
    path.write_bytes("\r\n".join(["\ufeff" + HEADER, *lines, ""]).encode())
    return str(path)


def lease(asset: str) -> tuple[str, ...]:
    return (
        f"{asset};ship;accepted;2024-01-10;;;",
        f"{asset};ship;lease_signed;2024-04-01;Boreas;2029-05-01;410000",
        f"{asset};ship;delivered;2024-05-01T10:00:00+02:00;Boreas;2029-05-01;",
    )


async def in_kafka(kafka: str, asset: str) -> list[Fact]:
    """Committed facts of assets so named."""
    async with aclosing(committed(kafka, FACTS)) as records:
        told = [Fact.model_validate_json(record.value) async for record in records]
    return [fact for fact in told if fact.asset.startswith(asset)]


async def ends(kafka: str) -> int:
    """The sum of the end offsets of `facts`: records, and a marker a transaction and partition."""
    async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        return sum((await consumer.end_offsets(FACTS)).values())


@pytest.fixture
def asset(kafka: str) -> str:
    asyncio.run(create_topics(kafka))
    return f"declared-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def historian(kafka: str, database: str, tmp_path: Path) -> Iterator[str]:
    """A database with a historian at it."""
    migrate(database)
    process = start_service("historian", kafka, database, tmp_path / "historian.log")
    yield database
    process.kill()
    process.wait()


@pytest.mark.servers
def test_the_same_rows_again_add_nothing_whatever_the_file_is_called(
    kafka: str, asset: str, historian: str, tmp_path: Path
) -> None:
    first = sheet(tmp_path / "leases.csv", *lease(asset))
    code, figures, _ = declare(kafka, first)
    assert (code, figures["facts"], figures["known"]) == (0, 3, 0)
    code, figures, _ = declare(kafka, first)
    assert (code, figures["facts"], figures["known"]) == (0, 0, 3)

    grown = sheet(tmp_path / "later.csv", f"{asset};ship;off_hire;2024-06-01;;;", *lease(asset))
    code, figures, _ = declare(kafka, grown)
    assert (code, figures["facts"], figures["known"]) == (0, 1, 3)
    told = asyncio.run(in_kafka(kafka, asset))
    assert len(told) == len({fact.id for fact in told}) == 4
    assert {fact.source for fact in told} == {"declare:leases.csv", "declare:later.csv"}

    statement = "SELECT id FROM fact WHERE asset = %s"
    wait_until(lambda: len(rows(historian, statement, asset)) == 4, "the facts in the database")
    assert {id for (id,) in rows(historian, statement, asset)} == {fact.id for fact in told}
    assert rows(historian, "SELECT count(*) FROM sink_duplicates") == [(0,)]


@pytest.mark.servers
def test_a_row_that_contradicts_what_is_declared_keeps_the_whole_file_out(
    kafka: str, asset: str, tmp_path: Path
) -> None:
    path = tmp_path / "facts.ndjson"
    row = {"asset": asset, "asset_class": "ship", "kind": "built", "valid_from": "2020-01-01"}
    path.write_text(json.dumps({**row, "id": asset}))
    assert declare(kafka, str(path))[:1] == (0,)
    other = {**row, "id": asset, "place": "KRUSN"}
    path.write_text("\n".join(json.dumps(one) for one in ({**row, "lease": "L-1"}, other)))
    code, figures, said = declare(kafka, str(path))
    assert (code, figures["facts"], figures["reasons"]) == (1, 0, {"id_taken": 1})
    assert "line 2, id:" in said
    assert len(asyncio.run(in_kafka(kafka, asset))) == 1


@pytest.mark.servers
def test_a_file_is_one_transaction(kafka: str, asset: str, tmp_path: Path) -> None:
    count = 8_000  # of one asset, so in one partition, and more than one batch
    lines = (f"{asset};ship;rent_paid;2024-01-01;L{n};;" for n in range(count))
    before = asyncio.run(ends(kafka))
    code, figures, _ = declare(kafka, sheet(tmp_path / "many.csv", *lines))
    assert (code, figures["facts"], figures["assets"]) == (0, count, 1)
    assert asyncio.run(ends(kafka)) - before == count + 1
    assert len(asyncio.run(in_kafka(kafka, asset))) == count


@pytest.mark.servers
def test_what_a_killed_declarer_left_open_is_ended_and_none_of_it_taken(
    kafka: str, asset: str, tmp_path: Path
) -> None:
    async def left_open() -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=kafka, transactional_id="declare", transaction_timeout_ms=600_000
        )
        await producer.start()
        await producer.begin_transaction()
        await producer.send_and_wait("facts", b"{}", key=asset.encode())
        return producer

    async def declare_behind_it() -> None:
        killed = await left_open()
        path = sheet(tmp_path / "leases.csv", *lease(asset))
        code, figures, said = await asyncio.to_thread(declare, kafka, path)
        assert (code, figures["facts"]) == (0, 3), said
        assert len(await in_kafka(kafka, asset)) == 3
        await killed.stop()

    asyncio.run(declare_behind_it())


def refused(figures: Mapping[str, Any]) -> bool:
    return bool(figures["facts"] == 0 and figures["bad_rows"])


@pytest.fixture
def without_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """As `declare`, where no Kafka answers."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("DATABASE_URL", "unused")

    def declare(*arguments: str) -> Declared:
        ended = command("declare", *arguments)
        return ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr

    return declare


def test_a_bad_row_needs_no_kafka_to_be_refused(tmp_path: Path, without_line: Declare) -> None:
    path = sheet(tmp_path / "bad.csv", *lease("ship-1"), "ship-1;ship;delivred;1.5.2024;;;1,5")
    for options in ((), ("--dry-run",)):
        code, figures, said = without_line(path, *options)
        assert code == 1
        assert refused(figures)
        assert "line 5, kind: 'delivred' is no kind of fact: write delivered" in said
        assert "line 5, valid_from:" in said
        assert "line 5, details.rent_usd_month: '1,5' is no number: write 1.5" in said


def test_without_a_line_a_good_file_is_checked_and_not_declared(
    tmp_path: Path, without_line: Declare
) -> None:
    path = sheet(tmp_path / "good.csv", *lease("ship-1"))
    code, figures, said = without_line(path, "--dry-run")
    assert (code, figures["facts"], said) == (0, 3, "")
    code, figures, said = without_line(path)
    assert (code, figures) == (2, {})
    assert "nothing was declared" in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
