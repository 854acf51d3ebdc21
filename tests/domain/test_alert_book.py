"""Timelines of alerts: IEC 62923's two sides, commands, and what the desk reads."""

import pytest

from schemas import Signal
from services.domain import alert_book
from services.domain.alert_book import Cause, Holder, Sight
from services.domain.alert_rules import clearing_rule, firing_rule
from tests.domain.lives import Timeline, command, day, delivered_life, fact, moved, signal

A = "telemetry-0-1-0/silence"


def silence(n: int, at: float, word: str = "began") -> Signal:
    evidence = {"silent_s": 15_000.0, "movement": "UNDER_WAY"}
    return signal(
        f"telemetry-0-{n}-0", f"silence_{word}", at, threshold=14_400.0, evidence=evidence
    )


VERDICTS = "true, false_alarm, expected or data_fault"


def overdue(timeline: Timeline) -> str:
    """A leased ship whose rent is overdue on day 50: a rule that asks for no verdict; the alert."""
    timeline.tell(*delivered_life(), fact("r1", "rent_overdue", 50, lease="LS-1"))
    return timeline.changes[-1].alert


def test_cleared_and_then_acknowledged_is_done() -> None:
    timeline = Timeline()
    alert = overdue(timeline)
    timeline.tell(
        fact("r2", "rent_paid", 51, lease="LS-1"), command("c1", "acknowledge", 52, alert)
    )
    assert timeline.says() == [
        ("rent_overdue", "opened", "firing", "new"),
        ("rent_overdue", "cleared", "cleared", "new"),
        ("rent_overdue", "acknowledged", "cleared", "done"),
    ]
    assert timeline.changes[-1].note == "the condition has cleared: the alert is done"
    assert (timeline.life.alerts, list(timeline.done)) == ({}, [alert])
    assert [c.actor for c in timeline.changes] == ["contract", "contract", "Li"]


def test_acknowledged_and_then_cleared_is_done() -> None:
    timeline = Timeline()
    alert = overdue(timeline)
    paid = fact("r2", "rent_paid", 52, lease="LS-1")
    timeline.tell(command("c1", "acknowledge", 51, alert), paid)
    last = timeline.changes[-1]
    assert (last.change, last.actor, last.handling) == ("resolved", "system", "done")
    assert timeline.tell(paid) == []


def test_firing_again_takes_the_acknowledgement_back() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), silence(2, 2, "ended"), silence(3, 3))
    timeline.tell(command("c1", "acknowledge", 4, A), silence(4, 5))
    assert timeline.says()[2:] == [
        ("silence", "fired_again", "firing", "new"),
        ("silence", "acknowledged", "firing", "acknowledged"),
        ("silence", "repeated", "firing", "acknowledged"),
    ]
    assert timeline.changes[-1].occurrences == 3
    assert {change.alert for change in timeline.changes} == {A}


def test_severity_rises_and_never_falls() -> None:
    cause, holder = Cause("s1", day(1), day(1), "monitor"), Holder("x", "ship", None, None)
    book, _ = alert_book.fire({}, "r", Sight("", "warning", {}), cause, holder)
    raised = alert_book.fire(book, "r", Sight("", "emergency", {}), cause, holder)
    assert (raised[1].change, raised[1].severity) == ("severity_raised", "emergency")
    fallen = alert_book.fire(raised[0], "r", Sight("", "caution", {}), cause, holder)
    assert (fallen[1].change, fallen[1].severity) == ("repeated", "emergency")


def test_a_caution_clears_by_itself() -> None:
    timeline = Timeline()
    fault = {"flaw": "frozen", "channel": "sog_kn"}
    timeline.tell(
        signal("telemetry-0-1-0", "data_fault_began", 1, **fault),
        signal("telemetry-0-2-0", "data_fault_ended", 2, **fault),
    )
    assert timeline.says()[-1] == (
        "data_fault:frozen:sog_kn", "resolved", "cleared", "done",
    )  # fmt: skip


