"""Every route on the real servers: what it answers, in which order, and how it says no."""

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas import AlertChange
from services.topics import create_topics
from tests.api import aurora
from tests.api.serving import serving
from tests.running import PATIENCE_S

pytestmark = pytest.mark.servers


def _aurora(client: httpx.Client) -> dict[str, Any]:
    ships = client.get("/api/fleet").json()["assets"]
    return next(dict(ship) for ship in ships if ship["asset"] == "ship-1")


def test_the_fleet_is_listed_with_its_alerts(client: httpx.Client) -> None:
    ship = _aurora(client)
    assert ship["name"] == "Aurora"
    assert (ship["lat"], ship["lon"], ship["speed"], ship["speed_unit"]) == (50, 0.99, 12.1, "kn")
    assert (ship["headline"], ship["object_state"]) == ("IN_SERVICE", "on lease")
    assert (ship["open_alerts"], ship["worst_severity"]) == (6, "emergency")
    assert ship["time"] == "2026-03-01T12:01:39Z"


@pytest.mark.parametrize(("query", "found"), [("q=auro", 1), ("q=BLUE", 1), ("q=x%25", 0),
                                              ("class=ship&q=aurora", 1),
                                              ("class=metro", 0)])  # fmt: skip
def test_assets_are_found_by_what_they_are_called(
    client: httpx.Client, query: str, found: int
) -> None:
    assert len(client.get(f"/api/assets?{query}").json()["assets"]) == found


def test_one_asset_has_papers_regions_lease_and_values(client: httpx.Client) -> None:
    ship = client.get("/api/assets/ship-1").json()
    assert ship["identity"] == {"imo": "9321483"}
    assert ship["regions"]["movement"]["state"] == "UNDER_WAY"
    assert ship["lease"]["lessee"] == "Blue"
    assert ship["lease"]["since"] == "2026-03-05T12:00:00Z"
    assert ship["lease"]["until"] == "2028-08-17T12:00:00Z"
    speed = ship["reading"]["channels"][0]
    assert (speed["name"], speed["unit"], speed["value"]) == ("sog_kn", "kn", 12.1)
    assert speed["typical"] == [0, 22]
    assert ship["reading"]["labels"] == {"destination": "NLRTM"}


def test_a_track_is_thinned_and_ends_where_the_asset_is(client: httpx.Client) -> None:
    track = client.get("/api/assets/ship-1/track?limit=10").json()
    assert track["geometry"]["coordinates"][-1] == [0.99, 50]
    assert len(track["geometry"]["coordinates"]) == len(track["properties"]["times"]) == 10
    part = client.get("/api/assets/ship-1/track?from=2026-03-01T12:01:30Z&limit=100").json()
    assert len(part["geometry"]["coordinates"]) == 10


def test_a_life_is_told_in_order_and_each_event_once(client: httpx.Client) -> None:
    entries = client.get("/api/assets/ship-1/life").json()["entries"]
    assert [entry["id"] for entry in entries] == [
        "f0/title", "f2/title", "f3", "f4/contract", "f4/employment", "f6", "f7",
        "f8/employment",
    ]  # fmt: skip
    known = client.get("/api/assets/ship-1/life?known_by=2026-03-04T00:00:00Z").json()
    assert [entry["id"] for entry in known["entries"]] == ["f0/title", "f2/title"]
    ahead = client.get("/api/assets/ship-1/life?known_by=2026-03-09T13:00:00Z").json()
    assert ahead["entries"][-1]["id"] == "f8", "it was declared, and not true yet"


def test_the_queue_is_in_the_order_of_the_standard(client: httpx.Client) -> None:
    def names(query: str) -> list[str]:
        alerts = client.get(f"/api/alerts?{query}").json()["alerts"]
        return [alert["alert"].partition("/")[0] for alert in alerts]

    assert names("state=open") == ["worst", "acked", "newer", "new", "gravest", "cleared"]
    assert names("state=open&limit=2&offset=1") == ["acked", "newer"]
    assert names("state=open&severity=emergency") == ["worst", "gravest"]
    assert names("state=silenced") == ["silenced"]
    assert names("state=done&asset=ship-1") == ["done"]
    assert names("state=all&limit=3") == ["worst", "acked", "silenced"]
    assert names("state=all&asset=ship-1")[-1] == "done"
    assert names("asset=ship-2") == []


