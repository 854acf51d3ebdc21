"""A whole line with a small fleet, and a desk in front of its page."""

import contextlib
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from services.demo.line import Line, run_line
from services.demo.supervisor import Program
from tests.page.desk import PATIENCE_MS, Desk
from tests.page.facts import SHIP, declare, life

ASSETS, HEARD = 24, 18
FLEET = (f"--assets={ASSETS}", "--seed=7", "--speed=1")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Kafka, PostgreSQL, every service and a simulated fleet; `page` is the page's address."""
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
            answer = httpx.get(f"{line.page}api/fleet").json()
            if sum(asset["lat"] is not None for asset in answer.get("assets", [])) >= HEARD:
                return
        time.sleep(0.2)
    raise AssertionError("the fleet did not appear in time")


@pytest.fixture(scope="module")
def ship(line: Line) -> str:
    """An asset with a whole life behind it."""
    declare(line, life())
    return SHIP


@pytest.fixture
def desk(line: Line, chromium: Browser) -> Iterator[Desk]:
    """The page, opened; at the end it must have asked nobody else and complained of nothing."""
    desk = Desk(chromium.new_page(viewport={"width": 1440, "height": 900}), line.page)
    desk.open()
    yield desk
    desk.page.close()
    assert desk.complaints == []
    assert desk.strangers == []
