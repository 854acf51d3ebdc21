"""The cap of a month and declared use against the asset's own counter, as timelines."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from schemas import AlertChange, Fact, Signal
from tests.domain.lives import Timeline, command, day, delivered_life, fact, signal

LEASE: dict[str, Any] = {"lease": "LS-1"}


def minute(at: float, hours: float | None) -> Signal:
    """A summary at day `at`, with the main engine's counter if the ship told it."""
    evidence = {} if hours is None else {"me_hours": hours}
    id = f"telemetry-0-{round(at * 1440)}-0"
    return signal(id, "minute_summary", at, evidence=evidence)


def twice(at: float, hours: float) -> list[Signal]:
    """Two summaries: what has grown by some hours unheard is believed with the second."""
    return [minute(at, hours), minute(at + 1 / 1440, hours)]


def hourly(first: float, last: float, hours: float, share: float = 1.0) -> Iterator[Signal]:
    """Summaries an hour from day to day; the engine runs for a share of the time."""
    for n in range(round((last - first) * 24) + 1):
        yield minute(first + n / 24, hours + n * share)


def say(changes: list[AlertChange]) -> list[tuple[str, str]]:
    return [(change.rule, change.change) for change in changes]


def capped(id: str, at: float, hours: float, told: float | None = None, **more: Any) -> Fact:
    details = {"cap_hours_month": hours, **more}
    return fact(id, "lease_amended", at, told, details=details, **LEASE)


def declared(id: str, at: float, hours: float, told: float | None = None, **more: Any) -> Fact:
    details = {"hours": hours, "period_days": 7}
    return fact(id, "utilisation_declared", at, told, source="lessee", details=details, **more)


def a_timeline(*facts: Fact) -> Timeline:
    """A ship delivered on day 40, whose rent is due every 30 days from then: days 40, 70, 100."""
    rhythm = fact("a0", "lease_amended", 41, details={"rent_due": "every 30 days"}, **LEASE)
    timeline = Timeline()
    assert timeline.tell(*delivered_life(), rhythm, *facts) == []
    return timeline


def test_the_cap_is_broken_when_the_month_has_used_more_than_that_and_not_before() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    assert timeline.tell(*hourly(69, 70 + 303 / 24, 1_000)) == []
    changes = timeline.tell(*hourly(70 + 304 / 24, 70 + 310 / 24, 1_328))
    assert say(changes) == [("over_cap", "opened")]
    (over,) = changes
    assert over.severity == "warning"
    assert over.summary == (
        "used 304 h of 300 h allowed in the month from 12 March 2026 under lease LS-1"
    )
    assert over.time == day(70 + 304 / 24)
    assert (over.evidence["month_from"], over.evidence["cap"]) == ("2026-03-12T00:00:00Z", 300)


def test_another_month_begins_with_nothing_used() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 99, 1_000))
    assert timeline.life.alerts["over_cap"].condition == "firing"
    assert say(timeline.tell(*hourly(99, 101, 1_720))) == [("over_cap", "cleared")]
    assert timeline.tell(*hourly(101, 100 + 302 / 24, 1_768)) == []
    assert say(timeline.tell(*twice(113, 2_056))) == [("over_cap", "fired_again")]


def test_another_cap_and_the_end_of_the_lease_end_it() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 85, 1_000))
    assert say(timeline.tell(capped("a2", 85, 700))) == [("over_cap", "cleared")]
    assert timeline.tell(*hourly(85, 90, 1_384)) == []
    assert say(timeline.tell(capped("a3", 90, 400), minute(90.1, 1_506))) == [
        ("over_cap", "fired_again")
    ]
    assert say(timeline.tell(fact("r", "redelivered", 91))) == [("over_cap", "cleared")]


def test_a_cap_told_late_counts_from_when_the_month_began() -> None:
    timeline = a_timeline()
    assert timeline.tell(*hourly(69, 85, 1_000)) == []
    assert say(timeline.tell(capped("a1", 42, 300, told=85), minute(85.1, 1_386))) == [
        ("over_cap", "opened")
    ]


def test_what_was_used_before_the_counter_was_heard_is_not_known() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    assert timeline.tell(*hourly(80, 92, 1_000)) == []
    assert say(timeline.tell(*hourly(92, 93, 1_288))) == [("over_cap", "opened")]


def test_the_papers_may_say_where_the_counter_stood_as_the_month_began() -> None:
    terms: dict[str, Any] = {
        "month_from": "2026-03-02T00:00:00Z",
        "hours_total_from": 1_000.0,
    }  # day 60
    timeline = a_timeline(capped("a1", 85, 300, **terms))
    assert timeline.tell(minute(85.1, 1_295)) == []
    (over,) = timeline.tell(*twice(86, 1_310))
    assert over.summary == (
        "used 310 h of 300 h allowed in the month from 2 March 2026 under lease LS-1"
    )


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


def test_without_a_rhythm_months_are_those_of_the_calendar() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), capped("a1", 42, 300))  # day 59 is the first of March
    assert timeline.tell(*hourly(58, 59 + 302 / 24, 1_000)) == []
    (over,) = timeline.tell(*twice(59 + 310 / 24, 1_334))
    assert "in the month from 1 March 2026" in over.summary


def test_what_was_used_before_delivery_is_not_the_lessees() -> None:
    timeline = Timeline()
    timeline.tell(*delivered_life(), capped("a1", 42, 300))  # delivered on 10 February
    timeline.tell(*hourly(32, 39, 1_000))
    assert timeline.tell(*hourly(39, 40 + 302 / 24, 1_168)) == []
    (over,) = timeline.tell(*twice(40 + 310 / 24, 1_502))
    assert "in the month from 10 February 2026" in over.summary


