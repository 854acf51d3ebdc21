"""Timelines of verdicts: waiting for one, giving it late, correcting it, and what stands on."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas import AlertChange, Signal
from services.domain import alert_book
from services.domain.alert_book import Cause, Holder, Sight
from services.domain.alert_commands import KEPT_DONE
from tests.domain.lives import Timeline, command, day, delivered_life, fact, signal

A = "telemetry-0-1-0/silence"
HOUR = 1 / 24
AWAITS = "the condition has cleared: the alert waits for a verdict"
AFTER_24_H = "the condition still stands: it fires again after 24 h if it has not cleared by then"


def silence(n: int, at: float, word: str = "began") -> Signal:
    return signal(f"telemetry-0-{n}-0", f"silence_{word}", at)


def minute(n: int, at: float) -> Signal:
    return signal(f"telemetry-0-{n}-0", "minute_summary", at)


def stands(change: AlertChange) -> tuple[str, str, str, str | None]:
    return change.change, change.condition, change.handling, change.verdict


def test_cleared_and_then_acknowledged_waits_for_its_verdict() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), silence(2, 2, "ended"))
    (seen,) = timeline.tell(command("c1", "acknowledge", 3, A, note="called the master"))
    assert stands(seen) == ("acknowledged", "cleared", "acknowledged", None)
    assert seen.awaits_verdict
    assert seen.note == f"called the master; {AWAITS}"
    (again,) = timeline.tell(command("c2", "acknowledge", 4, A))
    assert (again.change, again.note) == (
        "refused",
        "the alert waits for a verdict only:"
        " resolve it with true, false_alarm, expected or data_fault",
    )
    (resolved,) = timeline.tell(command("c3", "resolve", 5, A, verdict="true"))
    assert stands(resolved) == ("resolved", "cleared", "done", "true")
    assert resolved.note is None
    assert (timeline.life.alerts, timeline.done[A].verdict) == ({}, "true")


@pytest.mark.parametrize("kind", ["acknowledge", "assign"])
def test_taken_up_and_then_cleared_waits_for_its_verdict(kind: str) -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c1", kind, 2, A, assignee="Wu"))
    (cleared,) = timeline.tell(silence(2, 3, "ended"))
    assert (cleared.change, cleared.note, cleared.awaits_verdict) == ("cleared", AWAITS, True)
    (judged,) = timeline.tell(command("c2", "judge", 4, A, verdict="expected"))
    assert stands(judged) == ("resolved", "cleared", "done", "expected")


def test_a_verdict_given_while_it_fires_ends_it_when_it_has_cleared() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1))
    (judged,) = timeline.tell(command("c1", "judge", 2, A, verdict="expected"))
    assert stands(judged) == ("judged", "firing", "acknowledged", "expected")
    assert judged.note == "the condition still stands: the alert is done when it has cleared"
    (done,) = timeline.tell(silence(2, 3, "ended"))
    assert stands(done) == ("resolved", "cleared", "done", "expected")


def test_one_that_was_done_meanwhile_takes_the_verdict() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), fact("r1", "rent_overdue", 50, lease="LS-1"))
    alert = timeline.changes[-1].alert
    timeline.tell(command("c1", "acknowledge", 51, alert))
    timeline.tell(fact("r2", "rent_paid", 52, lease="LS-1"))
    assert list(timeline.done) == [alert]
    (given,) = timeline.tell(command("c2", "resolve", 53, alert, verdict="true", note="paid late"))
    assert stands(given) == ("judged", "cleared", "done", "true")
    assert given.note == "paid late; the alert was done without a verdict"
    (corrected,) = timeline.tell(command("c3", "judge", 54, alert, verdict="expected"))
    assert stands(corrected) == ("judged", "cleared", "done", "expected")
    assert corrected.note == "the verdict was true"
    assert timeline.done[alert].verdict == "expected"
    assert (given.summary, given.lessee) == ("rent is overdue under lease LS-1", "Aurora")


@pytest.mark.parametrize("kind", ["acknowledge", "assign", "comment", "silence"])
def test_nothing_but_a_verdict_is_taken_on_one_that_is_done(kind: str) -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), silence(2, 2, "ended"))
    timeline.tell(command("c1", "resolve", 3, A, verdict="true"))
    given = {"note": "x", "assignee": "Wu", "until": day(9)}
    (refused,) = timeline.tell(command("c2", kind, 4, A, **given))
    assert refused.change == "refused"
    assert refused.note and "a verdict can still be given or corrected (judge)" in refused.note
    assert (refused.rule, refused.handling, refused.verdict) == ("silence", "done", "true")


def test_only_the_newest_that_are_done_are_kept_and_the_refusal_says_so() -> None:
    timeline = Timeline()
    for n in range(1, KEPT_DONE + 2):
        timeline.tell(silence(2 * n, n), silence(2 * n + 1, n + 0.5, "ended"))
        alert = f"telemetry-0-{2 * n}-0/silence"
        timeline.tell(command(f"c{n}", "resolve", n + 0.6, alert, verdict="true"))
    assert len(timeline.done) == KEPT_DONE
    oldest, second = "telemetry-0-2-0/silence", "telemetry-0-4-0/silence"
    refused, taken = timeline.tell(
        command("x1", "judge", 200, oldest, verdict="expected"),
        command("x2", "judge", 200, second, verdict="expected"),
    )
    assert (refused.change, taken.change) == ("refused", "judged")
    assert refused.note and f"nor among the newest {KEPT_DONE}" in refused.note
    timeline.tell(silence(900, 300), silence(901, 301, "ended"))
    timeline.tell(command("x3", "resolve", 302, "telemetry-0-900-0/silence", verdict="true"))
    assert second not in timeline.done, "a verdict makes it no younger"


def test_resolved_while_the_condition_stands_it_says_so_and_fires_again() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1))
    (resolved,) = timeline.tell(command("c1", "resolve", 2, A, verdict="expected", note="refit"))
    assert stands(resolved) == ("resolved", "firing", "done", "expected")
    assert resolved.note == f"refit; {AFTER_24_H}"
    assert timeline.life.awaits_minutes
    assert timeline.tell(silence(3, 2.9, "continues")) == []
    (again,) = timeline.tell(silence(4, 3.1, "continues"))
    assert stands(again) == ("opened", "firing", "new", None)
    assert (again.alert, again.cause) == ("telemetry-0-4-0/again/silence", "telemetry-0-4-0/again")
    assert again.note == (
        "the alert of 2026-01-02 00:00 UTC was resolved as expected, but its condition has not "
        "cleared since"
    )
    assert timeline.done[A].verdict == "expected", "the first one keeps its verdict"
    assert not timeline.life.awaits_minutes
    assert timeline.tell(silence(5, 9, "continues")) == [], "once"
    (cleared,) = timeline.tell(silence(6, 10, "ended"))
    assert (cleared.alert, cleared.change) == (again.alert, "cleared")


def test_what_fires_again_says_how_it_stands_now_or_when_it_stood_so() -> None:
    timeline = Timeline()
    numbers = {"threshold": 6 * 3600.0, "evidence": {"silent_s": 6.5 * 3600}}
    timeline.tell(signal("telemetry-0-1-0", "silence_began", 1, lat=1.0, lon=1.0, **numbers))
    timeline.tell(command("c1", "resolve", 1.1, A, verdict="false_alarm"))
    numbers["evidence"] = {"silent_s": 32 * 3600.0}
    now = signal("telemetry-0-2-0", "silence_continues", 2.2, lat=2.0, lon=2.0, **numbers)
    (again,) = timeline.tell(now)
    assert again.summary == "silent for 32 h, 6 h are normal"
    assert (again.lat, again.evidence["silent_s"]) == (2.0, 32 * 3600.0)
    assert again.note and "was resolved as false alarm, but" in again.note
    for n, at in ((3, 2.3), (4, 3.4)):  # minutes tell nothing of it: the sentence is dated, once
        timeline.tell(command(f"c{n}", "resolve", at, timeline.changes[-1].alert, verdict="true"))
        (again,) = timeline.tell(minute(n, at + 1.05))
        assert again.summary == "silent for 32 h, 6 h are normal (as of 2026-01-03 04:48 UTC)"


def test_resolved_and_cleared_before_its_time_is_over() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c1", "resolve", 2, A, verdict="true"))
    (cleared,) = timeline.tell(silence(2, 2.5, "ended"))
    assert stands(cleared) == ("cleared", "cleared", "done", "true")
    assert (timeline.life.alerts, list(timeline.done)) == ({}, [A])
    assert timeline.tell(minute(3, 9)) == []
    (new,) = timeline.tell(silence(4, 10))
    assert (new.change, new.alert) == ("opened", "telemetry-0-4-0/silence")


def test_a_firing_signal_leads_to_one_change_before_its_time_and_after() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c1", "resolve", 2, A, verdict="true"))
    (repeated,) = timeline.tell(silence(2, 2.5))
    assert stands(repeated) == ("repeated", "firing", "done", "true")
    (again,) = timeline.tell(silence(3, 3.5))
    assert (again.change, again.alert) == ("opened", "telemetry-0-3-0/silence")


def test_a_verdict_is_corrected_while_the_condition_of_the_resolved_one_stands() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c1", "resolve", 2, A, verdict="true"))
    (judged,) = timeline.tell(command("c2", "judge", 2.1, A, verdict="data_fault"))
    assert stands(judged) == ("judged", "firing", "done", "data_fault")
    (again,) = timeline.tell(minute(3, 3.5))
    assert (again.change, timeline.done[A].verdict) == ("opened", "data_fault")


def test_an_emergency_fires_again_within_the_hour() -> None:
    timeline = Timeline()
    hot = signal("telemetry-0-1-0", "anomaly_began", 1, channel="main_brg_degc", detector="limit/1")
    timeline.tell(hot)
    alert = "telemetry-0-1-0/limit:main_brg_degc"
    (resolved,) = timeline.tell(command("c1", "resolve", 2, alert, verdict="true"))
    assert resolved.note and "it fires again after 1 h" in resolved.note
    assert timeline.tell(minute(2, 2 + 0.9 * HOUR)) == []
    assert [c.change for c in timeline.tell(minute(3, 2 + 1.1 * HOUR))] == ["opened"]


def test_rent_that_stays_overdue_fires_again_after_a_week() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), fact("r1", "rent_overdue", 50, lease="LS-1"))
    alert = timeline.changes[-1].alert
    (resolved,) = timeline.tell(command("c1", "resolve", 51, alert, verdict="true"))
    assert resolved.note and resolved.note.endswith("with the next signal or fact of the asset")
    assert timeline.tell(minute(1, 57)) == []
    (again,) = timeline.tell(minute(2, 59))
    assert (again.change, again.rule, again.summary) == ("opened", "rent_overdue", resolved.summary)
    (cleared,) = timeline.tell(fact("r2", "rent_paid", 60, lease="LS-1"))
    assert (cleared.change, cleared.alert) == ("cleared", again.alert)


def test_rent_of_an_asset_without_telemetry_fires_again_with_its_next_fact() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), fact("r1", "rent_overdue", 50, lease="LS-1"))
    alert = timeline.changes[-1].alert
    timeline.tell(command("c1", "resolve", 51, alert, verdict="true"))
    assert timeline.tell(fact("s1", "surveyed", 57)) == []
    (again,) = timeline.tell(fact("s2", "surveyed", 59))
    assert (again.change, again.alert) == ("opened", "s2/again/rent_overdue")
    assert timeline.tell(fact("s2", "surveyed", 59)) == [], "told again"


def test_a_silenced_alert_can_be_acknowledged_and_stays_silenced_when_it_fires_again() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1))
    (silenced,) = timeline.tell(command("c1", "silence", 2, A, until=day(9)))
    assert silenced.note == "out of the queue until 2026-01-10 00:00 UTC"
    (seen,) = timeline.tell(command("c2", "acknowledge", 3, A))
    assert (seen.handling, seen.silenced_until) == ("acknowledged", day(9))
    timeline.tell(silence(2, 4, "ended"))
    (fired,) = timeline.tell(silence(3, 5))
    assert (fired.change, fired.silenced_until) == ("fired_again", day(9))
    assert fired.note == "it stays silenced until 2026-01-10 00:00 UTC"
    timeline.tell(silence(4, 10, "ended"))
    (late,) = timeline.tell(silence(5, 11))
    assert (late.change, late.note) == ("fired_again", None), "its time has come"


def test_a_raise_of_severity_ends_the_silence() -> None:
    holder = Holder("ship-1", "ship", None, None)
    cause = Cause("s1", day(1), day(1), "monitor")
    book, _ = alert_book.fire({}, "overspeed", Sight("", "warning", {}), cause, holder)
    quiet = replace(book["overspeed"], silenced_until=day(9))
    later = cause._replace(id="s2", recorded_at=day(2))
    book = {"overspeed": quiet}
    _, raised = alert_book.fire(book, "overspeed", Sight("", "alarm", {}), later, holder)
    assert (raised.change, raised.silenced_until) == ("severity_raised", None)
    assert raised.note == "its severity has risen: that ends its silence"
    _, same = alert_book.fire(book, "overspeed", Sight("", "warning", {}), later, holder)
    assert (same.change, same.silenced_until) == ("repeated", day(9))


def test_a_graver_condition_does_not_wait_behind_a_resolved_one() -> None:
    holder = Holder("ship-1", "ship", None, None)
    cause = Cause("s1", day(1), day(1), "monitor")
    book, _ = alert_book.fire({}, "overspeed", Sight("", "warning", {}), cause, holder)
    again_at = day(2) + timedelta(days=1)
    resolved = replace(book["overspeed"], handling="done", fires_again_at=again_at)
    later = cause._replace(id="s2", recorded_at=day(2))
    _, change = alert_book.fire(
        {"overspeed": resolved}, "overspeed", Sight("", "alarm", {}), later, holder
    )
    assert (change.change, change.severity) == ("opened", "alarm")


def test_a_command_for_an_asset_that_nobody_knows_makes_none() -> None:
    timeline = Timeline()
    (refused,) = timeline.tell(command("c1", "acknowledge", 1, "x/silence"))
    assert (refused.change, timeline.life.commands) == ("refused", ())
    assert refused.note == ("no asset ship-9074729 is known: take an id out of the list of assets")
