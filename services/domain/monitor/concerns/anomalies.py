"""Anomalies: the models' errors turned into few, lasting alarms.

Readings are averaged over windows of event time (5 s, or a reading's own interval where that is
longer), so that a model's row means the same for every feed. Three figures of a channel's errors
are watched, each against what it usually is on this channel of this asset and against what matters
to people: their mean of late (what heats, jumps or is off), how they jump about (noise, spikes),
both anomalies; and their mean over hours (drift). Being means, they are judged by how they
themselves vary in health: errors of neighbouring rows are alike.

    window               the row that is being filled
    window_time, window_moving  of its newest reading: when it was, whether the asset made way
    row_time, row_judged  of the row before
    moved, woke          when the asset last made way, and since when it has been at work
    mean, hours, jumps   the figures: of errors, and of squares of their steps
    usual_...            their mean squares (of `jumps` the mean) while in health
    rows, in_a_row       that were judged; since it went to work
    over, on             rows over the bar, whether an anomaly is on
    adrift, drifting     the same of the mean over hours
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.detectors import baseline
from services.domain.form import Array
from services.domain.monitor.events import (
    ANOMALY_BEGAN,
    ANOMALY_ENDED,
    BASELINE,
    DRIFT_BEGAN,
    DRIFT_ENDED,
    Out,
    conclude,
)
from services.domain.monitor.plan import NEVER_US, SECOND_US

_OF_LATE, _OF_HOURS, _JUMPS = 6.0, 200.0, 20.0  # rows that a figure looks back
_USUAL = 2_000.0  # rows in which it is learned what is usual; of hours ten times as many
_KNOWN_ROWS, _KNOWN_HOURS = 300, 3_000
_DRIFT_ROWS = 30
_WILD = 100.0  # times the usual: more says no more
_JUMPY = 4.0  # times the usual: twice the standard deviation
_STRANGE = 9.0  # times the usual: no more is learned of what is usual
_END = 0.5  # of the bar
_SLOW_BAR = 0.6  # of what matters: slow, it will be more


@compiled
def step(
    reading: Any, asset: Any, channels: Array, models: Array, alarms: Array, cleaned: Array,
    means: Array, predictions: Array, plan: Any, bounds: Array, states: Array, judged: Array,
    conditions: Array, out: Out,
) -> None:  # fmt: skip
    """Closes the window that a reading is beyond, and adds the reading to its own."""
    time = reading.time_us
    window = time // plan.window_us
    if window != asset.window:
        asset.window = window
        if _average(channels, means):
            _judge(
                reading, asset, models, alarms, means, predictions, plan, bounds, judged,
                conditions, out,
            )  # fmt: skip
    asset.window_time, asset.window_moving = time, states[asset.state].moving
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
def _judge(
    reading: Any, asset: Any, models: Array, alarms: Array, means: Array, predictions: Array,
    plan: Any, bounds: Array, judged: Array, conditions: Array, out: Out,
) -> None:  # fmt: skip
    """Shows the window's means to every model, and their errors to the alarms.

    Judged and learned is at work only, and not soon after it began, when all is still cold. Who
    made way when it was last heard and does so now was at work in between.
    """
    time, since_us = asset.window_time, asset.window_time - asset.row_time
    works = _works(means, plan, conditions)
    under_way = asset.window_moving and works
    at_work = time - asset.moved <= plan.anomaly_awake_us  # until this row
    known = asset.row_time > NEVER_US
    at_work = at_work or (known and under_way and asset.moved == asset.row_time)
    if under_way:
        asset.moved = time
    if not (at_work and works):
        asset.woke = time
    asset.row_time = time
    judging = (
        time - asset.moved <= plan.anomaly_rest_us
        and time - asset.woke >= plan.anomaly_settle_us
    )  # fmt: skip
    for n in range(plan.judged):
        baseline.follow(
            models[n], judged[n], bounds, means, at_work, since_us / SECOND_US, predictions[n]
        )
        if judging:
            baseline.judge(models[n], judged[n], bounds, means, predictions[n])
            if not asset.row_judged and not alarms[n].on:  # what was off on another trip
                alarms[n].in_a_row, alarms[n].mean = 0, 0.0
            _take(alarms[n], predictions[n].error, plan, judged[n])
    asset.row_judged = judging
    asset.top_score = math.nan
    if judging:
        _signal(reading, asset, alarms, means, predictions, plan, judged, out)


@compiled
def _works(means: Array, plan: Any, conditions: Array) -> bool:
    """Whether what drives the sensors runs; a channel that is missing says nothing against it."""
    for n in range(plan.works, plan.works_end):
        value = means[conditions[n].channel]
        if value < conditions[n].low or value > conditions[n].high:
            return False
    return True


@compiled
def _take(alarm: Any, error: float, plan: Any, judged: Any) -> None:
    """Moves the figures on by a row's error, and counts the rows over their bars."""
    if math.isnan(error):
        return
    alarm.rows += 1
    alarm.in_a_row += 1
    jump = min((error - alarm.mean) ** 2, _WILD * max(alarm.usual_jumps, judged.matters**2))
    if alarm.in_a_row <= _OF_LATE:  # its mean is not there yet
        jump = alarm.jumps
    alarm.mean += (error - alarm.mean) / min(_OF_LATE, alarm.rows)
    if not alarm.on:  # when what is told of already is over, it has left nothing here
        bar = _bar(alarm, plan, judged)
        alarm.hours += (min(max(error, -bar), bar) - alarm.hours) / min(_OF_HOURS, alarm.rows)
    alarm.jumps += (jump - alarm.jumps) / min(_JUMPS, alarm.rows)
    far = abs(alarm.mean) > _bar(alarm, plan, judged) or _is_jumpy(alarm, judged)
    alarm.over = alarm.over + 1 if far and alarm.rows > _KNOWN_ROWS else 0
    adrift = abs(alarm.hours) > _hours_bar(alarm, plan, judged)
    alarm.adrift = alarm.adrift + 1 if adrift and alarm.rows > _KNOWN_HOURS else 0
    if not far:
        _get_used(alarm, jump)


