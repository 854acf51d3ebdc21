"""A counter that leaps, falls or is another one: what it does to caps, as timelines."""

import random
from typing import Any

import pytest
from msgspec.structs import replace

from tests.domain.lives import day, fact
from tests.domain.terms_lives import LEASE, a_timeline, capped, hourly, minute, say, twice


def test_a_cap_that_was_broken_is_not_kept_because_another_counter_is_heard() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 85, 1_000))
    papers = fact("r", "rent_paid", 90, details={"days_late": 20.0}, **LEASE)
    assert timeline.tell(*hourly(87.5, 90, 20), papers, *hourly(90, 99, 80)) == []
    assert timeline.life.alerts["over_cap"].condition == "firing"
    assert say(timeline.tell(*hourly(99, 101, 296))) == [("over_cap", "cleared")]


def test_a_counter_that_cannot_be_the_one_in_the_papers_proves_nothing() -> None:
    terms: dict[str, Any] = {"month_from": "2026-03-02T00:00:00Z", "hours_total_from": 1_000.0}
    timeline = a_timeline(capped("a1", 85, 300, **terms))
    assert timeline.tell(minute(85.1, 42_000), *twice(86, 42_010)) == []


def test_a_quiet_minute_leaves_the_state_as_it_is() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(minute(70, 1_000), minute(70.01, 1_000.1))
    before = timeline.life
    timeline.tell(minute(70.02, 1_000.2), minute(70.03, 1_000.4))
    assert timeline.life == before
    timeline.tell(minute(70.04, 1_000.6))
    assert timeline.life.terms.trail.newest == (day(70.04).replace(second=0), 1_000.6)


def test_one_strange_minute_of_a_ship_at_berth_costs_nothing() -> None:
    """The cap is told of all the same, by the true counter."""
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 76, 1_000))
    points = len(timeline.life.terms.trail.points)
    timeline.tell(*hourly(76, 79, 1_168, 0), minute(79.01, 9_000), minute(79.02, 1_168))
    assert len(timeline.life.terms.trail.points) >= points
    assert say(timeline.tell(*hourly(79.04, 97, 1_168.5))) == [("over_cap", "opened")]


def test_a_leap_that_the_clock_allows_breaks_no_cap_by_itself() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 80, 1_000), *hourly(80, 84, 1_264, 0))
    assert timeline.tell(minute(84.01, 1_359), *hourly(84.02, 94, 1_264, 0)) == []


def test_an_alert_on_a_wrong_counter_ends_with_the_true_one() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 80, 1_000), *hourly(80, 84, 1_264, 0))
    wrong = timeline.tell(minute(84.01, 1_359), minute(84.011, 1_359))
    assert say(wrong) == [("over_cap", "opened")]
    mended = timeline.tell(*(minute(84.02 + n / 1440, 1_264) for n in range(20)))
    assert say(mended) == [("over_cap", "cleared")]
    assert timeline.tell(*hourly(84.1, 85, 1_264)) == []


def test_a_counter_that_begins_at_nought_is_noted_after_two_days() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 80, 1_000), *hourly(80.1, 83, 0, 0.5))
    first = timeline.life.terms.trail.first
    assert first is not None
    assert first.value < 30


def test_a_counter_that_is_not_believed_leaves_the_state_as_it_is() -> None:
    """Though the month that has begun awaits it."""
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 99, 1_000, 0.1), minute(100.1, 20))
    assert timeline.life.terms.awaits
    before = timeline.life
    timeline.tell(*hourly(100.2, 101, 20, 0.5))
    assert timeline.life == before


def test_a_state_of_before_doubts_a_lower_counter_too() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 70, 1_000))
    terms = replace(timeline.life.terms, note_below=None)
    timeline.life = replace(timeline.life, terms=terms)
    timeline.tell(minute(70.1, 500))
    assert timeline.life.terms.trail.doubt is not None


@pytest.mark.parametrize("seed", range(3))
def test_strange_minutes_here_and_there_change_nothing_that_is_told(seed: int) -> None:
    """One in a hundred, of a ship whose engine runs for days and rests for days."""
    chance, hours, runs = random.Random(seed), 1_000.0, True
    clean, strange = a_timeline(capped("a1", 42, 300)), a_timeline(capped("a1", 42, 300))
    for quarter in range(68 * 96, 102 * 96):
        runs = runs != (chance.random() < 0.005)
        hours += 0.25 * runs
        clean.tell(minute(quarter / 96, hours))
        off = chance.choice([-hours, 9_000, -50, 40, -3, 3]) if chance.random() < 0.01 else 0
        strange.tell(minute(quarter / 96, hours + off))
    assert say(strange.changes) == say(clean.changes)
    newest = strange.life.terms.trail.newest
    assert newest is not None
    assert abs(newest.value - hours) <= 0.5
