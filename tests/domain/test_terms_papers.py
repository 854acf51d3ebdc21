"""Lapsed cover and late redelivery as timelines: told by time, ended by papers."""

import random
from itertools import permutations
from typing import Any

import pytest

from schemas import AlertChange, Fact, Signal
from services.domain.lifecycle_state import AssetLife, decode, encode
from tests.domain.lives import Timeline, command, day, delivered_life, fact, signal

HOUR = 1 / 24


def minute(at: float) -> Signal:
    return signal(f"telemetry-0-{round(at * 1440)}-0", "minute_summary", at)


def insured(id: str, at: float, until: float, told: float | None = None, **fields: Any) -> Fact:
    return fact(id, "insured", at, told, until=day(until), **fields)


def say(changes: list[AlertChange]) -> list[tuple[str, str]]:
    return [(change.rule, change.change) for change in changes]


def a_timeline(*facts: Fact) -> Timeline:
    """A leased ship, its facts told and taken note of."""
    timeline = Timeline()
    assert timeline.tell(*delivered_life(), *facts) == []
    return timeline


def test_cover_lapses_with_the_first_minute_after_its_end_and_not_before() -> None:
    timeline = a_timeline(insured("i1", 40, 60, counterparty="Norden Mutual"))
    assert timeline.tell(minute(41), minute(59), minute(60 - HOUR)) == []
    (lapsed,) = timeline.tell(minute(60))
    assert (lapsed.rule, lapsed.change, lapsed.severity) == ("insurance", "opened", "alarm")
    assert lapsed.summary == "cover by Norden Mutual ended on 2 March 2026 and was not renewed"
    assert (lapsed.time, lapsed.recorded_at) == (day(60), day(60))
    assert (lapsed.lease, lapsed.lessee) == ("LS-1", "Aurora")
    assert timeline.tell(minute(61), minute(70)) == []


def test_a_renewal_ends_it_at_once_and_nothing_is_said_of_cover_renewed_in_time() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(61))
    assert say(timeline.tell(insured("i2", 62, 100))) == [("insurance", "cleared")]
    assert timeline.tell(minute(63), insured("i3", 95, 200), minute(101), minute(199)) == []
    assert say(timeline.tell(minute(201))) == [("insurance", "fired_again")]


def test_a_renewal_told_late_says_that_the_cover_never_lapsed() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(61))
    (over,) = timeline.tell(insured("i2", 58, 100, told=62))
    assert (over.change, over.note) == ("resolved", "it was over before it was known")


def test_a_correction_of_the_end_and_a_retraction_count() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(61))
    corrected = insured("i2", 40, 90, told=61.5, supersedes="i1")
    assert say(timeline.tell(corrected)) == [("insurance", "resolved")]
    assert timeline.tell(minute(62)) == []
    timeline.tell(fact("x", "retracted", 40, told=63, supersedes="i2"))
    assert say(timeline.tell(minute(64))) == [("insurance", "opened")]


def test_a_cancellation_is_a_cover_that_ends_at_once() -> None:
    timeline = a_timeline(insured("i1", 40, 400))
    cancelled = insured("i2", 50, 50 + HOUR, document="cancellation")
    assert timeline.tell(minute(49), cancelled, minute(50)) == []
    assert say(timeline.tell(minute(51))) == [("insurance", "opened")]


def test_each_kind_of_cover_lapses_by_itself() -> None:
    hull, liability = {"cover": "hull and machinery"}, {"cover": "liability"}
    timeline = a_timeline(
        insured("i1", 40, 60, details=hull), insured("i2", 41, 300, details=liability)
    )
    (lapsed,) = timeline.tell(minute(61))
    words = "cover of hull and machinery ended on 2 March 2026 and was not renewed"
    assert lapsed.summary == words


def test_cover_bound_ahead_takes_effect_on_its_day() -> None:
    ahead = insured("i2", 60, 100, told=45)
    assert a_timeline(insured("i1", 40, 60), ahead).tell(minute(59), minute(61)) == []
    gap = a_timeline(insured("i1", 40, 60), insured("i2", 62, 100, told=45))
    assert say(gap.tell(minute(61), minute(63))) == [
        ("insurance", "opened"), ("insurance", "cleared"),
    ]  # fmt: skip


