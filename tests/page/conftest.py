"""A whole line with a small fleet, and a desk in front of its page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from services.demo.line import Line, run_line
from services.demo.supervisor import Program
from tests.page.desk import Desk
from tests.page.facts import SHIP, declare, life

FLEET = ("--assets=24", "--seed=7", "--speed=1")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Kafka, PostgreSQL, every service and a simulated fleet; `page` is the page's address."""
    with run_line(tmp_path_factory.mktemp("line")) as line:
        line.supervisor.start([Program("simulate", FLEET)])
        yield line


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
