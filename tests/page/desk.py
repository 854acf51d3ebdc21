"""A member of staff in front of the page: what they see, and what the browser complained of."""

import base64
import contextlib
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, Page, Route, expect

PATIENCE_MS = 240_000
_LOOK_EVERY_MS = 400

Colours = Counter[tuple[int, ...]]

_COUNT_COLOURS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const count = {};
  for (let at = 0; at < data.length; at += 4) {
    const colour = [data[at], data[at + 1], data[at + 2]].join();
    count[colour] = (count[colour] ?? 0) + 1;
  }
  return count;
}"""


_NO_WEBGL = """HTMLCanvasElement.prototype.getContext = new Proxy(
  HTMLCanvasElement.prototype.getContext,
  { apply: (get, canvas, [kind, ...rest]) =>
      kind.startsWith("webgl") ? null : Reflect.apply(get, canvas, [kind, ...rest]) });"""


class Desk:
    """The page at `address`; keeps what its console complains of, errors that nobody caught, and
    requests that went elsewhere."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.errors: list[str] = []
        self.strangers: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))

    def _watch(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data") and parts.netloc != urlsplit(self.address).netloc:
            self.strangers.append(url)

    def open(self, asset: str | None = None) -> None:
        """Loads the page and waits until it shows live data."""
        self.look(asset)
        expect(self.page.locator("#connection[data-state=live]")).to_be_visible(timeout=PATIENCE_MS)

    def look(self, asset: str | None = None) -> None:
        """Loads the page, whatever it shows."""
        self.page.goto(self.address + (f"#asset={asset}" if asset else ""))

    def without_webgl(self) -> None:
        """As in a browser that cannot draw the map; drawing it without a card takes much time."""
        self.page.add_init_script(_NO_WEBGL)

    def block(self, pattern: str) -> None:
        """No request of this pattern is answered from now on."""
        self.page.route(pattern, lambda route: route.abort())

    def hold(self, pattern: str) -> Callable[[], None]:
        """Requests of this pattern wait until the function is called."""
        held: list[Route] = []
        released = False

        def take(route: Route) -> None:
            if released:
                route.continue_()
            else:
                held.append(route)

        def release() -> None:
            nonlocal released
            released = True
            for route in held:
                with contextlib.suppress(Error):  # the page has given this one up
                    route.continue_()

        self.page.route(pattern, take)
        return release

    def tab(self, name: str) -> Locator:
        """The button of a list: open, silenced, done."""
        return self.page.locator(f"#tabs [data-list={name}]")

    def rows(self) -> Locator:
        """Every row of the list that is shown."""
        return self.page.locator("#alerts .alert")

    def empty_words(self) -> str:
        """What the queue says in the place of rows; "" where there are rows."""
        return self.page.locator("#alerts").get_attribute("data-empty") or ""

    def fleet_size(self) -> int:
        """The sum of the counts on the class chips."""
        counts = self.page.locator("#chips [data-count]").all_inner_texts()
        return sum(int(count.replace(",", "")) for count in counts)

    def watch_map(self, wanted: Callable[[Colours], bool]) -> Colours:
        """Looks at the map until its pixels, counted by (red, green, blue), are as wanted."""
        for _ in range(PATIENCE_MS // _LOOK_EVERY_MS):
            colours = self._map_colours()
            if wanted(colours):
                return colours
            self.page.wait_for_timeout(_LOOK_EVERY_MS)
        raise AssertionError(f"the map shows {colours.most_common(12)}")

    def _map_colours(self) -> Colours:
        png = base64.b64encode(self.page.locator("#map").screenshot()).decode()
        found = self.page.evaluate(_COUNT_COLOURS, png)
        return Counter({tuple(map(int, key.split(","))): count for key, count in found.items()})

    def alert(self, asset: str, rule: str) -> Locator:
        """The row of an asset's alert by a rule as the queue words it."""
        rows = self.page.locator(f'#alerts .alert[data-asset="{asset}"]')
        return rows.filter(has=self.page.locator(".rule", has_text=rule))
