"""What is usual on a feed, so that nobody is told of what it always does.

Feeds lose and repeat reports in health: trains are unheard in tunnels, satellites pass a few times
a day, a second receiver hears what the first one has sent. A fault is what the feed's assets have
less than once in so many days, or far more often than its other readings.

    gaps         of the feed's assets at rest, then moving: how often they were unheard for longer
                 than their class allows, by how many times as long (classes of _RATIO)
    heard_days   for how long they were listened to, at rest and moving
    credit_us    (of a contact) for how long its asset was heard, less for how long it was not
    passers_by   how many of its assets were heard for a short time and went away
    gap_day, day_gap  (of a contact) the last day that had such a gap, at rest and moving, and the
                      class of its longest
    readings, duplicate_share  that it brought, the latest _MEMORY at most; how many are repeats
    stretches, stretch_share   of five minutes of an asset; in how many a reading was late, or
                               numbers were missing
    stretch, late, missing     (of a contact) the one that is not over, and so many readings in it
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.plan import NEVER_US

GAPS = 24
_RATIO = math.log(64.0) / GAPS
"""Of one class of gaps to the next, as a logarithm; the last one has no upper end."""
_MEMORY_DAYS = 1_000.0  # asset-days, then all counts half: what changed for good is believed
_DAY_US = 86_400_000_000
_MOST_CREDIT_US = 14 * _DAY_US
_FAILURES = 10.0
"""So many assets of a feed may fall silent soon after they were first heard."""

_MEMORY = 20_000.0
_KNOWN_AFTER = 200
"""Readings, or stretches, after which a feed's shares are judged by."""
_STRETCH_US = 300_000_000
STRETCH_FLAWS = 2
"""LATE and GAP are judged by stretches of time."""
MORE_READINGS, MORE_STRETCHES = 0.15, 0.5
"""Shares that a fault has beyond the usual one: of readings, of stretches."""
SURE_OF_READINGS, SURE_OF_STRETCHES = 14.0, 11.0
"""One false alarm in exp(14) readings or exp(11) stretches: each some 200 days of a train."""
LEAST_OF_READINGS, LEAST_OF_STRETCHES = 0.01, 0.05
"""No feed is taken to be better than that."""
_OVERFULL, _EMPTIED = 1.15, 0.5  # of what is sure: no more than that, and less ends it


@compiled
def learn_gap(
    feed: Any, contact: Any, moving: int, gap_us: int, allowed_us: int, clock_us: int
) -> None:
    """Takes the time between two reports of an asset, and what its class allows it.

    Who is away for longer than it is here is a passer-by, from whom nothing is learned. Of an
    asset's gaps of a day the longest at rest and the longest moving count: one faulty device is no
    habit of its feed.
    """
    credit_us = contact.credit_us
    if gap_us <= allowed_us:
        contact.credit_us = min(credit_us + gap_us, _MOST_CREDIT_US)
    else:
        contact.credit_us = max(credit_us - gap_us, 0)
        if credit_us < gap_us:
            return
        _count(feed, contact, moving, clock_us // _DAY_US, _class_of(gap_us / allowed_us))
    feed.heard_days[moving] += gap_us / _DAY_US
    if feed.heard_days[moving] > _MEMORY_DAYS:
        feed.heard_days[moving] /= 2
        feed.passers_by /= 2
        for n in range(moving * GAPS, (moving + 1) * GAPS):
            feed.gaps[n] /= 2


@compiled
def _count(feed: Any, contact: Any, moving: int, day: int, size: int) -> None:
    """Counts a gap, in the place of a shorter one of the same asset and day."""
    first = moving * GAPS
    if day == contact.gap_day[moving]:
        counted = contact.day_gap[moving]
        if size <= counted:
            return
        feed.gaps[first + counted] = max(feed.gaps[first + counted] - 1.0, 0.0)
    contact.gap_day[moving], contact.day_gap[moving] = day, size
    feed.gaps[first + size] += 1.0


@compiled
def _class_of(ratio: float) -> int:
    return int(min(math.log(ratio) / _RATIO, GAPS - 1.0))


@compiled
def times_allowed(feed: Any, moving: int, per_day: float) -> float:
    """By how much more than its class allows an asset of the feed may be unheard, at least 1.

    Gaps that are longer come less than `per_day` times an asset-day; two are no habit. Never more
    than the longest that are told apart.
    """
    most = 2.0 + per_day * (feed.heard_days[0] + feed.heard_days[1])
    longer = 0.0
    for n in range(GAPS - 1, -1, -1):
        longer += float(feed.gaps[moving * GAPS + n])
        if longer > most:
            return math.exp(min(n + 1.0, GAPS - 1.0) * _RATIO)
    return 1.0


@compiled
def learn_passer_by(feed: Any) -> None:
    """Takes an asset that was heard for a short time and went away."""
    feed.passers_by += 1.0


@compiled
def has_passers_by(feed: Any) -> bool:
    """Whether assets pass by the feed: far more than fail when they have just been fitted out."""
    return bool(feed.passers_by > _FAILURES)


@compiled
def learn_duplicate(feed: Any, duplicate: bool) -> None:
    """Takes a reading of the feed, which repeats another or does not."""
    feed.readings = min(feed.readings + 1.0, _MEMORY)
    feed.duplicate_share += ((1.0 if duplicate else 0.0) - feed.duplicate_share) / feed.readings


@compiled
def ends_stretch(feed: Any, contact: Any, clock_us: int, ended: Array) -> bool:
    """Whether a reading begins a new stretch of time; then `ended` says what was wrong in the last.

    Late readings and lost ones come together, while a network is congested or a station is not
    heard: what counts is in how many stretches of time there is any. Of missing numbers that come
    late none was lost.
    """
    stretch = clock_us // _STRETCH_US
    if stretch < contact.stretch - 1:  # of a first record far ahead, whose clock was put back
        contact.stretch = stretch
    over = contact.stretch > NEVER_US and stretch > contact.stretch
    contact.stretch = max(contact.stretch, stretch)
    if not over:
        return False
    ended[0], ended[1] = contact.late > 0, contact.missing > contact.late
    contact.late = contact.missing = 0
    feed.stretches = min(feed.stretches + 1.0, _MEMORY)
    for n in range(STRETCH_FLAWS):
        feed.stretch_share[n] += (ended[n] - feed.stretch_share[n]) / feed.stretches
    return True


@compiled
def weigh(level: float, bad: bool, usual: float, known: float, more: float, sure: float) -> float:
    """The evidence that an asset has a flaw more often than its feed, after one more of them.

    A cumulative sum (Page 1954) of the log likelihood ratio of the `usual` share, by which so many
    are `known`, and one that is by so much `more`; in nats, between 0 and a little over `sure`.
    """
    if known < _KNOWN_AFTER:  # another feed's evidence stands
        return float(level)
    fault = usual + more * (1.0 - usual)
    said = math.log(fault / usual) if bad else math.log((1.0 - fault) / (1.0 - usual))
    return min(max(float(level) + said, 0.0), _OVERFULL * sure)


@compiled
def speaks_for(level: float, sure: float, on: int) -> bool:
    """Whether so much evidence begins an episode, or keeps one going."""
    return level >= (_EMPTIED * sure if on else sure)
