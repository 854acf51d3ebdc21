"""Gated baseline: what each channel should read, given what drives it.

Per asset and channel a recursive least-squares model predicts the value as 1 and the terms that
the class data names in `follows`, each with a weight of its own: drivers as they are, squared,
multiplied or followed with a first-order lag, all scaled by their typical ranges. It learns while
in control (error below 3 standard deviations) and hardly otherwise, so that a fault is not learned,
and slowly: half of what it knows is 14,000 rows old. No opinion (NaN) in the first 600 rows, on a
missing value, where the drivers are somewhere new, and for two lags after a gap in the rows in
which a lagged driver has moved: nobody knows when.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas.asset_classes import AssetClass, Driver
from services.domain.compiled import compiled
from services.domain.form import Array

NAME = "baseline/2"
WARM_UP_ROWS = 600
TERMS = 7
"""Drivers of a channel at most."""
_FEATURES = TERMS + 1
_SPREAD = _FEATURES * (_FEATURES + 1) // 2
_MEDIAN_OF, _MOST_JUDGED = 4, 62  # channels at most
_FORGET = 0.99995
_PRIOR_VARIANCE = 4.0  # of a coefficient, in typical ranges: anything is possible at first
_MOST_VARIANCE = 16.0  # a direction not excited for long becomes no vaguer than this
_NOISE_FLOOR = 0.01  # of the typical range: less is of no matter to a person
_GATE, _DISTRUST = 3.0, 0.02
_FAMILIAR = 0.5  # of the noise: what is not sure by more is no opinion; rows are alike
_NOISE_RATE = 0.003
_GAP, _MOVED, _SETTLING = 0.5, 0.1, 2.0  # lags, typical ranges, lags

_MODEL = np.dtype(
    [
        ("rows", "i4"),
        ("weights", "f8", (_FEATURES,)),
        ("spread", "f8", (_SPREAD,)),  # its upper triangle, row by row
        ("noise", "f8"),
        ("lagged", "f8", (TERMS,)),
        ("unsettled_s", "f8"),
    ],
    align=True,
)
MODEL = np.zeros(1, _MODEL)
"""One model before its first row."""
MODEL["spread"] = (np.eye(_FEATURES) * _PRIOR_VARIANCE)[np.triu_indices(_FEATURES)]
MODEL["noise"] = _NOISE_FLOOR**2
MODEL["lagged"] = np.nan

JUDGED = np.dtype(
    [
        ("channel", "i4"),
        ("follows", "i8"),  # bit n: the n-th judged channel is one of its drivers
        ("low", "f8"),  # of its typical range
        ("span", "f8"),
        ("matters", "f8"),  # a deviation, in typical ranges, that a person would look into
        ("terms", "i4"),
        # of each term
        ("count", "i4", (TERMS,)),  # channels; 0: whether the asset is at work
        ("of", "i4", (TERMS, _MEDIAN_OF)),
        ("size", "u1", (TERMS,)),
        ("power", "i4", (TERMS,)),
        ("times", "i4", (TERMS,)),  # a channel; -1: none
        ("lag_s", "f8", (TERMS,)),
    ],
    align=True,
)
"""Which channels a model is about; numbers of the class's channels."""

PREDICTION = np.dtype(
    [
        ("error", "f8"),  # in typical ranges; NaN: no opinion
        ("expected", "f8"),  # what the channel should read, in its unit
        ("gain", "f8", (_FEATURES,)),
        ("features", "f8", (_FEATURES,)),
    ],
    align=True,
)
"""What a model says of one row."""


def judged_channels(asset_class: AssetClass) -> list[tuple[Any, ...]]:
    """The channels of a class that follow others, as records of JUDGED.

    Raises ValueError when one follows too many, or does not say what deviation matters.
    """
    judged = [channel for channel in asset_class.channels if channel.follows]
    if len(judged) > _MOST_JUDGED:
        raise ValueError(f"{asset_class.name} has more than {_MOST_JUDGED} channels that follow")
    names = [channel.name for channel in asset_class.channels]
    records = []
    for channel in judged:
        if len(channel.follows) > TERMS:
            raise ValueError(f"{asset_class.name}.{channel.name} has more than {TERMS} drivers")
        if channel.matters <= 0.0:
            raise ValueError(f"{asset_class.name}.{channel.name} lacks how much off `matters`")
        drivers = {name for driver in channel.follows for name in driver.channels}
        low, high = channel.typical
        span = 1.0 if high is None else high - (low or 0.0)
        records.append(
            (
                names.index(channel.name),
                sum(1 << n for n, other in enumerate(judged) if other.name in drivers),
                low or 0.0,
                span,
                channel.matters / span,
                len(channel.follows),
                *_terms(channel.follows, names),
            )
        )
    return records


def _terms(drivers: Sequence[Driver], names: Sequence[str]) -> tuple[list[Any], ...]:
    blank = [Driver()] * (TERMS - len(drivers))
    terms = [*drivers, *blank]
    channels = [[names.index(name) for name in term.of] for term in terms]
    return (
        [len(of) for of in channels],
        [of + [0] * (_MEDIAN_OF - len(of)) for of in channels],
        [term.size for term in terms],
        [term.power for term in terms],
        [-1 if term.times is None else names.index(term.times) for term in terms],
        [term.lag_s for term in terms],
    )


