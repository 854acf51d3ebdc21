"""Gated baseline: what each channel should read, given the channels that it follows.

Per asset and channel a recursive least-squares model predicts the value from (layout of a row):

1 | a | a^2 | a slowed by 6 rows | a slowed by 60 rows | b

where a and b are the first driver and the mean of the other drivers that the class data names in
`follows`, all scaled by their typical ranges. The score is the error over its predicted standard
deviation, which is wide where the drivers are somewhere new: a departure never seen is no alarm.
The model learns fully only while in control (|score| < 3), hardly otherwise, so a fault is not
learned. No opinion (NaN) in the first 120 rows, on a missing value, while a driver is missing or
changes more than it usually does (the heat of a departure takes its time), and while the asset is
at rest.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas.asset_classes import AssetClass
from services.domain.detectors.form import Array
from services.domain.monitor.compiled import compiled

NAME = "baseline/1"
WARM_UP_ROWS = 120
_FEATURES = 6
_OTHERS = 8  # drivers after the first
_FAST_ROWS, _SLOW_ROWS = 6.0, 60.0
_FORGET = 0.9995  # half-life about 1,400 rows
_PRIOR_VARIANCE = 4.0  # of a coefficient, in typical ranges: anything is possible at first
_MOST_VARIANCE = 16.0  # a direction not excited for long becomes no vaguer than this
_NOISE_FLOOR = 0.01  # of the typical range: less is of no matter to a person
_GATE = 3.0
_OUT_OF_CONTROL_WEIGHT = 0.005
_FARTHEST = 50.0
_NOISE_RATE = 0.01
_LEAST, _MOST = -0.5, 1.5  # of the typical range: no prediction goes beyond
_FAMILIAR, _FAMILIAR_SPREAD, _FAMILIAR_RATE = 0.03, 3.0, 0.01
_LOOSENING = 1e-3
_SWING, _USUAL_SWINGS, _SWING_RATE, _MOST_USUAL = 0.05, 1.5, 0.001, 0.08
_MOVING_ON = 0.02

_MODEL = np.dtype(
    [
        ("rows", "i4"),
        ("weights", "f8", (_FEATURES,)),
        ("spread", "f8", (_FEATURES, _FEATURES)),
        ("noise", "f8"),
        ("slow", "f8", (2,)),
        ("swing", "f8"),
        ("driver_mean", "f8", (2,)),
        ("driver_var", "f8", (2,)),
    ],
    align=True,
)
MODEL = np.zeros(1, _MODEL)
"""One model before its first row."""
MODEL["spread"] = np.eye(_FEATURES) * _PRIOR_VARIANCE
MODEL["noise"] = _NOISE_FLOOR**2
MODEL["slow"] = np.nan

JUDGED = np.dtype(
    [
        ("channel", "i4"),
        ("first", "i4"),  # its main driver
        ("others", "i4", (_OTHERS,)),
        ("other_count", "i4"),
        ("follows", "i8"),  # bit n: the n-th judged channel is one of its drivers
        ("low", "f8"),  # of its typical range
        ("span", "f8"),
    ],
    align=True,
)
"""Which channels a model is about; numbers of the class's channels."""

PREDICTION = np.dtype(
    [
        ("score", "f8"),  # signed, in standard deviations; NaN: no opinion
        ("expected", "f8"),  # what the channel should read, in its unit
        ("deviation", "f8"),
        ("error", "f8"),  # in typical ranges, as are the following
        ("variance", "f8"),
        ("leverage", "f8"),
        ("driver", "f8", (2,)),
        ("gain", "f8", (_FEATURES,)),
        ("features", "f8", (_FEATURES,)),
        ("unsettled", "u1"),
        ("extrapolating", "u1"),
    ],
    align=True,
)
"""What a model says of one row; `learn` takes it up."""


def judged_channels(asset_class: AssetClass) -> list[tuple[Any, ...]]:
    """The channels of a class that follow others, as records of JUDGED.

    Raises ValueError when one follows too many.
    """
    names = [channel.name for channel in asset_class.channels]
    judged = [channel for channel in asset_class.channels if channel.follows]
    records = []
    for channel in judged:
        others = [names.index(name) for name in channel.follows[1:]]
        if len(others) > _OTHERS or len(judged) > 62:
            raise ValueError(f"{asset_class.name}.{channel.name} follows more than {_OTHERS + 1}")
        low, high = channel.typical
        records.append(
            (
                names.index(channel.name),
                names.index(channel.follows[0]),
                others + [0] * (_OTHERS - len(others)),
                len(others),
                sum(1 << n for n, other in enumerate(judged) if other.name in channel.follows),
                low or 0.0,
                1.0 if high is None else high - (low or 0.0),
            )
        )
    return records


def scratch(count: int) -> Array:
    """Room for the predictions of `count` models."""
    return np.zeros(count, PREDICTION)


