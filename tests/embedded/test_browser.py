"""The browser of the tests draws what the map needs."""

import pytest
from playwright.sync_api import Browser


@pytest.mark.browser
def test_the_browser_has_webgl_2(chromium: Browser) -> None:
    page = chromium.new_page()

    assert page.evaluate("!!document.createElement('canvas').getContext('webgl2')")