@pytest.mark.parametrize("facts", [[], [fact("i1", "insured", 40)], [fact("s", "surveyed", 41)]])
def test_without_cover_or_without_its_end_nothing_is_said(facts: list[Fact]) -> None:
    assert a_timeline(*facts).tell(minute(41), minute(399)) == []


def test_an_asset_that_is_sold_needs_no_cover_of_ours() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(61))
    sold = [fact("s1", "sale_agreed", 62), fact("s2", "sold", 63)]
    assert say(timeline.tell(*sold)) == [("insurance", "cleared")]
    assert timeline.tell(minute(64)) == []


def test_redelivery_is_late_once_the_lease_has_ended() -> None:
    timeline = a_timeline()
    assert timeline.tell(minute(41), minute(400 - HOUR)) == []
    (late,) = timeline.tell(minute(400 + HOUR))
    assert (late.rule, late.change, late.severity) == ("late_redelivery", "opened", "alarm")
    assert late.summary == (
        "was to be redelivered by 5 February 2027 under lease LS-1, still on lease"
    )
    assert (late.time, late.recorded_at) == (day(400), day(400 + HOUR))
    assert say(timeline.tell(fact("r", "redelivered", 401))) == [("late_redelivery", "cleared")]
    assert timeline.tell(minute(402), minute(500)) == []


def test_what_was_never_delivered_need_not_be_given_back() -> None:
    *before, _ = delivered_life()
    timeline = Timeline()
    assert timeline.tell(*before, minute(41), minute(401)) == []
    assert timeline.life.regions.contract == "COMMITTED"


def test_an_extension_puts_it_off_and_an_early_end_brings_it_on() -> None:
    timeline = a_timeline(fact("a1", "lease_amended", 50, until=day(70)))
    assert timeline.tell(minute(51), fact("a2", "lease_amended", 69, until=day(80))) == []
    assert timeline.tell(minute(71)) == []
    assert say(timeline.tell(minute(80))) == [("late_redelivery", "opened")]
    extended = fact("a3", "lease_amended", 81, until=day(90))
    assert say(timeline.tell(extended)) == [("late_redelivery", "cleared")]
    assert timeline.tell(minute(89)) == []
    assert say(timeline.tell(minute(90))) == [("late_redelivery", "fired_again")]


def test_an_extension_declared_ahead_ends_it_on_its_day() -> None:
    timeline = a_timeline(fact("a1", "lease_amended", 50, until=day(70)))
    timeline.tell(minute(71), fact("a2", "lease_amended", 72, told=71, until=day(80)))
    assert say(timeline.tell(minute(71.5), minute(72))) == [("late_redelivery", "cleared")]


def test_a_past_that_is_told_as_a_whole_raises_nothing() -> None:
    """Leases and covers that ended years ago, and were followed by others, in the order told."""
    told = {"told": 900.0}
    facts = [fact.model_copy(update={"recorded_at": day(900)}) for fact in delivered_life()]
    facts += [
        insured("i1", 40, 400, **told), fact("r", "redelivered", 400, **told),
        insured("i2", 399, 2000, **told),
        fact("l", "lease_signed", 410, lease="LS-2", until=day(1500), **told),
        fact("d", "delivered", 420, **told),
    ]  # fmt: skip
    timeline = Timeline()
    assert timeline.tell(*facts, minute(900), minute(1499)) == []
    assert say(timeline.tell(minute(1501))) == [("late_redelivery", "opened")]


def test_any_order_of_papers_ends_in_the_same_alerts() -> None:
    papers = [
        insured("i1", 40, 60), insured("i2", 59, 61), insured("i3", 59, 90, supersedes="i2"),
        fact("a1", "lease_amended", 50, until=day(58)),
        fact("x", "retracted", 50, told=51, supersedes="a1"),
    ]  # fmt: skip
    for order in permutations(papers):
        timeline = Timeline()
        timeline.tell(*delivered_life(), minute(41), *order[:2], minute(62), *order[2:])
        timeline.tell(minute(63))
        firing = {n for n, alert in timeline.life.alerts.items() if alert.condition == "firing"}
        assert firing == set()
        timeline.tell(minute(91))
        assert timeline.life.alerts["insurance"].condition == "firing"