@compiled
def _get_used(alarm: Any, jump: float) -> None:
    """Learns what the figures usually are."""
    rows, mean, hours = alarm.rows, alarm.mean**2, alarm.hours**2
    if rows > _KNOWN_ROWS:
        mean = min(mean, _STRANGE * alarm.usual_mean)
        jump = min(jump, _STRANGE * alarm.usual_jumps)
    if rows > _KNOWN_HOURS:
        hours = min(hours, _STRANGE * alarm.usual_hours)
    alarm.usual_mean += (mean - alarm.usual_mean) / min(_USUAL, rows)
    alarm.usual_jumps += (jump - alarm.usual_jumps) / min(_USUAL, rows)
    alarm.usual_hours += (hours - alarm.usual_hours) / min(10 * _USUAL, rows)


@compiled
def _bar(alarm: Any, plan: Any, judged: Any) -> float:
    return float(max(plan.anomaly_bar * math.sqrt(alarm.usual_mean), judged.matters))


@compiled
def _hours_bar(alarm: Any, plan: Any, judged: Any) -> float:
    bar = max(plan.anomaly_bar * math.sqrt(alarm.usual_hours), _SLOW_BAR * judged.matters)
    return float(bar)


@compiled
def _is_jumpy(alarm: Any, judged: Any) -> bool:
    return bool(alarm.jumps > _JUMPY * max(alarm.usual_jumps, (0.5 * judged.matters) ** 2))


@compiled
def _signal(
    reading: Any, asset: Any, alarms: Array, means: Array, predictions: Array, plan: Any,
    judged: Array, out: Out,
) -> None:  # fmt: skip
    """Begins and ends anomalies and drifts."""
    for n in range(plan.judged):
        alarm, bar = alarms[n], _bar(alarms[n], plan, judged[n])
        share = abs(alarm.mean) / bar
        known = alarm.rows > _KNOWN_ROWS
        if known and not share * plan.anomaly_bar <= asset.top_score:  # the first one as well
            asset.top_score = share * plan.anomaly_bar
        calm = share < _END and not _is_jumpy(alarm, judged[n])
        began = alarm.over >= plan.anomaly_rows and not alarm.on
        if began and not _is_led_astray(alarms, judged, plan, n, share):
            alarm.on = 1
            _tell(reading, asset, alarm, ANOMALY_BEGAN, means, predictions[n], plan, judged[n], out)
        elif alarm.on and calm:
            alarm.on = 0
            _tell(reading, asset, alarm, ANOMALY_ENDED, means, predictions[n], plan, judged[n], out)
        slow = abs(alarm.hours) / _hours_bar(alarm, plan, judged[n])
        if not alarm.drifting and alarm.adrift >= _DRIFT_ROWS and not alarm.on:
            alarm.drifting = 1
            _tell(reading, asset, alarm, DRIFT_BEGAN, means, predictions[n], plan, judged[n], out)
        elif alarm.drifting and slow < _END:
            alarm.drifting = 0
            _tell(reading, asset, alarm, DRIFT_ENDED, means, predictions[n], plan, judged[n], out)


@compiled
def _tell(
    reading: Any, asset: Any, alarm: Any, kind: int, means: Array, prediction: Any, plan: Any,
    judged: Any, out: Out,
) -> None:  # fmt: skip
    """The signal; its score and threshold are in usual deviations of the figure that is judged."""
    of_hours = kind in (DRIFT_BEGAN, DRIFT_ENDED)
    figure = alarm.hours if of_hours else alarm.mean
    bar = _hours_bar(alarm, plan, judged) if of_hours else _bar(alarm, plan, judged)
    event = conclude(out, asset, kind, reading.time_us)
    event.detector = BASELINE
    event.channel = judged.channel
    event.score = plan.anomaly_bar * figure / bar
    event.value = means[judged.channel]
    event.threshold = plan.anomaly_bar
    if of_hours:
        event.evidence[0] = figure * judged.span
    elif abs(figure) > _END * bar:  # else it jumps about, which no one value shows
        event.evidence[0] = prediction.expected
        event.evidence[1] = bar / plan.anomaly_bar * judged.span


@compiled
def _is_led_astray(alarms: Array, judged: Array, plan: Any, nth: int, share: float) -> bool:
    """Whether a driver of the channel is itself in alarm, and more so: name that one."""
    for n in range(plan.judged):
        drives = judged[nth].follows & (1 << n) and alarms[n].over > 0
        if drives and abs(alarms[n].mean) > share * _bar(alarms[n], plan, judged[n]):
            return True
    return False
