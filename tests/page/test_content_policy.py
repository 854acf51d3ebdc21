"""What the answers forbid the browser, the page and the reference do not need.

That the map needs none of it either: every desk complains of nothing (conftest.py).
"""

import pytest
from playwright.sync_api import expect

from services.line.line import Line
from tests.page.conftest import Sit
from tests.page.desk import Desk

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def test_the_page_works_under_its_policy(line: Line, sit: Sit) -> None:
    desk = sit(line.page)
    desk.without_webgl()
    desk.open()
    expect(desk.page.locator("#map-message")).to_contain_text("no WebGL 2")
    assert desk.complaints == []
    desk.page.evaluate("document.body.appendChild(document.createElement('style')).append('a{}')")
    assert "Content Security Policy" in desk.complaints[0]


def test_the_reference_is_drawn_under_its_policy(line: Line, sit: Sit) -> None:
    desk: Desk = sit(f"{line.page}docs")
    desk.look()
    background = "getComputedStyle(document.body).backgroundColor"
    assert desk.page.evaluate(background) == "rgb(15, 26, 35)"
    assert desk.complaints == []
