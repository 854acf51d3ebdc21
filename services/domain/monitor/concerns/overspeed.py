"""Overspeed: above the class's limit for a while begins it, a margin below the limit ends it."""

from typing import Any

from services.domain.compiled import compiled
from services.domain.monitor.events import OVERSPEED_BEGAN, OVERSPEED_ENDED, Out, conclude
from services.domain.monitor.plan import FAR_FUTURE_US, SECOND_US


@compiled
def step(reading: Any, asset: Any, speed: float, plan: Any, out: Out) -> None:
    """Judges the speed of a reading; one without it (NaN) changes nothing."""
    time = reading.time_us
    if speed > plan.fast_limit:
        asset.fast_since = min(asset.fast_since, time)
    elif speed <= plan.fast_limit:
        asset.fast_since = FAR_FUTURE_US
    held_us = time - asset.fast_since
    if not asset.overspeed and speed > plan.fast_limit and held_us >= plan.fast_hold_us:
        asset.overspeed = 1
        event = conclude(out, asset, OVERSPEED_BEGAN, time)
        event.evidence[0] = held_us / SECOND_US
    elif asset.overspeed and speed < plan.fast_limit - plan.fast_margin:
        asset.overspeed = 0
        event = conclude(out, asset, OVERSPEED_ENDED, time)
        event.evidence[0] = 0.0
    else:
        return
    event.channel = plan.fast_channel
    event.value = speed
    event.threshold = plan.fast_limit
