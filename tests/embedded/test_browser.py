"""The browser of the tests draws what the map needs."""

import pytest
from playwright.sync_api import Browser


@pytest.mark.browser
def test_the_browser_has_webgl_2(chromium: Browser) -> None:
    page = chromium.new_page()

    assert page.evaluate("!!document.createElement('canvas').getContext('webgl2')")


@pytest.mark.browser
def test_the_browser_has_a_font_of_its_own(chromium: Browser) -> None:
    """Without one it dies with the first word."""
    page = chromium.new_page()
    page.set_content("<b>iiii</b><br><b>wwww</b>")
    narrow, wide = (word.bounding_box() for word in page.locator("b").all())

    assert narrow and wide and 0 < narrow["width"] < wide["width"]
