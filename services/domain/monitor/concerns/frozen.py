"""Frozen channels: a watched value stays exactly the same while the asset and its peers change.

Exactly equal for 30 intervals of its own, the asset making way and at least two other watched
channels changing meanwhile. Zero is not judged: a switched-off compressor reads zero for hours.

    same_value, same_since  the last value, and since when it is that
"""

import math
from typing import Any

from services.domain.detectors.form import Array
from services.domain.monitor.compiled import compiled
from services.domain.monitor.concerns import intervals
from services.domain.monitor.events import STUCK


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
        if gap or not same:
            channel.same_value = value
            channel.same_since = time
        still_us = time - channel.same_since
        if still_us <= plan.lively_intervals * interval_us:
            lively += 1
        elif same and value != 0 and still_us >= plan.frozen_intervals * interval_us:
            bad[n, STUCK] = True
            stuck += 1
    if stuck and not (moving and lively >= 2):
        for n in range(len(cleaned)):
            bad[n, STUCK] = False