def test_a_rent_that_was_paid_on_its_day_says_when_the_month_begins() -> None:
    on_time = fact("r1", "rent_paid", 75, details={"days_late": 0.0}, **LEASE)
    too_late = fact("r2", "rent_paid", 78, details={"days_late": 3.0}, **LEASE)
    timeline = a_timeline(capped("a1", 42, 300), on_time, too_late)
    assert timeline.tell(*hourly(69, 75 + 302 / 24, 1_000)) == []
    (over,) = timeline.tell(*twice(75 + 310 / 24, 1_454))
    assert over.evidence["month_from"] == "2026-03-17T00:00:00Z"


def test_the_cap_is_told_of_with_the_minute_in_which_it_is_broken() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 70 + 302.5 / 24, 1_000))
    begin = timeline.life.terms.trail.at(day(70)).high
    assert begin == 1_024
    over = begin + 303
    assert timeline.tell(minute(70 + 302.9 / 24, over - 0.1)) == []
    assert say(timeline.tell(minute(70 + 303.1 / 24, over + 0.1))) == [("over_cap", "opened")]


def test_a_cap_is_in_force_from_its_day_and_under_its_lease() -> None:
    timeline = a_timeline(capped("a1", 80, 300, told=50))
    assert timeline.tell(*hourly(69, 79.9, 1_000)) == []
    assert say(timeline.tell(*hourly(80, 83, 1_264))) == [("over_cap", "opened")]
    other = Timeline()
    other.tell(*delivered_life(), fact("r", "redelivered", 50))
    next_lease: dict[str, Any] = {"lease": "LS-2", "lessee": "Borealis"}
    other.tell(
        fact("l", "lease_signed", 51, **next_lease), fact("d", "delivered", 52, **next_lease)
    )
    details = {"cap_hours_month": 10.0}
    other.tell(fact("a", "lease_amended", 45, told=53, details=details, **LEASE))
    before = len(other.changes)
    other.tell(*hourly(53, 57, 1_000))
    assert [c for c in other.changes[before:] if c.rule == "over_cap"] == []


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


def daily(first: int, last: int, hours: float = 24) -> Iterator[Fact]:
    """Declarations of a day each, which do not say for how long they are."""
    for at in range(first, last + 1):
        details = {"hours": hours}
        yield fact(f"d{at}", "utilisation_declared", at, source="lessee", details=details)


def in_order(*messages: Fact | Signal) -> list[Fact | Signal]:
    """By when they were told."""
    return sorted(messages, key=lambda m: m.recorded_at if isinstance(m, Fact) else m.ingest_time)


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


def test_a_fact_in_quarantine_is_no_term() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 75, 1_000))
    timeline.tell(fact("d2", "delivered", 74, told=75, **LEASE))
    assert timeline.life.alerts["quarantined_fact"].condition == "firing"
    (over,) = timeline.tell(*hourly(75, 70 + 304 / 24, 1_144))
    assert over.evidence["month_from"] == "2026-03-12T00:00:00Z"


def test_an_amendment_in_quarantine_caps_nothing() -> None:
    """Of a lease that had been given back by then; the next one has a cap of its own."""
    timeline = a_timeline()
    other: dict[str, Any] = {"lease": "LS-2", "lessee": "Borealis"}
    timeline.tell(fact("r", "redelivered", 50), fact("l", "lease_signed", 51, **other))
    details = {"cap_hours_month": 10.0}
    timeline.tell(fact("x", "lease_amended", 50.5, told=51.6, details=details, lease="LS-2"))
    assert timeline.life.alerts["quarantined_fact"].condition == "firing"
    before = len(timeline.changes)
    timeline.tell(fact("d", "delivered", 52, **other), *hourly(52, 56, 1_000))
    assert [c for c in timeline.changes[before:] if c.rule == "over_cap"] == []


@pytest.mark.parametrize(("details", "month"), [
    ({"cap_hours_month": 300.0, "rent_due": " Every 30  Days"}, "2026-03-12T00:00:00Z"),
    ({"cap_hours_month": " 300.0 "}, "2026-03-01T00:00:00Z"),
    ({"cap_hours_month": 300.0, "month_from": "2026-03-05"}, "2026-03-05T00:00:00Z"),
])  # fmt: skip
def test_details_may_be_written_as_people_write_them(details: dict[str, Any], month: str) -> None:
    """A bare date is midnight UTC, as in all facts; JSON may have numbers in quotes."""
    timeline = Timeline()
    timeline.tell(*delivered_life(), fact("a1", "lease_amended", 42, details=details, **LEASE))
    (over,) = timeline.tell(*hourly(58, 84, 1_000))
    assert over.evidence["month_from"] == month


@pytest.mark.parametrize("cap", ["", "about 300", "nan", "1e999", "300 h"])
def test_a_cap_that_is_no_number_is_none(cap: str) -> None:
    timeline = a_timeline(
        fact("a1", "lease_amended", 42, details={"cap_hours_month": cap}, **LEASE)
    )
    assert timeline.tell(*hourly(69, 90, 1_000)) == []


def test_a_state_of_before_doubts_a_lower_counter_too() -> None:
    timeline = a_timeline(capped("a1", 42, 300))
    timeline.tell(*hourly(69, 70, 1_000))
    terms = replace(timeline.life.terms, note_below=None)
    timeline.life = replace(timeline.life, terms=terms)
    timeline.tell(minute(70.1, 500))
    assert timeline.life.terms.trail.doubt is not None
