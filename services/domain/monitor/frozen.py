"""Frozen channels: a watched value stays exactly the same while the asset and its peers change.

Exactly equal for 30 reporting intervals, the asset making way and at least two other watched
channels changing meanwhile. Zero is not judged: a switched-off compressor reads zero for hours.
"""

import math
from typing import Any

from services.domain.detectors.form import Array
from services.domain.monitor.compiled import compiled

_INTERVALS = 30
_RECENT_INTERVALS = 3
_GAP_INTERVALS = 5  # after so long without a reading, the same value again proves nothing


@compiled
def step(
    reading: Any, channels: Array, bounds: Array, moving: bool, cleaned: Array, bad: Array
) -> None:
    """Marks the channels that are frozen at this live reading."""
    time, lively, stuck = reading.time_us, 0, 0
    for n in range(len(cleaned)):
        if not bounds[n].watched or math.isnan(cleaned[n]):
            continue
        channel, value, interval_us = channels[n], cleaned[n], bounds[n].interval_us
        gap = time - channel.same_heard > _GAP_INTERVALS * interval_us
        same = value == channel.same_value
        channel.same_heard = time
        if gap or not same:
            channel.same_value = value
            channel.same_since = time
        still_us = time - channel.same_since
        if still_us <= _RECENT_INTERVALS * interval_us:
            lively += 1
        elif same and value != 0 and still_us >= _INTERVALS * interval_us:
            bad[n, 2] = True
            stuck += 1
    if stuck and not (moving and lively >= 2):
        for n in range(len(cleaned)):
            bad[n, 2] = False
