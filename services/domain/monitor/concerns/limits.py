"""Alarm limits of the class data: outside for 30 s begins an anomaly, 2 % inside ends it.

beyond_since, beyond  since when a channel is outside, and whether that was signalled
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.events import ANOMALY_BEGAN, ANOMALY_ENDED, LIMIT, Out, conclude
from services.domain.monitor.plan import FAR_FUTURE_US


@compiled
def step(
    reading: Any, asset: Any, channels: Array, cleaned: Array, plan: Any, bounds: Array, out: Out
) -> None:
    """Judges every channel with a limit; a missing value changes nothing."""
    time = reading.time_us
    for n in range(len(cleaned)):
        if not bounds[n].limited or math.isnan(cleaned[n]):
            continue
        channel, bound, value = channels[n], bounds[n], cleaned[n]
        outside = value < bound.alarm_low or value > bound.alarm_high
        back = bound.calm_low <= value <= bound.calm_high
        if outside:
            channel.beyond_since = min(channel.beyond_since, time)
        elif back:
            channel.beyond_since = FAR_FUTURE_US
        if outside and not channel.beyond and time - channel.beyond_since >= plan.alarm_hold_us:
            channel.beyond = 1
            event = conclude(out, asset, ANOMALY_BEGAN, time)
        elif back and channel.beyond:
            channel.beyond = 0
            event = conclude(out, asset, ANOMALY_ENDED, time)
        else:
            continue
        event.detector = LIMIT
        event.channel = n
        event.value = value
        high = bound.alarm_high < math.inf and value > bound.alarm_low
        event.threshold = bound.alarm_high if high else bound.alarm_low
