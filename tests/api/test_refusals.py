"""What the API does not take, and that it says so: never a 500, never silence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from schemas import ASSET_CLASSES

pytestmark = pytest.mark.servers

NO_TIMES = [
    "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00",
    "0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "2020", "1e9", "1767225600", "",
    "+010000-01-01T00:00:00Z", "now", "NaN", "2026-01-01T00:00:00Z\x00",
]  # fmt: skip
"""Beyond what a calendar or a database holds, without a zone, or no time at all."""

PATHS = {"asset": "ship-1"}


def refused(response: httpx.Response, status: int) -> str:
    """The sentence of an error of the one shape; fails when the answer is another one."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return str(body["error"]["message"])


def time_parameters(client: httpx.Client) -> list[tuple[str, str]]:
    """The address and the name of each query parameter that is a time."""
    return [
        (path.format(**PATHS), parameter["name"])
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", [])
        if "date-time" in str(parameter["schema"])
    ]


def test_what_is_no_time_of_ours_is_refused(client: httpx.Client) -> None:
    parameters = time_parameters(client)
    assert {name for _, name in parameters} >= {"from", "to", "known_by"}
    for path, name in parameters:
        for time in NO_TIMES:
            assert name in refused(client.get(path, params={name: time}), 422), (path, time)
        ours = client.get(path, params={name: "2026-03-01T12:00:00+05:30"})
        assert ours.status_code == 200, path


@pytest.mark.parametrize("until", [*NO_TIMES, 2020, 1e9, -1, 10**30, True, None, [], {}])
def test_a_silence_ends_at_a_time_to_come(client: httpx.Client, until: Any) -> None:
    body = {"alert": "new/overspeed", "asset": "ship-1", "actor": "desk", "until": until}
    assert "until" in refused(client.post("/api/alerts/silence", json=body), 422)


def test_a_silence_until_the_past_is_refused(client: httpx.Client) -> None:
    until = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    body = {"alert": "new/overspeed", "asset": "ship-1", "actor": "desk", "until": until}
    assert "still to come" in refused(client.post("/api/alerts/silence", json=body), 422)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/api/assets/ship-1/track?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "swap"),
        ("/api/assets?class=submarine", next(iter(ASSET_CLASSES))),
        ("/api/assets?clas=ship", "clas"),
        ("/api/assets?q=a&q=b", "twice"),
        ("/api/assets?q=a%00b", "q"),
        ("/api/fleet?class=ship", "class"),
        ("/api/zones?x=1", "none"),
        ("/api/alerts?stat=done", "state"),
        ("/api/alerts?limit=1e3", "limit"),
        ("/api/alert?id=a%00b", "id"),
        ("/api/assets/a%00b", "asset"),
        ("/api/assets/ship%201/life", "asset"),
    ],
)
def test_what_cannot_be_meant_is_refused(client: httpx.Client, path: str, word: str) -> None:
    assert word in refused(client.get(path), 422)


BODY = b'{"alert": "new/overspeed", "asset": "ship-1", "actor": "desk", "note": %s}'


@pytest.mark.parametrize(
    ("note", "word"),
    [
        (b'"half a character: \\ud800"', "note"),
        (b'"\\u0000"', "note"),
        (b'"\xff"', "JSON"),
        (b"[" * 30_000, "JSON"),
        (b'"x", "\\ud800": 1', "body"),
        (b'"x", "nota": 1', "nota"),
        (b"1e400", "note"),
        (b"9" * 5_000, "JSON"),
        (b'"x', "JSON"),
    ],
)
def test_a_hostile_body_is_refused(client: httpx.Client, note: bytes, word: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/api/alerts/comment", content=BODY % note, headers=headers)
    assert word in refused(response, 422)


@pytest.mark.parametrize("key", [b"", b"x" * 129, b"\x80", b"\xc2\x85"])
def test_a_key_that_no_command_can_have_is_refused(client: httpx.Client, key: bytes) -> None:
    headers = {b"Content-Type": b"application/json", b"Idempotency-Key": key}
    response = client.post("/api/alerts/comment", content=BODY % b'"x"', headers=headers)
    assert "idempotency-key" in refused(response, 422)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_foreign_pages_form_is_no_command(client: httpx.Client, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = client.post("/api/alerts/comment", content=BODY % b'"x"', headers=headers)
    assert "application/json" in refused(response, 415)
