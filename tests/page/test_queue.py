"""The order and figures of the queue as the stream carries them on; without a line."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Row = dict[str, Any]

_TAKE = """async ([given, changes]) => {
  const queue = await import("/queue.js?" + Math.random());
  queue.takeList(given, "open");
  for (const change of changes) queue.take(change);
  return [queue.known("open").map((row) => row.alert), queue.counts()];
}"""


def row(name: str, **fields: Any) -> Row:
    """An alert as a list or the stream tells of it."""
    return {
        "alert": name, "asset": "ship-1", "rule": "silence", "change": "opened",
        "severity": "caution", "condition": "firing", "handling": "new",
        "time": "2026-01-01T00:00:00Z", "awaiting_verdict": False, **fields,
    }  # fmt: skip


def counts(**figures: int) -> Row:
    """The server's figures of a queue of cautions."""
    zero = {"open": 0, "firing": 0, "cleared": 0, "awaiting_verdict": 0, "silenced": 0, "done": 0}
    return {**zero, **figures, "by_severity": {"caution": figures.get("open", 0)}}


def taken(page: Page, rows: list[Row], figures: Row, *changes: Row) -> tuple[list[str], Row]:
    """The open alerts in order, and the figures, after a list and changes."""
    given = {"alerts": rows, "total": figures["open"], "counts": figures}
    order, after = page.evaluate(_TAKE, [given, list(changes)])
    return order, after


def test_what_goes_on_comes_before_what_has_cleared_at_any_severity(module_page: Page) -> None:
    rows = [row("caution"), row("cleared emergency", severity="emergency", condition="cleared")]
    order, _ = taken(
        module_page, rows, counts(open=2, firing=1, cleared=1),
        row("alarm", severity="alarm"),
        row("newer caution", time="2026-01-02T00:00:00Z"),
        row("cleared alarm", severity="alarm", condition="cleared"),
    )  # fmt: skip
    assert order == ["alarm", "newer caution", "caution", "cleared emergency", "cleared alarm"]


def test_the_stream_carries_the_servers_figures_on(module_page: Page) -> None:
    first, second, third = row("1"), row("2"), row("3")
    order, figures = taken(
        module_page, [first, second, third], counts(open=700, firing=700, done=9),
        {**first, "change": "acknowledged", "handling": "acknowledged"},
        {**first, "change": "cleared", "condition": "cleared", "handling": "acknowledged",
         "awaiting_verdict": True},
        {**second, "change": "silenced", "silenced_until": "2190-01-01T00:00:00Z"},
        {**third, "change": "resolved", "handling": "done"},
        row("4", severity="alarm"),
    )  # fmt: skip
    assert order == ["4", "1"]
    assert figures == {
        "open": 699, "firing": 698, "cleared": 1, "awaiting_verdict": 1, "silenced": 1,
        "done": 10, "by_severity": {"caution": 698, "alarm": 1},
    }  # fmt: skip


def test_a_list_older_than_the_stream_takes_nothing_back(module_page: Page) -> None:
    script = """async ([given, change]) => {
      const queue = await import("/queue.js?" + Math.random());
      queue.takeList(given, "open");
      queue.take(change);
      const agreed = queue.takeList(given, "open");
      return [agreed, queue.known("open").length, queue.counts().open];
    }"""
    one = row("1")
    given = {"alerts": [one], "total": 1, "counts": counts(open=1, firing=1)}
    done = {**one, "change": "resolved", "handling": "done"}
    assert module_page.evaluate(script, [given, done]) == [False, 0, 0]


def test_what_the_list_does_not_hold_any_more_goes(module_page: Page) -> None:
    script = """async ([before, after]) => {
      const queue = await import("/queue.js?" + Math.random());
      queue.takeList(before, "open");
      const agreed = queue.takeList(after, "open");
      return [agreed, queue.known("open").map((row) => row.alert), queue.counts().open];
    }"""
    one, two = row("1"), row("2")
    before = {"alerts": [one, two], "total": 2, "counts": counts(open=2, firing=2)}
    after = {"alerts": [two], "total": 1, "counts": counts(open=1, firing=1)}
    assert module_page.evaluate(script, [before, after]) == [True, ["2"], 1]
