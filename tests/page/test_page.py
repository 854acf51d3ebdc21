"""The operations page in a real browser, over a whole running line."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from services.line.line import Line
from tests.page.conftest import Sit
from tests.page.desk import PATIENCE_MS, Desk
from tests.page.facts import NAME, declare, fact

pytestmark = [pytest.mark.servers, pytest.mark.browser]

FLEET_COLOUR = (0xA9, 0xBC, 0xCB)  # of an asset without an alert
HOLDERS = {
    "2013-06-01": "It was under construction.",
    "2015-06-01": "Northern Lanes had it under lease LS-1.",
    "2016-06-01": "Northern Lanes had it under lease LS-1, chartered on to Cobalt Bulk.",
    "2018-04-01": "Northern Lanes had it under lease LS-1. It was in maintenance.",
    "2020-10-01": "The lessor had it, awaiting lease.",
    "2022-01-01": "Sunda Container had it under lease LS-2.",
}
LAND, SEA = (0x18, 0x22, 0x2D), (0x0B, 0x11, 0x18)


def test_the_map_draws_land_sea_and_the_fleet_but_for_hidden_classes(desk: Desk) -> None:
    page = desk.page
    page.wait_for_function("Number(document.querySelector('[data-count=ship]').textContent) > 0")
    assert desk.fleet_size() >= 24
    assert page.evaluate("document.querySelector('#map canvas').getContext('webgl2') !== null")
    colours = desk.watch_map(lambda seen: seen[FLEET_COLOUR] >= 24)
    assert colours[LAND] > 10_000
    assert colours[SEA] > 10_000

    for name in ("ship", "aircraft", "metro"):
        desk.page.locator(f'#chips [data-class="{name}"]').click()
    desk.watch_map(lambda seen: seen[FLEET_COLOUR] == 0)
    line = desk.page.locator("#hidden-classes")
    expect(line).to_contain_text(re.compile(r"Without ships, aircraft, metro: 0 of \d+ shown"))
    line.get_by_role("button", name="Show all").click()
    expect(line).to_be_hidden()


def test_an_alert_arrives_and_is_handled_without_a_reload(
    plain_desk: Desk, line: Line, ship: str
) -> None:
    desk, page = plain_desk, plain_desk.page
    page.evaluate("window.stayed = true")
    page.fill("#actor", "mira")
    page.press("#actor", "Enter")
    row = desk.alert(ship, "Under arrest")
    expect(row).to_have_count(0)

    declare(line, [fact("arrested", datetime.now(UTC) - timedelta(minutes=5), place="Durban")])
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    expect(row).to_have_attribute("data-severity", "alarm")
    expect(row).to_have_attribute("data-handling", "new")

    row.focus()
    page.keyboard.press("a")
    expect(row).to_have_attribute("data-handling", "acknowledged", timeout=PATIENCE_MS)
    expect(row).to_contain_text("by mira")

    page.keyboard.press("r")
    page.get_by_label("Expected").check()
    page.get_by_label("Note").fill("the owners told us")
    page.locator("#dialog button[type=submit]").click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    desk.tab("done").click()
    expect(row).to_contain_text("verdict: expected", timeout=PATIENCE_MS)
    assert page.evaluate("window.stayed")


def test_the_panel_tells_the_life_from_the_order_to_today(plain_desk: Desk, ship: str) -> None:
    desk, page = plain_desk, plain_desk.page
    page.wait_for_function(
        "async (id) => (await (await fetch(`api/assets/${id}/life`)).json()).entries?.length >= 14",
        arg=ship, polling=500,
    )  # fmt: skip
    desk.open(ship)
    expect(page.locator("#panel-title")).to_have_text(NAME, timeout=PATIENCE_MS)
    drawing = page.locator(".life-drawing")
    for words in ("ordered", "accepted", "Northern Lanes", "Sunda Container", "Cobalt Bulk"):
        expect(drawing).to_contain_text(words)
    expect(drawing).to_contain_text("2012")
    expect(drawing).to_contain_text(f"today {datetime.now(UTC):%Y-%m-%d}")
    expect(drawing.locator(".mark.quarantined")).to_have_count(1)


def test_it_says_who_had_it_on_a_date(plain_desk: Desk, ship: str) -> None:
    desk = plain_desk
    desk.open(ship)
    for day, answer in HOLDERS.items():
        desk.page.locator("#life-date").fill(day)
        expect(desk.page.locator(".holder")).to_have_text(f"{day}: {answer}")


def test_a_lost_stream_is_never_shown_as_live(line: Line, sit: Sit) -> None:
    desk = sit(line.page)
    desk.without_webgl()
    desk.block("**/api/events*")
    desk.look()
    badge = desk.page.locator("#connection")
    expect(badge).to_have_attribute("data-state", "lost")
    expect(badge).to_contain_text("Reconnecting")


def test_the_search_jumps_to_an_asset(plain_desk: Desk) -> None:
    page = plain_desk.page
    page.wait_for_function("Number(document.querySelector('[data-count=metro]').textContent) > 0")
    page.keyboard.press("/")
    page.keyboard.type("metro-")
    expect(page.locator("#search-results [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .identity")).to_contain_text("metro-")
    expect(page.locator(".readings tbody tr").first).to_be_visible(timeout=PATIENCE_MS)
