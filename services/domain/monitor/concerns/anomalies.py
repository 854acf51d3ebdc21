"""Anomalies: the detectors' scores turned into few, lasting alarms.

Readings are averaged over windows of event time (5 s, or a reading's own interval where that is
longer), so that a detector's row means the same for every feed. A score is smoothed; it must stay
over the bar for several rows to begin an anomaly, and well under it to end one. Every near-alarm
raises the asset's own bar for about 300 rows, and after an anomaly the channel is left alone for
100 rows.

    smooth, raised   the smoothed score, and how far the bar is raised
    over, cool, on   rows over the bar, rows to cool down, whether an anomaly is on
"""

import math
from typing import Any

from services.domain.detectors import baseline
from services.domain.detectors.form import Array
from services.domain.monitor.compiled import compiled
from services.domain.monitor.events import ANOMALY_BEGAN, ANOMALY_ENDED, BASELINE, Out, conclude

_SMOOTHING = 0.2
_END = 0.5  # of the bar
_COOL_DOWN_ROWS = 100
_NEAR, _RAISE, _MOST_RAISED = 0.6, 0.05, 10.0
_FALL = 1 - 1 / 300


@compiled
def step(
    reading: Any, asset: Any, channels: Array, models: Array, alarms: Array, cleaned: Array,
    means: Array, predictions: Array, plan: Any, bounds: Array, states: Array, judged: Array,
    out: Out,
) -> None:  # fmt: skip
    """Closes the window that a reading is beyond, and adds the reading to its own."""
    window = reading.time_us // plan.window_us
    if window != asset.window:
        asset.window = window
        if _average(channels, means):
            working = _is_working(asset, reading.time_us, plan, states)
            _judge(
                reading, asset, models, alarms, means, predictions, plan, bounds, judged,
                working, out,
            )  # fmt: skip
    for n in range(len(cleaned)):
        if not math.isnan(cleaned[n]):
            channels[n].window_sum += cleaned[n]
            channels[n].window_count += 1


@compiled
def _average(channels: Array, means: Array) -> bool:
    """The window's mean of every channel, and its end; whether there was anything in it."""
    filled = False
    for n in range(len(means)):
        count = channels[n].window_count
        if count > 0:
            means[n] = channels[n].window_sum / count
            channels[n].window_sum = 0.0
            channels[n].window_count = 0
            filled = True
        else:
            means[n] = math.nan
    return filled


@compiled
def _is_working(asset: Any, time_us: int, plan: Any, states: Array) -> bool:
    """Making way, or come to rest only just now (a station stop)."""
    if states[asset.state].moving:
        asset.moved = time_us
    return bool(time_us - asset.moved < plan.anomaly_rest_us)


@compiled
def _judge(
    reading: Any, asset: Any, models: Array, alarms: Array, means: Array, predictions: Array,
    plan: Any, bounds: Array, judged: Array, working: bool, out: Out,
) -> None:  # fmt: skip
    """Shows the window's means to every model, and what they think of them to the alarms."""
    asked = False
    for n in range(plan.judged):
        baseline.predict(models[n], judged[n], bounds, means, working, predictions[n])
        asked = asked or not math.isnan(predictions[n].score)
    if asked:  # without any opinion all stays as it is
        _smooth(asset, alarms, predictions, plan)
        for n in range(plan.judged):
            _decide(reading, asset, alarms, means, predictions, plan, judged, n, out)
    for n in range(plan.judged):
        baseline.learn(models[n], predictions[n], working)


@compiled
def _smooth(asset: Any, alarms: Array, predictions: Array, plan: Any) -> None:
    asset.top_score = 0.0
    for n in range(plan.judged):
        alarm, score = alarms[n], predictions[n].score
        opinion = not math.isnan(score)
        if opinion:
            alarm.smooth += _SMOOTHING * (score - alarm.smooth)
        size = abs(alarm.smooth)
        alarm.over = alarm.over + 1 if opinion and size > plan.anomaly_bar + alarm.raised else 0
        asset.top_score = max(asset.top_score, size)


@compiled
def _decide(
    reading: Any, asset: Any, alarms: Array, means: Array, predictions: Array, plan: Any,
    judged: Array, n: int, out: Out,
) -> None:  # fmt: skip
    alarm = alarms[n]
    size, bar, began, ended = abs(alarm.smooth), plan.anomaly_bar + alarm.raised, False, False
    alarm.cool = max(alarm.cool - 1, 0)
    if alarm.on:
        ended = size < _END * bar
    else:
        ripe = alarm.over >= plan.anomaly_rows and alarm.cool == 0
        began = ripe and not _is_led_astray(alarms, judged[n].follows, plan, size)
    if not alarm.on and not began and size > _NEAR * bar:
        alarm.raised = min(bar - plan.anomaly_bar + _RAISE, _MOST_RAISED)
    else:
        alarm.raised = min((bar - plan.anomaly_bar) * _FALL, _MOST_RAISED)
    if ended:
        alarm.cool = _COOL_DOWN_ROWS
    if began or ended:
        alarm.on = 1 if began else 0
        kind = ANOMALY_BEGAN if began else ANOMALY_ENDED
        event = conclude(out, asset, kind, reading.time_us)
        event.detector = BASELINE
        event.channel = judged[n].channel
        event.score = alarm.smooth
        event.value = means[judged[n].channel]
        event.threshold = bar
        event.evidence[0] = predictions[n].expected
        event.evidence[1] = predictions[n].deviation


@compiled
def _is_led_astray(alarms: Array, follows: int, plan: Any, size: float) -> bool:
    """Whether a driver of the channel is itself in alarm, and more so: name that one."""
    for n in range(plan.judged):
        if follows & (1 << n) and alarms[n].over > 0 and abs(alarms[n].smooth) > size:
            return True
    return False
