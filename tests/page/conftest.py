"""A whole line with a small fleet, and a desk in front of its page."""

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page
from psycopg.conninfo import make_conninfo

import services
from services.database.migrate import migrate
from services.line.line import Line, run_line
from services.line.supervisor import Program
from tests.api.serving import serving
from tests.browser import running_chromium
from tests.page.desk import PATIENCE_MS, Desk
from tests.page.facts import SHIP, declare, life
from tests.running import get

ASSETS, HEARD = 24, 18
FLEET = (f"--assets={ASSETS}", "--seed=7", "--speed=1")
NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"
PAGE = Path(services.__file__).parent / "api" / "page"


@pytest.fixture(scope="package")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Kafka, PostgreSQL, every service and a simulated fleet; `page` is the page's address.

    One for all files here.
    """
    with run_line(tmp_path_factory.mktemp("line")) as line:
        line.supervisor.start([Program("simulate", FLEET)])
        wait_for_fleet(line)
        yield line


def wait_for_fleet(line: Line) -> None:
    """Until most have been heard of: a ship at berth speaks once a minute."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        line.supervisor.watch()
        with contextlib.suppress(httpx.HTTPError):
            answer = get(f"{line.page}api/fleet").json()
            if sum(asset["lat"] is not None for asset in answer.get("assets", [])) >= HEARD:
                return
        time.sleep(0.2)
    raise AssertionError("the fleet did not appear in time")


@pytest.fixture(scope="package")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """One browser for all files here, a new profile for each page.

    The line comes first where any test takes it: it cannot be started once a browser is there,
    whose event loop keeps running.
    """
    if any("line" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("line")
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def ship(line: Line) -> str:
    """An asset with a whole life behind it."""
    declare(line, life())
    return SHIP


@pytest.fixture(scope="package")
def idle_page(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a second API on the same Kafka, whose database holds nothing at all."""
    with psycopg.connect(line.database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE idle")
    database = make_conninfo(line.database_url, dbname="idle")
    migrate(database)
    folder = tmp_path_factory.mktemp("idle")
    with serving(line.bootstrap_servers, database, folder) as client:
        yield f"{client.base_url}/"


@pytest.fixture(scope="package")
def cut_off_page(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a third API, whose database does not answer."""
    folder = tmp_path_factory.mktemp("cut-off")
    with serving(line.bootstrap_servers, NOBODY, folder) as client:
        yield f"{client.base_url}/"


Sit = Callable[..., Desk]


@pytest.fixture
def sit(chromium: Browser) -> Iterator[Sit]:
    """Makes a desk at an address, not yet opened, which may complain of what a test breaks.

    One that draws the map is small: each pixel of it is drawn without a graphics card.
    """
    desks = []

    def make(address: str, *, small: bool = False) -> Desk:
        width, height = (1000, 560) if small else (1440, 900)
        desk = Desk(chromium.new_page(viewport={"width": width, "height": height}), address)
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.page.unroute_all(behavior="ignoreErrors")
        desk.page.close()
        assert desk.errors == []
        assert desk.strangers == []


@pytest.fixture
def desk(line: Line, sit: Sit) -> Iterator[Desk]:
    """The page, opened; at the end it must have asked nobody else and complained of nothing."""
    desk = sit(line.page, small=True)
    desk.open()
    yield desk
    assert desk.complaints == []


@pytest.fixture
def plain_desk(line: Line, sit: Sit) -> Iterator[Desk]:
    """The same in a browser that cannot draw the map."""
    desk = sit(line.page)
    desk.without_webgl()
    desk.open()
    yield desk
    assert desk.complaints == []


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def module_page(chromium: Browser) -> Iterator[Page]:
    """A page from which the page's own modules can be imported, without any line."""
    handler = functools.partial(_Quiet, directory=str(PAGE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/icon.svg")
        yield page
        page.close()
        server.shutdown()
