"""The page claims nothing that the server has not said: loading, away, old, filtered, in doubt."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.line.line import Line
from tests.page.alerts import open_alerts
from tests.page.conftest import Sit
from tests.page.desk import PATIENCE_MS, Desk
from tests.running import get

pytestmark = [pytest.mark.servers, pytest.mark.browser]

QUIET = "No open alerts."


def says(page: Page, what: str, words: str | re.Pattern[str]) -> None:
    """Waits until an element says so."""
    expect(page.locator(what)).to_contain_text(words, timeout=PATIENCE_MS)


def queue_says(desk: Desk, words: str) -> None:
    """Waits until the queue says so in the place of rows."""
    empty = re.compile(words)
    expect(desk.page.locator("#alerts")).to_have_attribute("data-empty", empty, timeout=PATIENCE_MS)


def counts(line: Line) -> dict[str, int]:
    """The server's own figures."""
    answer = get(f"{line.page}api/alerts", limit=1).json()
    return dict(answer["counts"])


@pytest.fixture
def idle_desk(idle_page: str, sit: Sit) -> Desk:
    """In front of an API with nothing in its database; the line's alerts do not stream here."""
    desk = sit(idle_page)
    desk.without_webgl()
    desk.block("**/api/events*")
    return desk


def test_no_open_alerts_is_said_when_the_server_has_said_so_and_not_before(
    idle_desk: Desk,
) -> None:
    desk = idle_desk
    release = desk.hold("**/api/alerts*")
    desk.look()
    says(desk.page, "#chips [data-count=ship]", "0")
    queue_says(desk, "^Loading alerts …$")
    expect(desk.tab("open")).to_have_text("open")
    release()
    queue_says(desk, f"^{QUIET}$")
    expect(desk.tab("open")).to_have_text("0 open")
    desk.tab("done").click()
    queue_says(desk, "^Nothing is done yet.$")


def test_a_queue_that_cannot_be_read_is_not_known(cut_off_page: str, sit: Sit) -> None:
    desk = sit(cut_off_page)
    desk.without_webgl()
    desk.block("**/api/events*")  # the line's alerts, which other tests raise, are not its subject
    desk.look()
    queue_says(desk, r"^Not known: the database does not answer since \d\d:\d\d UTC\.$")
    desk.tab("done").click()
    queue_says(desk, r"^Not known: the database does not answer since \d\d:\d\d UTC\.$")
    expect(desk.page.locator("#chips [data-count=ship]")).to_have_text("\u2013")
    says(desk.page, "#map-message", "The fleet is not known: the database does not answer")
    says(desk.page, "#health-line", "the database does not answer since")


def test_an_empty_queue_is_not_known_any_more_when_the_server_goes(idle_desk: Desk) -> None:
    desk = idle_desk
    desk.look()
    queue_says(desk, f"^{QUIET}$")
    desk.block("**/api/**")
    queue_says(desk, r"^Not known: the server does not answer since")
    desk.tab("silenced").click()
    queue_says(desk, r"^Not known: the server does not answer since")
    says(desk.page, "#health-line", "Whether all services run is not known")
    desk.page.unroute("**/api/**")
    desk.tab("open").click()
    queue_says(desk, f"^{QUIET}$")


def test_fifty_alerts_show_without_the_map_and_its_place_says_why(line: Line, sit: Sit) -> None:
    with open_alerts(line, "ship-fifty", 50):
        desk = sit(line.page)
        desk.block("**/vendor/maplibre*/**")
        desk.open()
        rows = desk.page.locator('.alert[data-asset="ship-fifty"]')
        expect(rows).to_have_count(50, timeout=PATIENCE_MS)
        says(desk.page, "#map-message", "No map: its program")
        expect(desk.page.locator(".map-tools")).to_be_hidden()
        rows.first.click()
        says(desk.page, "#panel-alerts", "Silent, number")
        expect(desk.page.locator("#panel-alerts .alert-line")).to_have_count(50)


