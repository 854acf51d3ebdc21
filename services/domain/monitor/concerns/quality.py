"""Data quality: every flaw of a reading is pointed at; flawed numbers are not fed on.

Flaws of the reading: duplicate, late, gap, future, clock_skew, position_impossible, jump. Flaws of
a channel: impossible, counter_backwards, frozen; unknown channels are told of by the core. A late
or future reading enters history but never moves the asset's state; nor does one of a slower feed
that is older than what another feed has said.
"""

import math
from typing import Any

from schemas.reading import MAX_AHEAD
from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import episodes, habits
from services.domain.monitor.concerns.clock import LEAP_US
from services.domain.monitor.events import (
    BACKWARDS,
    CLOCK_SKEW,
    DUPLICATE,
    FUTURE,
    GAP,
    IMPOSSIBLE,
    LATE,
    OUT_OF_RANGE,
    READING_FLAGGED,
    READING_FLAWS,
    STUCK,
    Out,
    conclude,
)
from services.domain.monitor.plan import NEVER_US, SECOND_US

FUTURE_US = int(MAX_AHEAD.total_seconds()) * SECOND_US
_STEADY_US = 5 * SECOND_US
_UNHEARD = 5
"""Missing in a row: the asset was out of reach; fewer were lost on the way."""


@compiled
def _content(reading: Any, values: Array) -> float:
    """A number that is another one when a reading tells of something else."""
    content = 0.0
    if not (math.isnan(reading.lat) or math.isnan(reading.lon)):
        content += 0.3 * reading.lat + 0.7 * reading.lon
    for n in range(len(values)):
        if not math.isnan(values[n]):
            content += (n + 1.5) * values[n]
    return content


@compiled
def timing(
    reading: Any, values: Array, asset: Any, contact: Any, feed: Any, plan: Any, now: Any,
    flaws: Array,
) -> bool:  # fmt: skip
    """Flags what is wrong with the reading's time; whether the reading is live.

    A reading of the same second as the one before is that one heard again if its number is the
    same. Some feeds number what a receiver hears instead: there it is if it says the same.
    """
    time, newest = reading.time_us, asset.newest
    content = _content(reading, values)
    same = reading.seq == contact.last_seq or content == contact.last_content
    duplicate = time == contact.last_time and same
    late = not duplicate and time < contact.newest
    ahead = time - now.ingest_us > FUTURE_US
    future = ahead and not duplicate
    # a feed's first record may be wrong about the year: it moves nobody known from elsewhere
    unproven = feed.leap_us == feed.clock_us and NEVER_US < newest < time - LEAP_US
    missing = reading.seq - 1 - contact.newest_seq if contact.newest_seq >= 0 else 0
    flaws[GAP] = 0 < missing < _UNHEARD and not (duplicate or late)
    contact.missing += missing if flaws[GAP] else 0
    contact.late += late
    if duplicate:
        contact.newest_seq = max(contact.newest_seq, reading.seq)
    elif not late:
        contact.newest_seq = reading.seq
    contact.last_time, contact.last_seq = time, reading.seq
    contact.last_content = content
    if not (ahead or unproven):
        contact.newest = max(contact.newest, time)
        asset.newest = max(newest, time)
    flaws[DUPLICATE] = duplicate
    flaws[LATE] = late
    flaws[FUTURE] = future
    flaws[CLOCK_SKEW] = _is_skewed(contact, feed, plan, now.ingest_us - time)
    return not (duplicate or late or future or unproven) and time >= newest


@compiled
def _is_skewed(contact: Any, feed: Any, plan: Any, lag_us: int) -> bool:
    """A clock that is off from its feed's by a steady amount; a delayed batch catches up.

    Not judged until the feed's lag was measured with the asset among its own.
    """
    known = feed.measured > contact.joined
    off = known and abs(lag_us - feed.lag) > plan.skew_us
    same = abs(lag_us - contact.lag) < _STEADY_US
    contact.steady = contact.steady + 1 if off and same else 0
    if not same:  # kept while it is, or one that creeps would pass for steady
        contact.lag = lag_us
    return bool(contact.steady >= plan.skew_readings)


@compiled
def is_impossible_position(lat: float, lon: float) -> bool:
    """No place on the globe, or what a receiver without a fix says."""
    return abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0)


