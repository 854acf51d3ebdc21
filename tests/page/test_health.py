"""The page says when a part of the line stands still, and what that means for staff."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from services.line.line import Line
from services.line.supervisor import Program
from tests.page.conftest import Sit
from tests.page.desk import PATIENCE_MS, Desk

pytestmark = [pytest.mark.servers, pytest.mark.browser]

NOON = "2026-01-01T12:00:00Z"
SINCE = "since 2026-01-01 11:30 UTC"


def part(service: str, partition: int, state: str, **fields: Any) -> dict[str, Any]:
    """One row of `services` in an answer of `/api/health`."""
    return {
        "service": service, "topic": "telemetry", "partition": partition, "state": state,
        "behind": 0, "age_s": 1.0, **fields,
    }  # fmt: skip


def judged(page: Page, *services: dict[str, Any], **servers: bool) -> tuple[str, str]:
    """(state, sentence) of an answer, everything wrong since 11:30."""
    wrong = any(one["state"] in ("ended", "stuck", "stranded") for one in services)
    status = "degraded" if wrong or False in servers.values() else "ok"
    answer = {"status": status, "database": True, "kafka": True, "time": NOON, **servers}
    found = page.evaluate(
        """async (health) => {
          const { judge } = await import("/health_words.js");
          return judge(health, () => Date.parse("2026-01-01T11:30:00Z"));
        }""",
        {**answer, "services": services},
    )
    return found["state"], found["sentence"]


def test_what_stands_still_is_named_with_what_it_means(module_page: Page) -> None:
    fine = [part("monitor", n, "ok") for n in (0, 1, 3)]
    stuck = part("monitor", 2, "stuck")
    assert judged(module_page, *fine, stuck) == (
        "degraded",
        f"Alerts may be missing: the monitor's partition 2 stands still {SINCE}.",
    )
    ended = [part("historian", n, "ended", age_s=1800.0) for n in (0, 1)]
    assert judged(module_page, *fine, *ended) == (
        "degraded",
        "Lists, counts and history may be out of date: "
        f"the historian has given no sign of life {SINCE}.",
    )


def test_calm_is_claimed_only_where_services_have_reported(module_page: Page) -> None:
    assert judged(module_page)[0] == "unknown"
    assert judged(module_page, part("monitor", 0, "ok")) == ("ok", "")
    late = judged(module_page, part("monitor", 0, "behind", behind=1200))
    assert late == ("behind", "Some may come late: the monitor is 1,200 records behind.")
    state, sentence = judged(module_page, part("monitor", 0, "ok"), kafka=False)
    assert state == "degraded"
    assert sentence.endswith(f"Kafka does not answer {SINCE}.")


def test_a_stopped_service_is_named_and_its_return_is_seen(plain_desk: Desk, line: Line) -> None:
    desk = plain_desk
    badge, sentence = desk.page.locator("#health"), desk.page.locator("#health-line")
    calm = re.compile("ok|behind")
    expect(badge).to_have_attribute("data-state", calm, timeout=PATIENCE_MS)
    line.supervisor.stop("monitor")
    try:
        expect(badge).to_have_attribute("data-state", "degraded", timeout=PATIENCE_MS)
        words = re.compile("Alerts may be missing: the monitor has given no sign of life since")
        expect(sentence).to_have_text(words, timeout=PATIENCE_MS)
        badge.click()
        ended = desk.page.locator("#health-list li[data-state=ended]")
        expect(ended).to_contain_text("monitor")
    finally:
        line.supervisor.start([Program("monitor")])
    expect(badge).to_have_attribute("data-state", calm, timeout=PATIENCE_MS)
    expect(ended).to_have_count(0)


def test_health_that_cannot_be_read_is_not_known(line: Line, sit: Sit) -> None:
    desk = sit(line.page)
    desk.without_webgl()
    desk.block("**/api/health")
    desk.open()
    badge, sentence = desk.page.locator("#health"), desk.page.locator("#health-line")
    expect(badge).to_have_attribute("data-state", "unknown", timeout=PATIENCE_MS)
    expect(sentence).to_contain_text("Whether all services run is not known: the server")
    desk.page.unroute_all()
    expect(badge).to_have_attribute("data-state", re.compile("ok|behind"), timeout=PATIENCE_MS)
