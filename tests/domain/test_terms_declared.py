"""Declared use against the asset's own counter, as timelines."""

import pytest

from tests.domain.lives import command, day, fact
from tests.domain.terms_lives import (
    LEASE,
    a_timeline,
    capped,
    daily,
    declared,
    hourly,
    in_order,
    minute,
    say,
    twice,
)


def test_declared_use_is_held_against_the_counter() -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 80, 1_000, 0.7))
    assert timeline.tell(declared("u1", 80, 113), minute(80.01, 1_168.1)) == []
    timeline.tell(*hourly(80.05, 87, 1_168.7, 0.7))
    (wrong,) = timeline.tell(declared("u2", 87, 96), minute(87.01, 1_285.8))
    assert (wrong.rule, wrong.severity) == ("declared_hours:2026-03-29", "caution")
    assert wrong.summary == (
        "declared 96 h for 22 March 2026 to 29 March 2026, its own counter says 117 h"
    )
    assert (wrong.time, wrong.evidence["fact"]) == (day(87), "u2")


@pytest.mark.parametrize(("hours", "is_wrong"), [
    (100, False), (94.6, False), (106.5, False), (91.5, True), (109.5, True), (0, True),
])  # fmt: skip
def test_a_twentieth_and_what_a_counter_may_be_off_is_let_pass(
    hours: float, is_wrong: bool
) -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 80, 1_000, 100 / 168))
    changes = timeline.tell(declared("u1", 80, hours), minute(80.01, 1_142.9))
    assert bool(changes) == is_wrong


def test_a_correction_and_a_retraction_end_it_and_a_wrong_correction_does_not() -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 80, 1_000))
    assert say(timeline.tell(declared("u1", 80, 90), minute(80.01, 1_240.2))) == [
        ("declared_hours:2026-03-22", "opened")
    ]
    assert timeline.tell(declared("u2", 80, 95, told=81, supersedes="u1")) == []
    assert say(timeline.tell(declared("u3", 80, 168, told=82, supersedes="u2"))) == [
        ("declared_hours:2026-03-22", "resolved")
    ]
    timeline.tell(declared("u4", 80, 90, told=83, supersedes="u3"))
    assert say(timeline.tell(minute(83.1, 1_300))) == [("declared_hours:2026-03-22", "opened")]
    retracted = fact("x", "retracted", 80, told=84, supersedes="u4")
    timeline.tell(fact("x3", "retracted", 80, told=83.9, supersedes="u3"))
    assert "declared_hours:2026-03-22" in timeline.life.alerts
    timeline.tell(fact("x2", "retracted", 80, told=83.95, supersedes="u2"), retracted)
    gone = fact("x1", "retracted", 80, told=85, supersedes="u1")
    timeline.tell(gone, minute(85.1, 1_300.1))
    assert timeline.life.alerts == {}


def test_nothing_is_said_where_the_counter_was_not_heard_at_either_end() -> None:
    unheard_before = a_timeline()
    unheard_before.tell(*hourly(75, 80, 1_000))
    assert unheard_before.tell(declared("u1", 80, 20), minute(80.01, 1_120.2)) == []
    unheard_after = a_timeline()
    unheard_after.tell(*hourly(70, 79.9, 1_000))
    assert unheard_after.tell(declared("u1", 80, 20)) == []
    assert unheard_after.tell(minute(80.5, None), minute(80.6, None)) == []
    assert say(unheard_after.tell(*twice(80.7, 1_240.5))) == [
        ("declared_hours:2026-03-22", "opened")
    ]
    never_heard = a_timeline(declared("u1", 80, 20))
    assert never_heard.tell(minute(80.5, None), minute(87, None)) == []


def test_what_was_used_in_a_gap_is_not_held_against_anybody() -> None:
    """50 hours of the gap around the end may belong to this week or to the next one."""
    timeline = a_timeline()
    timeline.tell(*hourly(70, 79, 1_000, 0.5))
    assert timeline.tell(declared("u1", 80, 110), *twice(82, 1_158)) == []
    idle = a_timeline()
    idle.tell(*hourly(70, 79, 1_000, 0.5))
    assert say(idle.tell(declared("u1", 80, 110), *twice(82, 1_108))) == [
        ("declared_hours:2026-03-22", "opened")
    ]


def test_a_declaration_told_late_is_judged_all_the_same() -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 95, 1_000))
    assert say(timeline.tell(declared("u1", 80, 90, told=95), minute(95.1, 1_602.4))) == [
        ("declared_hours:2026-03-22", "opened")
    ]


