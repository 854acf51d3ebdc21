"""The asset's minute of event time in one signal.

A minute is closed by the asset's first reading of a later one, or by its feed's clock a minute
after its end. It is dated at its start; value is the mean speed, score the largest anomaly score,
and the evidence holds the number of readings, speeds, distance, movement and each watched
channel's mean.

    minute, minute_closed  the open minute (its number; negative: none), and the last that closed
    minute_...             what is added up in the open one
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.events import FIGURES, MINUTE_SUMMARY, Out, conclude
from services.domain.monitor.plan import SECOND_US

MINUTE_US = 60 * SECOND_US
_MEANS = len(FIGURES)


@compiled
def step(
    reading: Any, asset: Any, channels: Array, cleaned: Array, made_km: float, plan: Any, out: Out
) -> None:
    """Closes the minute that a reading is beyond, and adds the reading to its own."""
    minute = reading.time_us // MINUTE_US
    if 0 <= asset.minute < minute:
        close(asset, channels, plan, out)
    if minute > asset.minute_closed:
        _add(asset, channels, cleaned, minute, made_km, cleaned[plan.speed])


@compiled
def check(asset: Any, contact: Any, channels: Array, plan: Any, clock_us: int, out: Out) -> None:
    """At a grid point of the feed's clock: closes the minute that ended a minute ago."""
    left_us = (asset.minute + 1) * MINUTE_US - asset.newest
    if asset.minute >= 0 and clock_us >= contact.heard + left_us + MINUTE_US:
        close(asset, channels, plan, out)
        asset.changed = 1


@compiled
def close(asset: Any, channels: Array, plan: Any, out: Out) -> None:
    """Sums up the open minute and empties it."""
    figures = out.figures[out.now.events]
    event = conclude(out, asset, MINUTE_SUMMARY, asset.minute * MINUTE_US)
    for n in range(plan.channels):
        channel = channels[n]
        count = channel.minute_count
        figures[_MEANS + n] = channel.minute_sum / count if count > 0 else math.nan
        channel.minute_sum = 0.0
        channel.minute_count = 0
    figures[0] = asset.minute_readings
    figures[1] = figures[_MEANS + plan.speed]
    figures[2] = asset.minute_low
    figures[3] = asset.minute_high
    figures[4] = asset.minute_km
    event.value = figures[1]
    event.score = asset.minute_score
    asset.minute_closed = asset.minute
    asset.minute = -1
    asset.minute_readings = 0
    asset.minute_low = math.inf
    asset.minute_high = -math.inf
    asset.minute_km = 0.0
    asset.minute_score = math.nan


@compiled
def _add(
    asset: Any, channels: Array, cleaned: Array, minute: int, made_km: float, speed: float
) -> None:
    asset.minute = minute
    asset.minute_readings += 1
    for n in range(len(cleaned)):
        if not math.isnan(cleaned[n]):
            channels[n].minute_sum += cleaned[n]
            channels[n].minute_count += 1
    if speed < asset.minute_low:
        asset.minute_low = speed
    if speed > asset.minute_high:
        asset.minute_high = speed
    asset.minute_km += made_km
    if not asset.top_score <= asset.minute_score:  # where the minute has none yet as well
        asset.minute_score = asset.top_score