@compiled
def clean(values: Array, bounds: Array, usable: bool, cleaned: Array, bad: Array) -> None:
    """Copies the values, without the impossible ones; starts a channel's flaws anew."""
    for n in range(len(cleaned)):
        value = values[n]
        impossible = value < bounds[n].low or value > bounds[n].high
        cleaned[n] = math.nan if impossible else value
        bad[n, OUT_OF_RANGE] = impossible and usable
        bad[n, BACKWARDS] = bad[n, STUCK] = False


@compiled
def counters(cleaned: Array, channels: Array, bounds: Array, bad: Array) -> None:
    """A counter that is behind where it was, of a live reading."""
    for n in range(len(cleaned)):
        if bounds[n].monotonic and not math.isnan(cleaned[n]):
            bad[n, BACKWARDS] = cleaned[n] < channels[n].counter
            channels[n].counter = cleaned[n]


@compiled
def flag(
    reading: Any, values: Array, asset: Any, bounds: Array, flaws: Array, bad: Array, out: Out
) -> bool:
    """One reading_flagged a flaw; frozen channels, skewed clocks and gaps are episodes only.

    Whether there is any flaw.
    """
    found = False
    for flaw in range(READING_FLAWS):
        found = found or flaws[flaw]
        if flaws[flaw] and flaw not in (GAP, CLOCK_SKEW):
            _flag_reading(reading, asset, flaw, out)
    for k in range(3):
        for n in range(len(bad)):
            found = found or bad[n, k]
            if bad[n, k] and k != STUCK:
                event = conclude(out, asset, READING_FLAGGED, reading.time_us)
                event.flaw = IMPOSSIBLE + k
                event.channel = n
                event.value = values[n]
                event.evidence[0] = bounds[n].low
                event.evidence[1] = bounds[n].high
    return found


@compiled
def _flag_reading(reading: Any, asset: Any, flaw: int, out: Out) -> None:
    """With what a person needs to see why."""
    event = conclude(out, asset, READING_FLAGGED, reading.time_us)
    event.flaw = flaw
    if flaw in (DUPLICATE, LATE, FUTURE):
        event.evidence[0] = (out.now.ingest_us - reading.time_us) / SECOND_US
        event.evidence[1] = max(0, asset.newest - reading.time_us) / SECOND_US
    else:
        event.evidence[0] = reading.lat
        event.evidence[1] = reading.lon


@compiled
def keep_episodes(
    reading: Any, asset: Any, channels: Array, feed: Any, flaws: Array, bad: Array, stretch: Array,
    over: bool, live: bool, out: Out,
) -> None:  # fmt: skip
    """Every flaw's episode; `stretch` is what was wrong in one that is `over`."""
    _weigh_habits(reading, asset, feed, flaws, stretch, over, out)
    for flaw in range(FUTURE, READING_FLAWS):
        episodes.step(reading, asset, asset, flaw, flaw, -1, flaws[flaw], live, out)
    for k in range(3):
        for n in range(len(bad)):
            episodes.step(reading, asset, channels[n], k, IMPOSSIBLE + k, n, bad[n, k], live, out)


@compiled
def _weigh_habits(
    reading: Any, asset: Any, feed: Any, flaws: Array, stretch: Array, over: bool, out: Out
) -> None:
    """The flaws that a healthy feed has as well, by how often it has them."""
    sure = habits.SURE_OF_READINGS
    level = habits.weigh(
        asset.flaw_level[DUPLICATE], flaws[DUPLICATE],
        max(feed.duplicate_share, habits.LEAST_OF_READINGS), feed.readings,
        habits.MORE_READINGS, sure,
    )  # fmt: skip
    episodes.step_by_evidence(reading, asset, DUPLICATE, level, sure, out)
    sure = habits.SURE_OF_STRETCHES
    for n in range(habits.STRETCH_FLAWS if over else 0):
        level = habits.weigh(
            asset.flaw_level[LATE + n], stretch[n] > 0,
            max(feed.stretch_share[n], habits.LEAST_OF_STRETCHES), feed.stretches,
            habits.MORE_STRETCHES, sure,
        )  # fmt: skip
        episodes.step_by_evidence(reading, asset, LATE + n, level, sure, out)
