"""Silence: an asset not heard for longer than its movement state allows, by its own feeds' clocks.

The clock of a feed is the largest ingest time believed of it, carried on by ticks. It is looked at
every 10 s of itself. To an asset that reports seldom by habit, several of its own intervals are
allowed, and to all assets of a feed the gaps that are usual on it (habits). On a feed by which
strangers pass, of an asset that was heard for less time than it may be silent nothing is said. A
clock that leaps by more than FEED_GAP_US stood still: the feed was down, and the time that it was
down is not held against its assets.

Whether is judged by ingest time, when is told in event time: a silence began the allowed time
after the newest reading. It ends no earlier than it began, even by a reading stored before that.
While it lasts it is told again every hour: an asset that sends nothing has no other clock. An asset
of several feeds is heard when any of them hears it.

    heard (of a contact)  the feed's clock when the asset was last heard
    excused (likewise)    the feed was down since then: the gap says nothing of the asset
    passed_by (likewise)  once was heard for less time than it may be silent, and went away
    silent, silence_told  whether its silence was signalled, and the clock when it last was
    silence_time          the event time at which its last silence began or ended
"""

from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import habits, intervals
from services.domain.monitor.events import (
    SILENCE_BEGAN,
    SILENCE_CONTINUES,
    SILENCE_ENDED,
    Out,
    conclude,
)
from services.domain.monitor.plan import FAR_FUTURE_US, NEVER_US, SECOND_US

FEED_GAP_US = 120 * SECOND_US


@compiled
def hear(
    asset: Any, contact: Any, contacts: Array, feeds: Array, state: Any, plan: Any, floor_us: int,
    out: Out,
) -> None:  # fmt: skip
    """Every reading, whatever its flaws, ends a silence."""
    now = out.now
    if asset.silent:
        quiet_us = now.ingest_us - contact.heard
        event = conclude(out, asset, SILENCE_ENDED, _date(asset, asset.newest))
        event.evidence[0] = max(0, quiet_us) / SECOND_US
        asset.silent = 0
    if contact.heard > NEVER_US:
        gap_us = max(0, now.ingest_us - contact.heard)
        allowed_us = _allowed_us(contact, plan, floor_us, state)
        if allowed_us < FAR_FUTURE_US and not contact.excused:
            feed = feeds[contact.source]
            habits.learn_gap(feed, contact, state.moving, gap_us, allowed_us, now.ingest_us)
        intervals.learn(contact.interval_us, state.moving, gap_us, floor_us)
    contact.excused = 0
    contact.heard = max(contact.heard, now.ingest_us)
    other = asset.contact
    if contacts[other].next_of_asset < 0:
        return
    while other >= 0:
        if contacts[other].source != contact.source:
            clock_us = feeds[contacts[other].source].clock_us
            contacts[other].heard = max(contacts[other].heard, clock_us)
        other = contacts[other].next_of_asset


@compiled
def excuse(asset: Any, contact: Any, lost_us: int) -> None:
    """Does not count the time for which its whole feed was down; also for who is heard first."""
    if lost_us > FEED_GAP_US and contact.heard > NEVER_US:
        contact.heard += lost_us
        contact.excused = 1
        asset.changed = 1


@compiled
def check(
    asset: Any, contact: Any, feed: Any, plan: Any, floor_us: int, states: Array, out: Out
) -> None:
    """At a grid point of the feed's clock: whether the asset has gone silent, or still is."""
    clock_us, state = feed.clock_us, states[asset.state]
    if contact.heard > clock_us:  # by a first record far ahead, before the clock was put back
        contact.heard = clock_us
        asset.changed = 1
    limit_us = _allowed_us(contact, plan, floor_us, state)
    quiet_us = clock_us - contact.heard
    began = not asset.silent and quiet_us > limit_us
    if began or asset.silent:
        limit_us = _usual_us(feed, plan, state, limit_us)
        began = not asset.silent and quiet_us > limit_us
    hardly_heard = contact.credit_us < limit_us
    if began and hardly_heard and not contact.passed_by:  # one device that fails again is one
        contact.passed_by, asset.changed = 1, 1
        habits.learn_passer_by(feed)
    if began and hardly_heard and habits.has_passers_by(feed):
        return
    if not began and not (
        asset.silent and clock_us - asset.silence_told >= plan.silence_told_every_us
    ):
        return
    asset.silent, asset.silence_told, asset.changed = 1, clock_us, 1
    # of a device whose clock was never believed, the feed's
    last_us = asset.newest if asset.newest > NEVER_US else contact.heard
    if began:
        event = conclude(out, asset, SILENCE_BEGAN, _date(asset, last_us + limit_us))
    else:
        event = conclude(out, asset, SILENCE_CONTINUES, last_us + quiet_us)
    event.threshold = limit_us / SECOND_US
    event.evidence[0] = quiet_us / SECOND_US


@compiled
def _allowed_us(contact: Any, plan: Any, floor_us: int, state: Any) -> int:
    usual_us = intervals.usual_us(contact.interval_us, state.moving, floor_us)
    return max(int(state.silence_us), int(plan.silence_intervals * usual_us))


@compiled
def _usual_us(feed: Any, plan: Any, state: Any, allowed_us: int) -> int:
    """What is allowed on a feed that leaves healthy assets unheard for longer."""
    times = habits.times_allowed(feed, state.moving, plan.silences_per_day)
    return int(min(times * allowed_us, FAR_FUTURE_US))


@compiled
def _date(asset: Any, time_us: int) -> int:
    """`time_us`, but never before the begin or end that came before it; kept for the next one."""
    asset.silence_time = max(asset.silence_time, time_us)
    return int(asset.silence_time)
