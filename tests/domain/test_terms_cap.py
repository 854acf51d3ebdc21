"""The cap of a month against the asset's own counter, as timelines."""

from typing import Any

import pytest

from tests.domain.lives import Timeline, day, delivered_life, fact
from tests.domain.terms_lives import LEASE, a_timeline, capped, hourly, minute, say, twice


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