@compiled
def predict(
    model: Any, judged: Any, channels: Any, values: Array, working: bool, prediction: Any
) -> None:
    """Scores one row of `values`, which are the class's channels; changes only `prediction`.

    At rest nothing is judged or learned: `working` is whether the asset is at work.
    """
    a = _scaled(channels, values, judged.first)
    b = 0.0
    for n in range(judged.other_count):
        b += _scaled(channels, values, judged.others[n])
    b /= max(1, judged.other_count)
    features, gain = prediction.features, prediction.gain
    fast, slow = model.slow[0], model.slow[1]
    features[0] = 1.0
    features[1] = a
    features[2] = a * a
    features[3] = a if math.isnan(fast) else fast
    features[4] = a if math.isnan(slow) else slow
    features[5] = b
    expected = 0.0
    leverage = 0.0
    for i in range(_FEATURES):
        expected += model.weights[i] * features[i]
        gain[i] = 0.0
        for j in range(_FEATURES):
            gain[i] += model.spread[i, j] * features[j]
        leverage += gain[i] * features[i]
    if expected < _LEAST:
        expected = _LEAST
    elif expected > _MOST:
        expected = _MOST
    error = _scaled(channels, values, judged.channel) - expected
    variance = model.noise + (0.0 if leverage < 0.0 else leverage)
    prediction.driver[0] = a
    prediction.driver[1] = b
    prediction.error = error
    prediction.variance = variance
    prediction.leverage = leverage
    prediction.expected = expected * judged.span + judged.low
    prediction.deviation = math.sqrt(variance) * judged.span
    extrapolating = variance > 2 * model.noise  # more doubt than noise
    unsettled = _is_strange(model, a, b) or _is_swinging(model)
    prediction.extrapolating = 1 if extrapolating else 0
    prediction.unsettled = 1 if unsettled else 0
    prediction.score = math.nan
    if working and model.rows >= WARM_UP_ROWS and not extrapolating and not unsettled:
        score = error / math.sqrt(variance)
        if score > _FARTHEST:
            score = _FARTHEST
        elif score < -_FARTHEST:
            score = -_FARTHEST
        prediction.score = score


@compiled
def learn(model: Any, prediction: Any, working: bool) -> None:
    """Takes the row that was predicted into the model; a missing value leaves it as it is."""
    error, variance = prediction.error, prediction.variance
    moving_on = _swing(model) > _MOVING_ON  # no time to stop learning
    if working and not math.isnan(error):
        score = error / math.sqrt(variance)
        unsure = prediction.unsettled or moving_on or prediction.extrapolating
        trusted = model.rows < WARM_UP_ROWS or unsure or abs(score) < _GATE
        weight = 1.0 if trusted else _OUT_OF_CONTROL_WEIGHT
        _update_weights(model, prediction, weight)
        # errors are scaled to what they would be without leverage
        seen = _GATE * _GATE if abs(score) > _GATE else score * score
        rate = max(_NOISE_RATE, 1.0 / (1.0 + model.rows)) * weight
        noise = model.noise + rate * (seen * model.noise - model.noise)
        model.noise = noise if noise > _NOISE_FLOOR**2 else _NOISE_FLOOR**2
        model.rows += 1
        _get_used_to_drivers(model, prediction)
        _slow_down(model, prediction.driver[0])
        gap = _swing(model)
        gap = (gap if gap < _MOST_USUAL else _MOST_USUAL) - model.swing
        model.swing += gap * max(_SWING_RATE, 1.0 / max(model.rows, 1))
    else:
        _slow_down(model, prediction.driver[0])


@compiled
def _scaled(channels: Any, values: Array, n: int) -> float:
    return float((values[n] - channels[n].typical_low) / channels[n].typical_span)


@compiled
def _update_weights(model: Any, prediction: Any, weight: float) -> None:
    gain, weights, spread = prediction.gain, model.weights, model.spread
    share = weight / (model.noise + weight * prediction.leverage)
    most = -math.inf
    for i in range(_FEATURES):
        step = gain[i] * share
        weights[i] += step * prediction.error
        for j in range(_FEATURES):
            spread[i, j] -= step * gain[j]
        if spread[i, i] > most:
            most = spread[i, i]
    growth = 1.0 + (1.0 / _FORGET - 1.0) * weight
    if most * growth < _MOST_VARIANCE:
        for i in range(_FEATURES):
            for j in range(_FEATURES):
                spread[i, j] *= growth
    if prediction.unsettled:  # what was learned elsewhere binds less where the drivers are new
        for i in range(_FEATURES):
            spread[i, i] += _LOOSENING


@compiled
def _get_used_to_drivers(model: Any, prediction: Any) -> None:
    """EW mean and variance of the drivers, over the rows that were learned."""
    rate = max(_FAMILIAR_RATE, 1.0 / max(model.rows, 1))
    for k in range(2):
        off = prediction.driver[k] - model.driver_mean[k]
        model.driver_mean[k] += rate * off
        model.driver_var[k] = (1.0 - rate) * (model.driver_var[k] + rate * off * off)


@compiled
def _is_strange(model: Any, a: float, b: float) -> bool:
    """Whether a driver is where it was not lately."""
    usual_a = _FAMILIAR + _FAMILIAR_SPREAD * math.sqrt(model.driver_var[0])
    usual_b = _FAMILIAR + _FAMILIAR_SPREAD * math.sqrt(model.driver_var[1])
    away_a, away_b = abs(a - model.driver_mean[0]), abs(b - model.driver_mean[1])
    return bool(away_a > usual_a or away_b > usual_b)


@compiled
def _is_swinging(model: Any) -> bool:
    """Whether the main driver is changing more than it usually does."""
    return bool(_swing(model) > _SWING + _USUAL_SWINGS * model.swing)


@compiled
def _swing(model: Any) -> float:
    return float(abs(model.slow[0] - model.slow[1]))


@compiled
def _slow_down(model: Any, a: float) -> None:
    """Moves the slowed drivers on; a missing driver leaves them where they are."""
    slow = model.slow
    if math.isnan(slow[0]):
        slow[0] = slow[1] = a
    elif not math.isnan(a):
        slow[0] += (a - slow[0]) / _FAST_ROWS
        slow[1] += (a - slow[1]) / _SLOW_ROWS


def names_of(asset_class: AssetClass) -> Sequence[str]:
    """The judged channels, in the order of the models."""
    return [channel.name for channel in asset_class.channels if channel.follows]
