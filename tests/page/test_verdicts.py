"""No verdict is lost: asked for, given late, corrected; and nothing ends by accident."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from services.line.line import Line
from tests.page.alerts import afloat, aground
from tests.page.desk import PATIENCE_MS, Desk
from tests.page.facts import declare, fact
from tests.running import get, wait_until

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def arrest(line: Line, ship: str) -> None:
    """A ship under arrest since half an hour ago: an alert that asks for no verdict."""
    declare(line, [fact("arrested", datetime.now(UTC) - timedelta(minutes=30), ship)])


def release(line: Line, ship: str) -> None:
    """Free again since just now: the alert clears."""
    declare(line, [fact("released", datetime.now(UTC), ship)])


def verdict_of(line: Line, ship: str) -> Any:
    """The verdict that the API tells of the ship's newest alert that is done."""
    found = get(f"{line.page}api/alerts", state="done", asset=ship).json()["alerts"]
    return found[0].get("verdict") if found else None


def choose_verdict(page: Page, word: str) -> None:
    """Gives a verdict in the open dialog."""
    page.locator("#dialog").get_by_label(word).check()
    page.locator("#dialog button[type=submit]").click()


def shows(row: Locator, words: str) -> None:
    """Waits until a row says so."""
    expect(row).to_contain_text(words, timeout=PATIENCE_MS)


def test_a_verdict_given_after_clearing_is_stored_and_can_be_corrected(
    plain_desk: Desk, line: Line
) -> None:
    desk = plain_desk
    ship = "ship-9000011"
    page, row = desk.page, desk.alert(ship, "Aground")
    aground(line, ship, ago_s=900)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    row.focus()
    page.keyboard.press("r")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Its condition still stands")
    expect(dialog.locator(":checked")).to_have_count(0)
    page.locator("#dialog button[type=submit]").click()
    expect(dialog).to_be_visible()  # a verdict is required

    afloat(line, ship, ago_s=600)
    expect(row).to_have_attribute("data-condition", "cleared", timeout=PATIENCE_MS)
    expect(dialog).to_contain_text("Cleared meanwhile")
    choose_verdict(page, "False alarm")
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    desk.tab("done").click()
    shows(row, "verdict: false alarm")
    wait_until(lambda: verdict_of(line, ship) == "false_alarm", "the verdict in the database")

    row.get_by_role("button", name="Correct verdict").click()
    expect(dialog).to_contain_text("Its verdict is: false alarm.")
    expect(dialog.locator(":checked")).to_have_count(0)
    choose_verdict(page, "True")
    shows(row, "verdict: true")
    desk.open()
    desk.tab("done").click()
    shows(row, "verdict: true")


def test_an_alert_that_waits_for_a_verdict_says_so_and_offers_it(
    plain_desk: Desk, line: Line
) -> None:
    desk = plain_desk
    ship = "ship-9000012"
    page, row = desk.page, desk.alert(ship, "Aground")
    aground(line, ship, ago_s=900)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    row.focus()
    page.keyboard.press("a")
    expect(row).to_have_attribute("data-handling", "acknowledged", timeout=PATIENCE_MS)
    afloat(line, ship, ago_s=600)
    shows(row, "awaits a verdict")
    expect(page.locator("#sum")).to_contain_text("a verdict")
    row.get_by_role("button", name="Give verdict").click()
    expect(page.locator("#dialog h2")).to_contain_text("Give a verdict")
    choose_verdict(page, "Expected")
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("#notice")).to_contain_text("Done: Aground")


def test_acknowledging_a_cleared_alert_says_what_it_does(plain_desk: Desk, line: Line) -> None:
    desk = plain_desk
    ship = "ship-9000013"
    row = desk.alert(ship, "Under arrest")
    arrest(line, ship)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    release(line, ship)
    expect(row).to_have_attribute("data-condition", "cleared", timeout=PATIENCE_MS)
    button = row.locator(".acknowledge")
    expect(button).to_have_text("Acknowledge, done")
    expect(button).to_have_attribute("title", re.compile("acknowledging ends it"))
    button.click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    expect(desk.page.locator("#notice")).to_contain_text("Done: Under arrest")
    desk.tab("done").click()
    expect(row.get_by_role("button", name="Give verdict")).to_be_visible(timeout=PATIENCE_MS)


def test_a_silenced_alert_leaves_the_queue_and_is_counted(plain_desk: Desk, line: Line) -> None:
    desk = plain_desk
    ship = "ship-9000014"
    page, row = desk.page, desk.alert(ship, "Under arrest")
    arrest(line, ship)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    expect(desk.tab("silenced")).to_have_text("0 silenced", timeout=PATIENCE_MS)
    row.focus()
    page.keyboard.press("s")
    page.locator("#dialog").get_by_label("1 hour").check()
    page.locator("#dialog button[type=submit]").click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    expect(desk.tab("silenced")).to_have_text("1 silenced")
    expect(page.locator("#notice")).to_contain_text("Silenced until")

    desk.tab("silenced").click()
    shows(row, "silenced until")
    expect(row.locator(".acknowledge")).to_be_hidden()
    row.focus()
    page.keyboard.press("a")  # ends nothing
    desk.open()
    expect(desk.tab("silenced")).to_have_text("1 silenced", timeout=PATIENCE_MS)
    expect(row).to_have_count(0)


def test_resolved_while_its_condition_stands_it_says_so(plain_desk: Desk, line: Line) -> None:
    desk = plain_desk
    ship = "ship-9000015"
    row = desk.alert(ship, "Under arrest")
    arrest(line, ship)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    row.get_by_role("button", name="Resolve").click()
    choose_verdict(desk.page, "Expected")
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    desk.tab("done").click()
    shows(row, "still ongoing when resolved")
    shows(row, "fires again after")


def test_what_was_refused_is_told_though_the_row_has_gone(plain_desk: Desk, line: Line) -> None:
    desk = plain_desk
    ship = "ship-9000016"
    page, row = desk.page, desk.alert(ship, "Under arrest")
    arrest(line, ship)
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    row.focus()
    page.keyboard.press("s")
    page.locator("#dialog").get_by_label("1 hour").check()
    body = {"asset": ship, "alert": row.get_attribute("data-alert"), "actor": "ana"}
    httpx.post(f"{line.page}api/alerts/resolve", json={**body, "verdict": "expected"})
    expect(page.locator("#dialog")).to_contain_text("Done meanwhile, by ana", timeout=PATIENCE_MS)
    page.locator("#dialog button[type=submit]").click()
    expect(page.locator("#notice")).to_contain_text("Refused: ", timeout=PATIENCE_MS)