def test_without_webgl_the_maps_place_says_so_and_the_search_works(line: Line, sit: Sit) -> None:
    desk = sit(line.page)
    desk.without_webgl()
    desk.open()
    says(desk.page, "#map-message", "this browser offers no WebGL 2")
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("metro-")
    desk.page.locator("#search-results [role=option]").first.wait_for()
    desk.page.keyboard.press("Enter")
    says(desk.page, "#panel .identity", "metro-")


def test_without_outlines_the_fleet_is_drawn_and_the_page_says_what_is_missing(
    line: Line, sit: Sit
) -> None:
    desk = sit(line.page, small=True)
    desk.block("**/vendor/world-atlas/**")
    desk.open()
    says(desk.page, "#map-message", "Coasts and borders are missing")
    desk.watch_map(lambda seen: seen[0xA9, 0xBC, 0xCB] >= 24)


def test_alerts_show_though_the_fleet_cannot_be_read(line: Line, sit: Sit) -> None:
    with open_alerts(line, "ship-lone", 1):
        desk = sit(line.page)
        desk.without_webgl()
        desk.block("**/api/fleet*")
        desk.look()
        expect(desk.alert("ship-lone", "Silent")).to_have_count(1, timeout=PATIENCE_MS)
        says(desk.page, "#map-message", "The fleet is not known: the server does not answer since")


def test_the_fleet_shows_though_the_alerts_cannot_be_read(line: Line, sit: Sit) -> None:
    desk = sit(line.page)
    desk.without_webgl()
    desk.block("**/api/alerts*")
    desk.look()
    says(desk.page, "#chips [data-count=ship]", re.compile("[1-9]"))
    expect(desk.tab("open")).to_have_text("open")
    expect(desk.page.locator(".count b").first).to_have_text("\u2013")


def test_a_filter_says_that_it_filters_and_offers_to_show_all(line: Line, sit: Sit) -> None:
    with open_alerts(line, "ship-filtered", 13):
        desk = sit(line.page)
        desk.without_webgl()
        desk.open()
        expect(desk.alert("ship-filtered", "Silent")).to_have_count(13, timeout=PATIENCE_MS)
        desk.page.locator(".count.emergency").click()
        says(desk.page, "#filter", re.compile(r"Only emergency: \d+ of \d+ shown"))
        there = counts(line)["by_severity"]["emergency"]  # type: ignore[index]
        expect(desk.rows()).to_have_count(there, timeout=PATIENCE_MS)
        assert QUIET not in desk.empty_words()
        desk.page.locator("#filter").get_by_role("button", name="Show all").click()
        expect(desk.page.locator("#filter")).to_be_hidden()
        expect(desk.alert("ship-filtered", "Silent")).to_have_count(13)


def test_counts_are_the_servers_beyond_what_is_listed_and_in_done(line: Line, sit: Sit) -> None:
    with open_alerts(line, "ship-many", 620):
        desk = sit(line.page)
        desk.without_webgl()
        desk.open()
        words = re.compile(r"^\d* ?6\d\d open$")
        expect(desk.tab("open")).to_have_text(words, timeout=PATIENCE_MS)
        expect(desk.page.locator(".count.caution b")).to_have_text(re.compile(r"^6\d\d$"))
        expect(desk.rows()).to_have_count(200)
        says(desk.page, "#more", re.compile(r"The first 200 of 6\d\d are listed"))
        for shown in (400, 600):
            desk.page.locator("#more").get_by_role("button", name="Show more").click()
            expect(desk.rows()).to_have_count(shown, timeout=PATIENCE_MS)
        desk.page.locator("#more").get_by_role("button", name="Show more").click()
        expect(desk.page.locator("#more")).to_be_hidden(timeout=PATIENCE_MS)
    desk.tab("done").click()
    done = re.compile(r"^(6[2-9]\d|[7-9]\d\d|[1-9],?\d\d\d) done$")
    expect(desk.tab("done")).to_have_text(done, timeout=PATIENCE_MS)
    says(desk.page, "#more", re.compile(r"The first \d+ of [\d,]+ are listed"))