def test_work_in_progress_stays_open_until_somebody_resolves_it() -> None:
    timeline = Timeline()
    timeline.tell(
        silence(1, 1), command("c1", "assign", 2, A, assignee="Wu"), silence(2, 3, "ended"),
        silence(3, 4), command("c2", "comment", 5, A, note="calling the master"),
        command("c3", "silence", 6, A, until=day(7)),
        command("c4", "resolve", 8, A, verdict="true", note="antenna repaired"),
    )  # fmt: skip
    assert timeline.says()[1:] == [
        ("silence", "assigned", "firing", "in_progress"),
        ("silence", "cleared", "cleared", "in_progress"),
        ("silence", "fired_again", "firing", "in_progress"),
        ("silence", "commented", "firing", "in_progress"),
        ("silence", "silenced", "firing", "in_progress"),
        ("silence", "resolved", "firing", "done"),
    ]
    last = timeline.changes[-1]
    assert (last.assignee, last.silenced_until, last.verdict) == ("Wu", day(7), "true")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "acknowledge", "alert": "nothing/silence"},
         "no such alert is open, nor among the newest 100 of this asset that are done:"
         " take an id out of the list of alerts"),
        ({"kind": "comment", "alert": None},
         "comment names no alert: take an id out of the list of alerts"),
        ({"kind": "acknowledge"},
         "the alert is in progress already: resolve it, or leave it until it has cleared"),
        ({"kind": "resolve"}, f"resolve needs a verdict: {VERDICTS}"),
        ({"kind": "judge"}, f"judge needs a verdict: {VERDICTS}"),
        ({"kind": "assign"}, "assign needs an assignee: say who takes the alert on"),
        ({"kind": "comment"}, "comment needs a note: write what there is to say"),
        ({"kind": "silence", "until": day(1)},
         "silence needs an end in the future: say until when"),
        ({"kind": "silence"}, "silence needs an end in the future: say until when"),
        ({"kind": "confirm"}, "no such proposal is open: take an id out of the list of alerts"),
        ({"kind": "refuse"}, "no such proposal is open: take an id out of the list of alerts"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_reason(fields: dict[str, str], reason: str) -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c0", "assign", 2, A, assignee="Wu"))
    before = timeline.life.alerts
    (change,) = timeline.tell(command("c1", at=3, **{"alert": A} | fields))
    assert (change.change, change.note, change.actor) == ("refused", reason, "Li")
    assert timeline.life.alerts == before


def test_a_command_told_again_changes_nothing_and_the_memory_is_bounded() -> None:
    timeline = Timeline()
    timeline.tell(silence(1, 1), command("c1", "comment", 2, A, note="x"))
    assert timeline.tell(command("c1", "comment", 2, A, note="x")) == []
    timeline.tell(*(command(f"d{n}", "comment", 3, A, note="x") for n in range(200)))
    assert len(timeline.life.commands) < 100


@pytest.mark.parametrize(
    ("fields", "rule", "severity"),
    [
        ({"kind": "silence_began"}, "silence", "warning"),
        ({"kind": "overspeed_began", "channel": "sog_kn"}, "overspeed", "warning"),
        ({"kind": "data_fault_began", "flaw": "jump"}, "position_jump", "alarm"),
        ({"kind": "data_fault_began", "flaw": "late"}, "data_fault:late", "caution"),
        ({"kind": "zone_entered", "zone_kind": "forbidden", "zone": "Z"},
         "forbidden_zone:Z", "alarm"),
        ({"kind": "zone_entered", "zone_kind": "port", "zone": "Z"}, None, None),
        ({"kind": "movement_changed", "to_state": "AGROUND"}, "aground", "emergency"),
        ({"kind": "anomaly_began", "channel": "c", "detector": "limit/1"}, "limit:c", "emergency"),
        ({"kind": "anomaly_began", "channel": "c", "detector": "ew/1"}, "anomaly:c", "warning"),
        ({"kind": "drift_began", "channel": "c"}, "drift:c", "caution"),
        ({"kind": "minute_summary"}, None, None),
    ],
)  # fmt: skip
def test_each_rule_fires_on_its_signal(
    fields: dict[str, str], rule: str | None, severity: str | None
) -> None:
    fired = firing_rule(fields)
    assert (fired and fired.name_for(fields)) == rule
    assert (fired and fired.severity) == severity


def test_each_rule_is_cleared_by_the_end_of_what_fired_it() -> None:
    ended = {"kind": "anomaly_ended", "channel": "c", "detector": "limit/1"}
    rule = clearing_rule(ended)
    assert rule is not None and rule.name_for(ended) == "limit:c"
    timeline = Timeline()
    timeline.tell(
        moved("telemetry-0-1-0", 1, "AGROUND"), moved("telemetry-0-2-0", 2, "UNDER_WAY", "AGROUND")
    )
    assert [c.change for c in timeline.changes] == ["opened", "cleared"]