def test_the_counts_are_of_everything_whatever_is_asked_for(client: httpx.Client) -> None:
    counts = {
        "open": 6, "firing": 4, "cleared": 2, "awaiting_verdict": 1, "silenced": 1, "done": 2,
        "by_severity": {"emergency": 2, "alarm": 4, "warning": 0, "caution": 0},
    }  # fmt: skip
    for query, total in (
        ("", 6), ("limit=1&offset=5", 6), ("limit=1&offset=99", 6), ("severity=emergency", 2),
        ("state=silenced", 1), ("state=done", 2), ("state=all&limit=2", 9), ("asset=ship-2", 0),
    ):  # fmt: skip
        answer = client.get(f"/api/alerts?{query}").json()
        assert (answer["total"], answer["counts"]) == (total, counts), query


def test_a_verdict_on_one_that_is_done_is_stored_and_listed(client: httpx.Client) -> None:
    (done,) = client.get("/api/alerts?state=done&asset=ship-1").json()["alerts"]
    assert (done["change"], done["verdict"]) == ("judged", "expected")


def test_an_alert_says_in_words_what_it_is_about(client: httpx.Client) -> None:
    (alert,) = client.get("/api/alerts?limit=1&offset=4").json()["alerts"]
    assert alert["title"] == "Limit exceeded: main bearing temperature"
    assert alert["awaiting_verdict"] is True
    assert client.get("/api/alert", params={"id": alert["alert"]}).json() == alert


