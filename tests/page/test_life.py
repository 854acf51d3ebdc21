"""The life's arithmetic, run in the browser without a line: overlays, corrections, edges."""

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TODAY = "2026-01-01"

Entry = dict[str, str]


def entry(day: str, region: str, states: str, **fields: str) -> Entry:
    before, after = states.split(">")
    return {
        "id": f"{day}/{region}/{after}", "time": f"{day}T00:00:00Z", "region": region,
        "from_state": before, "to_state": after, **fields,
    }  # fmt: skip


def spans(page: Page, kind: str, entries: list[Entry]) -> list[tuple[str, str, str]]:
    """(label, from, to) of each span, days as `YYYY-MM-DD`."""
    found: list[list[Any]] = page.evaluate(
        """async ([kind, entries, today]) => {
          const life = await import("/life.js");
          const day = (time) => new Date(time).toISOString().slice(0, 10);
          return life[kind](life.order(entries), Date.parse(today))
            .map((span) => [span.label, day(span.from), day(span.to)]);
        }""",
        [kind, entries, TODAY],
    )
    return [(label, start, end) for label, start, end in found]


LEASE = [
    entry("2020-01-01", "contract", "NONE>COMMITTED", lessee="A", lease="1"),
    entry("2020-02-01", "contract", "COMMITTED>ON_LEASE", lessee="A", lease="1"),
    entry("2020-06-01", "contract", "ON_LEASE>ON_LEASE", lessee="A", lease="1", charterer="C"),
    entry("2020-09-01", "contract", "ON_LEASE>ON_LEASE", lessee="A", lease="1"),
    entry("2021-01-01", "contract", "ON_LEASE>DEFAULT", lessee="A", lease="1"),
    entry("2021-03-01", "contract", "DEFAULT>OFF_LEASE", lessee="A", lease="1"),
]


def test_a_lease_runs_from_delivery_to_redelivery_through_default(module_page: Page) -> None:
    assert spans(module_page, "leaseSpans", LEASE) == [("A", "2020-02-01", "2021-03-01")]


def test_a_charter_lies_inside_its_lease(module_page: Page) -> None:
    assert spans(module_page, "charterSpans", LEASE) == [("C", "2020-06-01", "2020-09-01")]


def test_a_new_lease_to_the_same_lessee_is_a_span_of_its_own(module_page: Page) -> None:
    again = entry("2021-03-01", "contract", "OFF_LEASE>ON_LEASE", lessee="A", lease="2")
    found = spans(module_page, "leaseSpans", [*LEASE[:5], again])
    assert found == [("A", "2020-02-01", "2021-03-01"), ("A", "2021-03-01", TODAY)]


def test_overlays_may_lie_over_each_other(module_page: Page) -> None:
    overlays = [
        entry("2022-01-01", "overlay", "CLEAR>CASUALTY"),
        entry("2022-02-01", "overlay", "CLEAR>ARRESTED"),
        entry("2022-03-01", "overlay", "CASUALTY>CLEAR"),
    ]
    assert spans(module_page, "workSpans", overlays) == [
        ("casualty", "2022-01-01", "2022-03-01"),
        ("arrested", "2022-02-01", TODAY),
    ]


@pytest.mark.parametrize("standing", ["quarantined", "withdrawn"])
def test_what_does_not_stand_moves_nothing(module_page: Page, standing: str) -> None:
    wrong = entry("2020-03-01", "contract", "ON_LEASE>OFF_LEASE", standing=standing)
    assert spans(module_page, "leaseSpans", [*LEASE, wrong]) == spans(
        module_page, "leaseSpans", LEASE
    )


def test_an_entry_taken_back_moves_nothing(module_page: Page) -> None:
    wrong = entry("2020-03-01", "contract", "ON_LEASE>OFF_LEASE")
    back = {**wrong, "id": "back", "standing": "withdrawn", "supersedes": wrong["id"]}
    found = spans(module_page, "leaseSpans", [*LEASE, wrong, back])
    assert found == [("A", "2020-02-01", "2021-03-01")]


def test_entries_come_in_any_order(module_page: Page) -> None:
    assert spans(module_page, "leaseSpans", LEASE[::-1]) == spans(module_page, "leaseSpans", LEASE)


def holder(page: Page, entries: list[Entry], day: str) -> str:
    """Who had it on a day, in words."""
    words: str = page.evaluate(
        """async ([entries, day, today]) => {
          const life = await import("/life.js");
          return life.holderAt(life.order(entries), Date.parse(day), Date.parse(today)).words;
        }""",
        [entries, day, TODAY],
    )
    return words


def test_before_the_first_paper_it_is_not_ordered_only_if_that_was_the_order(
    module_page: Page,
) -> None:
    ordered = entry("2019-01-01", "title", "NONE>ORDERED")
    bought = entry("2019-01-01", "title", "NONE>OWNED")
    assert holder(module_page, [ordered], "2018-06-01") == "Not ordered yet."
    unknown = "Nothing is recorded of who had it then."
    assert holder(module_page, [bought], "2018-06-01") == unknown


def test_a_lease_is_told_without_any_paper_of_the_title(module_page: Page) -> None:
    assert holder(module_page, LEASE, "2020-03-01") == "A had it under lease 1."
    assert holder(module_page, LEASE, "2019-03-01") == "Nothing is recorded of who had it then."