def test_a_replay_gives_the_same_ids_wherever_the_state_was_written_and_read() -> None:
    messages: list[Fact | Signal] = [
        *delivered_life(), insured("i1", 40, 60), minute(41), minute(61),
        insured("i2", 62, 500), minute(399), minute(401),
    ]  # fmt: skip
    first, again = Timeline(), Timeline()
    first.tell(*messages)
    for message in messages:
        again.tell(message)
    assert first.changes == again.changes
    assert len({change.id for change in first.changes}) == len(first.changes) == 3


def test_one_that_was_resolved_while_it_stands_fires_again_after_a_week() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    (lapsed,) = timeline.tell(minute(61))
    timeline.tell(command("c1", "resolve", 61.5, lapsed.alert, verdict="true"))
    assert timeline.tell(minute(62), minute(68)) == []
    assert say(timeline.tell(minute(69))) == [("insurance", "opened")]


def test_a_state_of_before_is_looked_at_with_its_first_minute() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    of_before = encode(AssetLife(timeline.life.asset, "ship", timeline.life.facts))
    assert b"terms" not in of_before
    timeline.life = decode(of_before)
    assert say(timeline.tell(minute(61))) == [("insurance", "opened")]


def test_nothing_but_what_may_say_something_of_terms_makes_them_be_read_again() -> None:
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(41))
    assert timeline.life.terms.read
    timeline.tell(fact("p", "particulars", 42), fact("s", "surveyed", 43))
    assert timeline.life.terms.read
    timeline.tell(insured("i2", 44, 70))
    assert not timeline.life.terms.read


def test_minutes_in_any_order_tell_it_once() -> None:
    minutes = [minute(at / 10) for at in range(590, 630)]
    random.Random(7).shuffle(minutes)
    timeline = a_timeline(insured("i1", 40, 60))
    assert say(timeline.tell(*minutes)) == [("insurance", "opened")]


def test_covers_of_one_broker_do_not_displace_each_other() -> None:
    hull = insured("hull", 40, 200, details={"cover": "hull and machinery"})
    war = [
        insured(f"war{n}", 50.0 + 30 * n, 81.0 + 30 * n, details={"cover": "war"})
        for n in range(20)
    ]
    timeline = a_timeline(hull, *war[:5])
    assert timeline.tell(*war[5:9], minute(199)) == []
    assert say(timeline.tell(minute(201))) == [("insurance", "opened")]
    assert timeline.tell(*war[9:], minute(202)) == []
    wars = [fact for fact in timeline.life.read_facts() if fact.id.startswith("war")]
    assert len(wars) == 8


def test_a_cover_in_force_and_a_cancellation_outlast_newer_ones() -> None:
    more = [insured(f"i{n}", 50.0 + n, 51.0 + n) for n in range(12)]
    assert a_timeline(insured("i", 40, 300), *more).tell(minute(70), minute(299)) == []
    cancelled = insured("c", 45, 45 + HOUR, document="cancellation S0012-260214")
    timeline = a_timeline(insured("i", 40, 300), cancelled, *more)
    assert say(timeline.tell(minute(70))) == [("insurance", "opened")]


@pytest.mark.parametrize("order", [1, -1])
def test_an_additional_cover_that_ends_leaves_the_other_in_force(order: int) -> None:
    covers = [insured("i1", 40, 390), insured("i2", 60, 90)][::order]
    timeline = a_timeline(*covers)
    assert timeline.tell(minute(61), minute(91), minute(390 - HOUR)) == []
    (lapsed,) = timeline.tell(minute(390 + HOUR))
    assert (lapsed.rule, lapsed.evidence["fact"]) == ("insurance", "i1")


def test_a_cover_that_ends_as_it_begins_ends_the_others() -> None:
    cancelled = insured("i2", 50, 50 + 20 / 86_400)
    timeline = a_timeline(insured("i1", 40, 400), cancelled)
    assert say(timeline.tell(minute(51))) == [("insurance", "opened")]
    assert say(timeline.tell(insured("i3", 52, 300))) == [("insurance", "cleared")]


def test_a_silence_that_goes_on_tells_the_time_too() -> None:
    """Its feed's clock, by which the monitor tells of it every hour; without it there is none."""
    timeline = a_timeline(insured("i1", 40, 60))
    timeline.tell(minute(59), signal("s-1", "silence_began", 59.5))
    assert timeline.tell(signal("s-2", "silence_continues", 60 - HOUR)) == []
    assert say(timeline.tell(signal("s-3", "silence_continues", 60))) == [("insurance", "opened")]
