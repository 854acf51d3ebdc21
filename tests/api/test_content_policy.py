"""What the answers forbid the browser, the page and the reference do not need."""

import httpx
import pytest
from playwright.sync_api import Browser

from tests.page.desk import Desk

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def test_the_page_works_under_its_policy(client: httpx.Client, chromium: Browser) -> None:
    desk = Desk(chromium.new_page(), f"{client.base_url}/")
    desk.open()
    desk.page.locator(".maplibregl-canvas").wait_for()
    desk.page.wait_for_timeout(1_000)
    assert desk.complaints == []
    assert desk.strangers == []
    desk.page.evaluate("document.body.appendChild(document.createElement('style')).append('a{}')")
    assert "Content Security Policy" in desk.complaints[0]
    desk.page.close()


def test_the_reference_is_drawn_under_its_policy(client: httpx.Client, chromium: Browser) -> None:
    desk = Desk(chromium.new_page(), f"{client.base_url}/")
    desk.page.goto(f"{client.base_url}/docs")
    background = "getComputedStyle(document.body).backgroundColor"
    assert desk.page.evaluate(background) == "rgb(15, 26, 35)"
    assert desk.complaints == []
    desk.page.close()
