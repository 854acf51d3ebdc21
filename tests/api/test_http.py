"""What holds for every route and page file: methods, headers, compression, the length of a body."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.api.app import PAGE, create_app
from services.settings import Settings
from tests.api.test_refusals import refused

pytestmark = pytest.mark.servers

ASSET, ALERT = "ship-1", "new/overspeed"
FILES = ["/", "/main.js", "/icon.svg", "/docs", "/docs.css", "/openapi.json"]


def addresses(client: httpx.Client) -> list[str]:
    """Every documented GET, on things that are there."""
    paths = client.get("/openapi.json").json()["paths"]
    found = [path.format(asset=ASSET) for path, methods in paths.items() if "get" in methods]
    return [f"{path}?id={ALERT}" if path.startswith("/api/alert") and path != "/api/alerts"
            else path for path in found]  # fmt: skip


def test_head_is_get_without_the_body(client: httpx.Client) -> None:
    for address in [*addresses(client), *FILES]:
        with client.stream("GET", address) as get:  # one of them never ends
            head = client.head(address)
        assert (head.status_code, head.content) == (200, b""), address
        assert head.headers["content-type"] == get.headers["content-type"]
        if "/health" not in address:  # tells the time
            assert head.headers.get("content-length") == get.headers.get("content-length"), address
    assert client.head("/nowhere").status_code == client.head("/api/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/fleet", "GET, HEAD"),
        ("POST", "/api/assets/ship-1", "GET, HEAD"),
        ("POST", "/api/health", "GET, HEAD"),
        ("OPTIONS", "/api/events", "GET, HEAD"),
        ("GET", "/api/alerts/acknowledge", "POST"),
        ("HEAD", "/api/alerts/acknowledge", "POST"),
        ("PUT", "/api/proposals/confirm", "POST"),
        ("POST", "/main.js", "GET, HEAD"),
        ("PROPFIND", "/", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_there_names_those_that_are(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or refused(response, 405)


def test_every_answer_says_what_a_browser_may_do_with_it(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    answers = [client.head(address) for address in [*addresses(client), *FILES]]
    answers += [
        client.get("/nowhere"),
        client.get("/api/assets/nobody"),
        client.delete("/api/fleet"),
        client.post("/api/alerts/comment", content=b" " * 70_000, headers=headers),
    ]
    assert {answer.status_code for answer in answers} == {200, 404, 405, 413}
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        of_api = answer.request.url.path.startswith("/api/")
        assert answer.headers["cache-control"] == ("no-store" if of_api else "no-cache")


def test_a_page_file_is_asked_for_anew_and_sent_once(client: httpx.Client) -> None:
    tag = client.get("/main.js").headers["etag"]
    again = client.get("/main.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_answers_are_compressed_but_never_the_stream(client: httpx.Client) -> None:
    with client.stream("GET", "/main.js", headers={"Accept-Encoding": "gzip"}) as script:
        assert script.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(script.iter_raw())) == (PAGE / "main.js").read_bytes()
    assert client.get("/api/zones").headers["content-encoding"] == "gzip"
    plain = client.get("/api/zones", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", "/api/events", headers={"Accept-Encoding": "gzip"}) as stream:
        assert "content-encoding" not in stream.headers
        assert next(stream.iter_lines()).startswith("retry")


def body_of(length: int) -> bytes:
    """A comment of so many bytes."""
    body = {"alert": ALERT, "asset": ASSET, "actor": "desk", "note": "called the master"}
    return json.dumps(body).encode().ljust(length)


@pytest.mark.parametrize(("length", "status"), [(64 << 10, 202), ((64 << 10) + 1, 413)])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_has_a_limit(client: httpx.Client, length: int, status: int, chunked: bool) -> None:
    def chunks() -> Iterator[bytes]:
        body = body_of(length)
        for begin in range(0, length, 10_000):
            yield body[begin : begin + 10_000]

    content: Any = chunks() if chunked else body_of(length)
    headers = {"Content-Type": "application/json"}
    response = client.post("/api/alerts/comment", content=content, headers=headers)
    assert ("content-length" in response.request.headers) is not chunked
    assert response.status_code == status
    if status == 413:
        assert "65,536" in refused(response, 413)


async def test_an_error_that_nobody_foresaw_has_the_one_shape_and_the_headers() -> None:
    app = create_app(Settings("nowhere:9092", "postgresql://nobody@127.0.0.1:9/none"))

    async def broken() -> None:
        raise OverflowError

    app.add_api_route("/api/broken", broken)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        response = await client.get("/api/broken")
    assert "log" in refused(response, 500)
    assert response.headers["x-content-type-options"] == "nosniff"
