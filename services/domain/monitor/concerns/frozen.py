"""Frozen channels: a watched value stays exactly the same while the asset and its peers change.

Exactly equal for four times as many readings as the channel usually stays equal in a row, the
asset making way and at least two other watched channels changing meanwhile. Zero is not judged: a
switched-off compressor reads zero for hours.

    same_value, same_since  the last value, and since when it is that
    same_count              in so many readings
    usual_run               so many are usual: the longest of late, a longer one moving it half way
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import intervals
from services.domain.monitor.events import STUCK

FIRST_RUN = 7.5
"""What is taken to be usual before anything is known."""
_TIMES = 4.0
_LENGTHENS, _SHORTENS = 0.5, 0.002


@compiled
def step(
    reading: Any, channels: Array, bounds: Array, plan: Any, moving: int, cleaned: Array,
    bad: Array,
) -> None:  # fmt: skip
    """Marks the channels that are frozen at this live reading."""
    time, lively, stuck = reading.time_us, 0, 0
    for n in range(len(cleaned)):
        if not bounds[n].watched or math.isnan(cleaned[n]):
            continue
        channel, value = channels[n], cleaned[n]
        interval_us = intervals.usual_us(channel.interval_us, moving, bounds[n].interval_us)
        # after so long without a reading, the same value again proves nothing
        gap = time - channel.held_time > plan.gap_intervals * interval_us
        same = value == channel.same_value
        if gap or not same or not moving:
            if moving and not gap:
                _end_run(channel)
            channel.same_value = value
            channel.same_since = time
            channel.same_count = 0
        channel.same_count += 1
        if time - channel.same_since <= plan.lively_intervals * interval_us:
            lively += 1
        elif same and value != 0 and channel.same_count >= _most_usual(channel, plan):
            bad[n, STUCK] = True
            stuck += 1
    if stuck and not (moving and lively >= 2):
        for n in range(len(cleaned)):
            bad[n, STUCK] = False


@compiled
def _most_usual(channel: Any, plan: Any) -> float:
    return float(max(plan.frozen_readings, _TIMES * channel.usual_run))


@compiled
def _end_run(channel: Any) -> None:
    """Learns how long the value stayed the same; from a fault no more than twice the usual."""
    run = min(channel.same_count, 2.0 * channel.usual_run)
    rate = _LENGTHENS if run > channel.usual_run else _SHORTENS
    channel.usual_run += rate * (run - channel.usual_run)