def scratch(count: int) -> Array:
    """Room for the predictions of `count` models."""
    return np.zeros(count, PREDICTION)


@compiled
def follow(
    model: Any, judged: Any, channels: Any, values: Array, at_work: bool, since_s: float,
    prediction: Any,
) -> None:  # fmt: skip
    """Takes the drivers of one row of `values`, which are the class's channels, `since_s` after
    the row before: what lags goes on at rest as well.
    """
    features = prediction.features
    features[0] = 1.0
    model.unsettled_s = max(0.0, model.unsettled_s - since_s)
    for n in range(TERMS):
        features[n + 1] = _term(judged, n, channels, values, at_work) if n < judged.terms else 0.0
        if judged.lag_s[n] > 0.0:
            features[n + 1] = _lagged(model, n, features[n + 1], since_s, judged.lag_s[n])


@compiled
def judge(model: Any, judged: Any, channels: Any, values: Array, prediction: Any) -> None:
    """Compares the value of a row with what its drivers, which `follow` took, make expected; and
    learns from it.
    """
    features, gain = prediction.features, prediction.gain
    expected = leverage = 0.0
    _gain(model, features, gain)
    for i in range(_FEATURES):
        expected += model.weights[i] * features[i]
        leverage += gain[i] * features[i]
    leverage = 0.0 if leverage < 0.0 else leverage
    error = _scaled(channels, values, judged.channel) - expected
    if model.unsettled_s > 0.0:
        error = math.nan
    familiar = model.rows >= WARM_UP_ROWS and leverage < _FAMILIAR * model.noise
    prediction.error = error if familiar else math.nan
    prediction.expected = expected * judged.span + judged.low
    if math.isnan(error):
        return
    most = _GATE * math.sqrt(model.noise + leverage)
    trusted = model.rows < WARM_UP_ROWS or abs(error) < most
    # however far a strange row is off, it moves the model by no more than one at the gate
    _learn(model, gain, error, leverage, 1.0 if trusted else _DISTRUST * most / abs(error))
    model.rows += 1


@compiled
def _term(judged: Any, n: int, channels: Any, values: Array, at_work: bool) -> float:
    count = judged.count[n]
    if count == 0:
        return 1.0 if at_work else 0.0
    value = _median(judged, n, channels, values)
    if judged.size[n]:
        value = abs(values[judged.of[n, 0]]) / channels[judged.of[n, 0]].typical_span
    term = value
    for _ in range(judged.power[n] - 1):
        term *= value
    return term if judged.times[n] < 0 else term * _scaled(channels, values, judged.times[n])


@compiled
def _median(judged: Any, n: int, channels: Any, values: Array) -> float:
    """Of the channels' values, in their typical ranges; the lower one of the middle two."""
    count = judged.count[n]
    for i in range(count):
        value, smaller = _scaled(channels, values, judged.of[n, i]), 0
        for j in range(count):
            other = _scaled(channels, values, judged.of[n, j])
            if math.isnan(other):
                return math.nan
            smaller += 1 if other < value or (other == value and j < i) else 0
        if smaller == (count - 1) // 2:
            return value
    return math.nan


@compiled
def _lagged(model: Any, n: int, value: float, since_s: float, lag_s: float) -> float:
    """The driver followed with a lag; a missing value leaves it where it is."""
    if math.isnan(model.lagged[n]):
        model.lagged[n] = value
    elif not math.isnan(value):
        if since_s > _GAP * lag_s and abs(value - model.lagged[n]) > _MOVED:
            model.unsettled_s = max(model.unsettled_s, _SETTLING * lag_s)
        model.lagged[n] += (value - model.lagged[n]) * (1.0 - math.exp(-since_s / lag_s))
    return float(model.lagged[n])


@compiled
def _scaled(channels: Any, values: Array, n: int) -> float:
    return float((values[n] - channels[n].typical_low) / channels[n].typical_span)


@compiled
def _gain(model: Any, features: Array, gain: Array) -> None:
    """The spread times the features."""
    for i in range(_FEATURES):
        gain[i] = 0.0
    place = 0
    for i in range(_FEATURES):
        gain[i] += model.spread[place] * features[i]
        for j in range(i + 1, _FEATURES):
            shared = model.spread[place + j - i]
            gain[i] += shared * features[j]
            gain[j] += shared * features[i]
        place += _FEATURES - i


@compiled
def _learn(model: Any, gain: Array, error: float, leverage: float, weight: float) -> None:
    weights, spread = model.weights, model.spread
    share = weight / (model.noise + weight * leverage)
    most, place = 0.0, 0
    for i in range(_FEATURES):
        step = gain[i] * share
        weights[i] += step * error
        for j in range(i, _FEATURES):
            spread[place + j - i] -= step * gain[j]
        most = max(most, spread[place])
        place += _FEATURES - i
    if most < _MOST_VARIANCE * _FORGET:
        for n in range(_SPREAD):
            spread[n] /= _FORGET
    seen = min(error * error, _GATE * _GATE * (model.noise + leverage))
    rate = weight * max(_NOISE_RATE, 1.0 / (1.0 + model.rows))
    model.noise = max(model.noise + rate * (seen - model.noise), _NOISE_FLOOR**2)


def names_of(asset_class: AssetClass) -> Sequence[str]:
    """The judged channels, in the order of the models."""
    return [channel.name for channel in asset_class.channels if channel.follows]
