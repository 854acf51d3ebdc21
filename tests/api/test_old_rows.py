"""Rows from before values had bounds are shown, and hide nothing beside them."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from schemas import Fact
from services.database.migrate import migrate
from services.historian.sink import Sink
from services.topics import create_topics
from tests.api.serving import serving
from tests.historian.records import START, reading, rows, told

pytestmark = pytest.mark.servers

_OLD = """
UPDATE fact SET until = '10000-01-01T04:59:59Z' WHERE id = 'old';
UPDATE fact SET valid_from = '9999-12-31T23:59:59Z', lessee = repeat('x', 300) WHERE id = 'older';
INSERT INTO transition (version, id, cause, asset, asset_class, region, from_state, to_state,
    valid_from, recorded_at, source, standing, lessee, details, kafka_offset)
VALUES (1, 't', 'old', 'ship-1', 'ship', 'title', 'NONE', 'ORDERED',
    '0001-01-01T00:00:00Z', '10000-01-01T04:59:59Z', '', 'in_force', repeat('x', 300), '{}', 1);
INSERT INTO alert_change (version, id, alert, asset, asset_class, rule, change, cause, time,
    recorded_at, actor, severity, condition, handling, opened_at, occurrences, summary, lessee,
    kafka_offset)
VALUES (1, 'a/r', 'a/r', 'ship-1', 'ship', 'r', 'opened', 'a', '4000-01-01T00:00:00Z',
    '0001-01-01 00:00:00Z BC', E'a\nb', 'alarm', 'firing', 'new', 'infinity', 1, 'x',
    repeat('x', 300), 1);
INSERT INTO alert SELECT * FROM alert_change;
UPDATE last_state SET time = '10000-01-01T04:59:59Z', position_time = '4000-01-01T00:00:00Z',
    channel_times = '{"sog_kn": 1e15}', lessee = repeat('x', 300), contract = 'ON_LEASE',
    lease = 'L1';
"""


def _fact(id: str, **more: object) -> Fact:
    known = {"id": id, "asset": "ship-1", "asset_class": "ship", "kind": "registered",
             "valid_from": START, "recorded_at": START, "source": "desk"}  # fmt: skip
    return Fact.model_validate({**known, **more})


def test_every_route_answers_for_old_rows(kafka: str, database: str, tmp_path: Path) -> None:
    asyncio.run(create_topics(kafka))
    migrate(database)
    sink = Sink(database)
    sink.take_over([("telemetry", 0), ("facts", 0)])
    sink.write(told([reading(0), reading(60)]))
    sink.write(
        told(
            [
                _fact("old", details={"flag": "NO"}),
                _fact("older"),
                _fact("good", details={"imo": "1"}),
            ],
            "facts",
        )
    )
    with psycopg.connect(database) as connection:
        connection.execute(_OLD)
    sink.write(told([_fact("new", name="Aurora")], "facts", first=3))  # reads the old one again
    sink.close()
    assert rows(database, "SELECT name FROM last_state") == [("Aurora",)]
    with serving(kafka, database, tmp_path) as client:
        (ship,) = client.get("/api/fleet").raise_for_status().json()["assets"]
        assert (ship["time"], ship["lessee"]) == ("2199-12-31T23:59:59.999999Z", "x" * 300)
        detail = client.get("/api/assets/ship-1").raise_for_status().json()
        assert detail["identity"] == {"imo": "1", "flag": "NO"}
        assert detail["reading"]["channels"][0]["time"] == "2199-12-31T23:59:59Z"
        entries = client.get("/api/assets/ship-1/life").raise_for_status().json()["entries"]
        assert {entry["id"] for entry in entries} >= {"t", "older", "good", "new"}
        client.get("/api/assets/ship-1/track").raise_for_status()
        (alert,) = client.get("/api/alerts").raise_for_status().json()["alerts"]
        assert (alert["alert"], alert["lessee"]) == ("a/r", "x" * 300)
        for path in ("/api/alert", "/api/alert/changes"):
            client.get(path, params={"id": "a/r"}).raise_for_status()