def test_what_the_trail_does_not_reach_back_to_any_more_stays_told() -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 80, 1_000), declared("u1", 80, 90), *hourly(80, 125, 1_240))
    timeline.tell(declared("u2", 125, 168), minute(125.1, 2_322.4))
    assert timeline.life.terms.trail.at(day(73)).low is None
    (alert,) = timeline.life.alerts.values()
    assert (alert.rule, alert.condition) == ("declared_hours:2026-03-22", "firing")


def test_a_period_begins_where_the_one_before_ended_or_the_lease_began() -> None:
    """Of 6.5 days, which are told as 7, all is declared that was used."""
    timeline = a_timeline()
    timeline.tell(*hourly(70, 87, 1_000))
    first, second = declared("u1", 79.5, 168), declared("u2", 86, 6.5 * 24)
    assert timeline.tell(first, second, minute(87.1, 1_410.4)) == []
    alone = a_timeline()
    alone.tell(*hourly(70, 87, 1_000))
    short = declared("u2", 86, 6.5 * 24)
    assert say(alone.tell(short, minute(87.1, 1_410.4))) == [
        ("declared_hours:2026-03-28", "opened")
    ]


def test_the_order_in_which_papers_and_minutes_come_makes_no_difference() -> None:
    papers = [capped("a1", 42, 300), declared("u1", 80, 90), declared("u2", 87, 168)]
    minutes = [*hourly(69, 89, 1_000)]
    firing = []
    for cut in (0, 100, 300, len(minutes)):
        timeline = a_timeline()
        timeline.tell(*minutes[:cut], *papers, *minutes[cut:], minute(89.1, 1_482.4))
        alerts = timeline.life.alerts.items()
        firing.append({name for name, alert in alerts if alert.condition == "firing"})
    assert firing == [{"over_cap", "declared_hours:2026-03-22"}] * 4


def test_use_that_is_declared_daily_is_held_against_each_day() -> None:
    timeline = a_timeline()
    assert timeline.tell(*in_order(*hourly(39, 120, 1_000), *daily(41, 120))) == []
    assert len(timeline.life.facts) < 65
    wrong = [*daily(121, 121, 10)]
    told = timeline.tell(*in_order(*hourly(120.1, 122, 2_946.4), *wrong))
    assert say(told) == [("declared_hours:2026-05-02", "opened")]


def test_a_wrong_declaration_stays_so_after_others_and_after_redelivery() -> None:
    timeline = a_timeline()
    told = in_order(*hourly(39, 60, 1_000), *daily(41, 49), *daily(50, 50, 10), *daily(51, 60))
    assert say(timeline.tell(*told)) == [("declared_hours:2026-02-20", "opened")]
    given_back = fact("r", "redelivered", 61, **LEASE)
    assert timeline.tell(given_back, *hourly(61, 110, 1_528), *daily(62, 110)) == []
    assert timeline.life.alerts["declared_hours:2026-02-20"].condition == "firing"


def test_a_wrong_declaration_that_is_not_kept_stays_until_staff_resolve_it() -> None:
    timeline = a_timeline()
    told = in_order(*hourly(39, 43, 1_000), *daily(41, 41), *daily(42, 42, 10))
    (wrong,) = timeline.tell(*told)
    later = in_order(*hourly(43.1, 130, 1_098.4), *daily(43, 130))
    assert timeline.tell(*later) == []
    assert not timeline.life.keeps("d42")
    assert wrong.rule in timeline.life.alerts
    timeline.tell(command("c", "resolve", 130.5, wrong.alert, verdict="true"), *daily(131, 131))
    timeline.tell(*hourly(131.1, 133, 3_210.4))
    assert wrong.rule not in timeline.life.alerts


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_declares_right_does_not_mend_what_another_has_wrong(order: int) -> None:
    timeline = a_timeline()
    timeline.tell(*hourly(70, 81, 1_000))
    wrong = declared("u1", 80, 10)
    right = declared("u2", 80, 168).model_copy(update={"source": "manager"})
    told = [f.model_copy(update={"recorded_at": day(81 + n)}) for n, f in
            enumerate([wrong, right][::order])]  # fmt: skip
    assert say(timeline.tell(*told, *hourly(82, 82.1, 1_288))) == [
        ("declared_hours:2026-03-22", "opened")
    ]
