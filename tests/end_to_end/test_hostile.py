"""Hostile records straight into every topic of a whole line, good ones of other assets between.

No service ends, each record is stored or in `rejected`, and the good ones are all there.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

import httpx
import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from pydantic import ValidationError

from schemas import AlertChange, Command, Fact, Message, Rejected, Signal, Transition
from schemas.topics import MAX_MESSAGE_BYTES
from services.domain import wire
from services.line.line import Line, run_line
from services.partition import Record
from services.verify.log import topic_log
from tests import hostile
from tests.accounts import unaccounted
from tests.historian.records import START, reading

pytestmark = pytest.mark.servers

_HOSTILE, _SEED, _GOOD = 400, 8, 60
_PATIENCE_S = 240
_MODELS: Mapping[str, type[Fact | Signal | Command]] = {
    "facts": Fact,
    "signals": Signal,
    "commands": Command,
}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line that has taken up all records."""
    with run_line(tmp_path_factory.mktemp("line")) as line:
        asyncio.run(_publish(line.bootstrap_servers))
        assert line.wait_until_drained(_PATIENCE_S), "the services stand still"
        yield line


@pytest.fixture(scope="module")
def records(line: Line) -> list[Record]:
    """All that is in Kafka, what the services made of it as well."""
    return asyncio.run(_read(line.bootstrap_servers))


@pytest.fixture(scope="module")
def connection(line: Line) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """To the line's database."""
    with psycopg.connect(line.database_url) as connection:
        yield connection


def _good(n: int) -> dict[str, Message]:
    """The n-th good message of each topic."""
    at = START + timedelta(seconds=n)
    asset = {"asset": f"good-{n % 5}", "asset_class": "ship", "source": "good"}
    alert = {
        "severity": "alarm",
        "condition": "firing",
        "handling": "new",
        "actor": "good",
        "opened_at": at,
        "occurrences": 1,
        "summary": "x",
        "rule": "r",
        "change": "opened",
    }
    recorded = {"valid_from": at, "recorded_at": at}
    return {
        "telemetry": reading(n, seq=n, **asset),
        "facts": Fact.model_validate({**asset, **recorded, "id": f"good-f{n}", "kind": "surveyed"}),
        "signals": Signal.model_validate(
            {**asset, "id": f"good-s{n}", "cause": "c", "kind": "minute_summary", "time": at,
             "ingest_time": at}
        ),
        "transitions": Transition.model_validate(
            {**asset, **recorded, "id": f"good-t{n}", "cause": "c", "region": "movement",
             "from_state": "AT_ANCHOR", "to_state": "UNDER_WAY"}
        ),
        "alerts": AlertChange.model_validate(
            {**asset, **alert, "id": f"good-a{n}", "alert": f"good-a{n}", "cause": "c", "time": at,
             "recorded_at": at}
        ),
        "commands": Command.model_validate(
            {"id": f"good-c{n}", "kind": "comment", "asset": asset["asset"], "alert": "good/none",
             "actor": "good", "time": at, "note": "x"}
        ),
        "rejected": Rejected(id=f"good-r{n}", source="good", position=n, received_at=at,
                             reason="not_json", detail="x", raw=b"x"),
    }  # fmt: skip


async def _publish(bootstrap_servers: str) -> None:
    bad = hostile.some(_HOSTILE, _SEED)
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers, max_request_size=MAX_MESSAGE_BYTES
    ) as producer:
        sent = []
        for n in range(_GOOD):
            for topic, message in _good(n).items():
                key = "good" if topic == "rejected" else vars(message)["asset"]
                sent.append(await producer.send(topic, message.to_json(), key=key.encode()))
            for record in bad[n::_GOOD]:
                sent.append(
                    await producer.send(
                        record.topic, record.value, key=record.key, partition=record.partition
                    )
                )
        await asyncio.gather(*sent)


async def _read(bootstrap_servers: str) -> list[Record]:
    async with topic_log(bootstrap_servers) as log:
        return [record for topic in hostile.SHAPES async for record in log.records(topic)]


def test_no_service_ends(line: Line) -> None:
    assert set(line.supervisor.restarts().values()) == {0}
    for name in ("monitor", "lifecycle", "historian", "api"):
        log = line.supervisor.log_file(name).read_text(errors="replace")
        assert "Traceback" not in log, f"{name}: {log[-5_000:]}"


def test_every_record_is_stored_or_rejected(line: Line, records: Sequence[Record]) -> None:
    mirrored = [record for record in records if record.topic != "commands"]
    assert len(mirrored) > _HOSTILE * 0.7
    assert unaccounted(mirrored, line.database_url) == {}


def test_what_a_service_could_not_read_is_rejected_and_every_command_is_answered(
    records: Sequence[Record], connection: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    ids = Counter(id for (id,) in connection.execute("SELECT id FROM rejected"))
    answered = {c for (c,) in connection.execute("SELECT cause FROM alert_change")}
    unreadable = missing = 0
    for record in records:
        place = f"{record.topic}-{record.partition}-{record.offset}"
        id = _id_of(record)
        if id is None:
            unreadable += 1
            # of the signals that change nothing the lifecycle reads no more than the head
            by_historian = ids[f"kafka:{place}"] if record.topic == "signals" else 0
            assert ids[place] or by_historian, place
        elif record.topic == "commands":
            missing += id not in answered and not ids[place]
    assert unreadable > 50
    assert missing == 0


def _id_of(record: Record) -> str | None:
    """None of what the reading service cannot read; what only the historian reads has one."""
    try:
        if record.topic == "telemetry":
            wire.read(record.value or b"")
            return ""
        if model := _MODELS.get(record.topic):
            return model.model_validate_json(record.value or b"").id
    except (ValidationError, *wire.UNREADABLE):
        return None
    return ""


@pytest.mark.parametrize(
    ("table", "of_good"),
    [
        ("reading", "source = 'good'"),
        ("fact", "id LIKE 'good-f%'"),
        ("asset_minute", "id LIKE 'good-s%'"),
        ("transition", "id LIKE 'good-t%'"),
        ("alert_change", "id LIKE 'good-a%'"),
        ("alert_change", "cause LIKE 'good-c%' AND change = 'refused'"),
        ("rejected", "id LIKE 'good-r%'"),
    ],
)
def test_the_good_ones_are_all_there(
    connection: "psycopg.Connection[tuple[object, ...]]", table: str, of_good: str
) -> None:
    statement = f"SELECT count(*) FROM {table} WHERE {of_good}"
    assert connection.execute(statement.encode()).fetchone() == (_GOOD,)


def test_the_api_answers_for_all_that_was_stored(line: Line) -> None:
    with httpx.Client(base_url=line.page, timeout=30) as client:
        assets = client.get("/api/assets").raise_for_status().json()["assets"]
        assert {f"good-{n}" for n in range(5)} <= {asset["asset"] for asset in assets}
        for asset in [asset["asset"] for asset in assets]:
            for path in ("", "/life?telemetry=true", "/track"):
                client.get(f"/api/assets/{asset}{path}").raise_for_status()
        alerts = client.get("/api/alerts?state=all&limit=5000").raise_for_status().json()["alerts"]
        assert sum(alert["alert"].startswith("good-a") for alert in alerts) == _GOOD
        for alert in alerts:
            client.get("/api/alert", params={"id": alert["alert"]}).raise_for_status()
            client.get("/api/alert/changes", params={"id": alert["alert"]}).raise_for_status()