def test_an_alert_and_its_changes_are_found_by_an_id_with_a_slash(client: httpx.Client) -> None:
    assert client.get("/api/alert", params={"id": "new/overspeed"}).json()["cause"] == "new"
    changes = client.get("/api/alert/changes", params={"id": "new/overspeed"}).json()["changes"]
    assert [change["change"] for change in changes] == ["opened"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/assets/nobody", 404),
        ("GET", "/api/assets/nobody/track", 404),
        ("GET", "/api/assets/nobody/life", 404),
        ("GET", "/api/assets/a%00b", 422),
        ("GET", "/api/alert?id=x/y", 404),
        ("GET", "/api/alert/changes?id=x/y", 404),
        ("GET", "/api/alerts?state=odd", 422),
        ("GET", "/api/fleet?limit=0", 422),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/fleet", 405),
        ("POST", "/api/alerts/acknowledge", 415),
    ],
)
def test_every_refusal_has_the_one_shape(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(response.json()) == {"error"}
    assert set(error) == {"code", "message"}
    assert error["message"]


def test_every_route_is_documented(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    page = client.get("/docs").text
    assert "http" not in page.replace("http interface", "")
    for path, methods in document["paths"].items():
        assert path in page
        for operation in methods.values():
            assert operation["description"].endswith("."), path
            assert {"413", "422", "500"} <= set(operation["responses"]), path
            assert any(operation["responses"].get(s, {}).get("content") for s in ("200", "202"))


def test_zones_are_closed_polygons(client: httpx.Client) -> None:
    for zone in client.get("/api/zones").json()["features"]:
        (ring,) = zone["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert zone["properties"]["name"]


_BODIES: dict[str, dict[str, Any]] = {
    "alerts/acknowledge": {},
    "alerts/assign": {"assignee": "night desk"},
    "alerts/comment": {"note": "called the master"},
    "alerts/silence": {"until": "2100-01-01T00:00:00Z"},
    "alerts/resolve": {"verdict": "expected", "note": "trial run"},
    "alerts/judge": {"verdict": "data_fault"},
}


@pytest.mark.parametrize("path", _BODIES)
def test_an_action_arrives_in_kafka_under_its_key(
    client: httpx.Client, kafka: str, path: str
) -> None:
    key = uuid.uuid4().hex
    body = {"alert": "new/overspeed", "asset": "ship-1", "actor": "desk", **_BODIES[path]}
    response = client.post(f"/api/{path}", json=body, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()) == (202, {"command": key})
    command = asyncio.run(_find(kafka, "commands", key))
    assert command.items() >= {**body, "kind": path.rpartition("/")[2], "id": key}.items()


@pytest.mark.parametrize(
    ("asset", "alert"),
    [
        ("nobody", "new/overspeed"),
        ("ship-1", "never/overspeed"),
        ("ship-3", "new/overspeed"),
        ("ship-1", "elsewhere/overspeed"),
    ],
)
def test_an_action_on_what_is_not_there_is_refused(
    client: httpx.Client, kafka: str, asset: str, alert: str
) -> None:
    before = asyncio.run(_ends(kafka, "commands"))
    for path, more in {**_BODIES, "proposals/refuse": {"proposal": alert}}.items():
        named = {} if "proposal" in more else {"alert": alert}
        body = {"asset": asset, "actor": "desk", **named, **more}
        response = client.post(f"/api/{path}", json=body)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert asyncio.run(_ends(kafka, "commands")) == before


async def _ends(kafka: str, topic: str) -> list[int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await consumer.start()
    partitions = [TopicPartition(topic, partition) for partition in range(4)]
    ends = await consumer.end_offsets(partitions)
    await consumer.stop()
    return [ends[partition] for partition in partitions]


def test_an_alert_heard_of_just_now_can_be_acted_on(client: httpx.Client, kafka: str) -> None:
    change = aurora.change(uuid.uuid4().hex, 0)
    refused = aurora.change(uuid.uuid4().hex, 0, change="refused")
    for heard in (refused, change):
        _events(client, kafka, heard, {"alert"})
    for heard, status in ((change, 202), (refused, 404)):
        body = {"alert": heard.alert, "asset": heard.asset, "actor": "desk"}
        assert client.post("/api/alerts/acknowledge", json=body).status_code == status


def test_a_proposal_is_answered(client: httpx.Client, kafka: str) -> None:
    body = {"proposal": "new/overspeed", "asset": "ship-1", "actor": "desk"}
    key = client.post("/api/proposals/refuse", json=body).json()["command"]
    assert asyncio.run(_find(kafka, "commands", key))["kind"] == "refuse"


async def _find(kafka: str, topic: str, command: str) -> dict[str, Any]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, partition) for partition in range(4)])
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for record in consumer:
                found: dict[str, Any] = json.loads(record.value)
                if found["id"] == command:
                    return found
    finally:
        await consumer.stop()
    raise AssertionError("a consumer without end has ended")


def test_an_alert_and_the_fleet_come_as_events(
    client: httpx.Client, filled: str, kafka: str
) -> None:
    with psycopg.connect(filled) as connection:  # somebody may have heard of all rows already
        connection.execute("UPDATE last_state SET updated_at = clock_timestamp()")
    change = aurora.change(uuid.uuid4().hex, 0)
    found = _events(client, kafka, change, {"alert", "fleet"})
    assert found["alert"]["id"] == change.id
    assert found["alert"]["title"] == "Overspeed"
    ship = _aurora(client)
    of_alerts = {"open_alerts", "worst_severity"}
    told = {name: value for name, value in ship.items() if name not in of_alerts}
    assert told["visibility"] is None
    assert told in found["fleet"]["assets"]


def test_without_a_database_alerts_still_come(kafka: str, tmp_path: Path) -> None:
    asyncio.run(create_topics(kafka))
    nobody = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"
    with serving(kafka, nobody, tmp_path) as client:
        assert client.get("/api/health").json()["status"] == "degraded"
        response = client.get("/api/fleet")
        assert (response.status_code, response.json()["error"]["code"]) == (
            503, "database_unavailable",
        )  # fmt: skip
        change = aurora.change(uuid.uuid4().hex, 0)
        assert "alert" in _events(client, kafka, change, {"alert"})
        for alert, status in ((change.alert, 202), ("new/overspeed", 503)):
            body = {"alert": alert, "asset": "ship-1", "actor": "desk"}
            response = client.post("/api/alerts/acknowledge", json=body)
            assert response.status_code == status
        assert "not taken down" in response.json()["error"]["message"]


def _events(
    client: httpx.Client, kafka: str, change: AlertChange, wanted: set[str]
) -> dict[str, dict[str, Any]]:
    """Sends a change when the stream is open, and collects events until all of `wanted` came."""
    found: dict[str, dict[str, Any]] = {}
    with client.stream("GET", "/api/events") as stream:
        name = ""
        for line in stream.iter_lines():
            if line.startswith("retry"):
                asyncio.run(_send(kafka, change))
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data" and (name != "alert" or json.loads(value)["id"] == change.id):
                found[name] = json.loads(value)
            if wanted <= found.keys():
                break
    return {name: found[name] for name in wanted}


async def _send(kafka: str, change: AlertChange) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    await producer.send_and_wait("alerts", change.to_json(), key=change.asset.encode())
    await producer.stop()
