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

from collections.abc import Mapping

import numpy as np

from schemas.asset_classes import AssetClass, Channel
from services.domain.detectors.form import Array, Column, State

NAME = "baseline/1"
WARM_UP_ROWS = 120
_FEATURES = 6
_SLOW_ROWS = (6.0, 60.0)
_FORGET = 0.9995  # half-life about 1,400 rows
_PRIOR_VARIANCE = 4.0  # of a coefficient, in typical ranges: anything is possible at first
_MOST_VARIANCE = 16.0  # a direction not excited for long becomes no vaguer than this
_NOISE_FLOOR = 0.01  # of the typical range: less is of no matter to a person
_GATE = 3.0
_OUT_OF_CONTROL_WEIGHT = 0.005
_FARTHEST = 50.0
_NOISE_RATE = 0.01
_PLAUSIBLE = (-0.5, 1.5)  # of the typical range: no prediction goes beyond
_FAMILIAR, _FAMILIAR_SPREAD, _FAMILIAR_RATE = 0.03, 3.0, 0.01
_LOOSENING = 1e-3
_SWING, _USUAL_SWINGS, _SWING_RATE, _MOST_USUAL = 0.05, 1.5, 0.001, 0.08
_MOVING_ON = 0.02


class Baseline:
    """The detector of one asset class; its state is columns of (assets, channels x ...)."""

    name = NAME

    def __init__(self, asset_class: AssetClass) -> None:
        names = [channel.name for channel in asset_class.channels]
        judged = [channel for channel in asset_class.channels if channel.follows]
        self.channels = np.array([names.index(channel.name) for channel in judged], dtype=np.int64)
        first = [names.index(channel.follows[0]) for channel in judged]
        self._first = np.array(first, dtype=np.int64)
        self._others = _mean_of_others(judged, names)
        self._low = np.array([_low(channel) for channel in asset_class.channels])
        self._span = np.array([_span(channel) for channel in asset_class.channels])

    def table(self) -> Mapping[str, Column]:
        """The model's columns."""
        count = len(self.channels)
        return {
            "rows": Column("i4", 0, count),
            "weights": Column("f8", 0.0, count * _FEATURES),
            "spread": Column("f8", np.nan, count * _FEATURES * _FEATURES),
            "noise": Column("f8", np.nan, count),
            "slow": Column("f8", np.nan, count * 2),
            "swing": Column("f8", 0.0, count),
            "driver_mean": Column("f8", 0.0, count * 2),
            "driver_var": Column("f8", 0.0, count * 2),
        }

    def score(self, state: State, rows: Array, values: Array, working: Array) -> Array:
        """(assets, judged channels): signed error in predicted standard deviations."""
        target, features = self._features(state, rows, values)
        error, _, deviation = self._predict(state, rows, target, features)
        score = np.clip(error / deviation, -_FARTHEST, _FARTHEST)
        informed = (
            ~self._extrapolating(state, rows, deviation)
            & (state["rows"][rows] >= WARM_UP_ROWS)
            & working[:, None]
        )
        return np.where(informed & ~self._unsettled(state, rows, values), score, np.nan)

    def expected(self, state: State, rows: Array, values: Array) -> tuple[Array, Array]:
        """What the channels should read and the standard deviation of that, in their units."""
        target, features = self._features(state, rows, values)
        error, _, deviation = self._predict(state, rows, target, features)
        span, low = self._span[self.channels], self._low[self.channels]
        return (target - error) * span + low, deviation * span

    def learn(self, state: State, rows: Array, values: Array, working: Array) -> None:
        """Takes the rows into the model; missing values leave it as it is."""
        target, features = self._features(state, rows, values)
        error, gain, deviation = self._predict(state, rows, target, features)
        known = ~np.isnan(error) & working[:, None]
        error, features = np.where(known, error, 0.0), np.where(known[..., None], features, 0.0)
        score = np.nan_to_num(error / deviation)
        warming = state["rows"][rows] < WARM_UP_ROWS
        unsettled = self._unsettled(state, rows, values) & known
        unsure = (
            unsettled | self._moving_on(state, rows) | self._extrapolating(state, rows, deviation)
        )
        trusted = warming | unsure | (np.abs(score) < _GATE)
        weight = np.where(trusted, 1.0, _OUT_OF_CONTROL_WEIGHT) * known
        self._update(state, rows, error, np.nan_to_num(gain), features, weight)
        self._loosen(state, rows, unsettled)
        self._update_noise(state, rows, score, weight)
        state["rows"][rows] += known
        self._slow_down(state, rows, values, known)
        self._get_used_to(state, rows, values, known)

    def _scaled(self, values: Array) -> Array:
        scaled: Array = (values - self._low) / self._span
        return scaled

    def _features(self, state: State, rows: Array, values: Array) -> tuple[Array, Array]:
        scaled = self._scaled(values)
        a, b = scaled[:, self._first], self._second(scaled)
        slow = state["slow"][rows].reshape(len(rows), -1, 2)
        slow = np.where(np.isnan(slow), a[..., None], slow)
        features = np.stack([np.ones_like(a), a, a * a, slow[..., 0], slow[..., 1], b], axis=2)
        return scaled[:, self.channels], features

    def _second(self, scaled: Array) -> Array:
        """Mean of the drivers after the first; zero for a channel with one driver."""
        out = np.zeros((len(scaled), len(self.channels)))
        for n, others in self._others.items():
            out[:, n] = sum(scaled[:, other] for other in others) / len(others)
        return out

    def _predict(
        self, state: State, rows: Array, target: Array, features: Array
    ) -> tuple[Array, Array, Array]:
        """Error, spread times features, and the standard deviation expected of the error."""
        shape = (len(rows), len(self.channels), _FEATURES)
        weights = state["weights"][rows].reshape(shape)
        expected = np.clip((weights * features).sum(axis=2), *_PLAUSIBLE)
        error = target - expected
        gain = (self._spread(state, rows) * features[:, :, None, :]).sum(axis=3)
        leverage = (gain * features).sum(axis=2)
        noise = np.fmax(state["noise"][rows], _NOISE_FLOOR**2)
        return error, gain, np.sqrt(noise + np.maximum(leverage, 0.0))

    def _spread(self, state: State, rows: Array) -> Array:
        """Covariance of the coefficients; the prior where nothing was learned."""
        shape = (len(rows), len(self.channels), _FEATURES, _FEATURES)
        spread = state["spread"][rows].reshape(shape)
        return np.where(np.isnan(spread), np.eye(_FEATURES) * _PRIOR_VARIANCE, spread)

    def _update(
        self, state: State, rows: Array, error: Array, gain: Array, features: Array, weight: Array
    ) -> None:
        noise = np.fmax(state["noise"][rows], _NOISE_FLOOR**2)
        leverage = (gain * features).sum(axis=2)
        step = gain * (weight / (noise + weight * leverage))[..., None]
        weights = state["weights"][rows].reshape(features.shape)
        state["weights"][rows] = (weights + step * error[..., None]).reshape(len(rows), -1)
        spread = self._spread(state, rows) - step[..., None] * gain[:, :, None, :]
        grown = spread * (1 + (1 / _FORGET - 1) * weight[..., None, None])
        largest = np.diagonal(grown, axis1=2, axis2=3).max(axis=2)
        spread = np.where((largest < _MOST_VARIANCE)[..., None, None], grown, spread)
        state["spread"][rows] = spread.reshape(len(rows), -1)

    def _update_noise(self, state: State, rows: Array, score: Array, weight: Array) -> None:
        """EW variance of the errors, each scaled to what it would be without leverage."""
        noise = np.fmax(state["noise"][rows], _NOISE_FLOOR**2)
        seen = np.minimum(score * score, _GATE**2) * noise
        rate = np.maximum(_NOISE_RATE, 1 / (1.0 + state["rows"][rows])) * weight
        state["noise"][rows] = noise + rate * (seen - noise)

    def _extrapolating(self, state: State, rows: Array, deviation: Array) -> Array:
        """Whether the model's own doubt is more than the noise."""
        noise = np.fmax(state["noise"][rows], _NOISE_FLOOR**2)
        doubtful: Array = deviation**2 > 2 * noise
        return doubtful

    def _loosen(self, state: State, rows: Array, unsettled: Array) -> None:
        """What was learned elsewhere binds less where the drivers are somewhere new."""
        if unsettled.any():
            eased = (unsettled * _LOOSENING)[..., None, None] * np.eye(_FEATURES)
            state["spread"][rows] = (self._spread(state, rows) + eased).reshape(len(rows), -1)

    def _drivers(self, values: Array) -> Array:
        scaled = self._scaled(values)
        return np.stack([scaled[:, self._first], self._second(scaled)], axis=2)

    def _get_used_to(self, state: State, rows: Array, values: Array, known: Array) -> None:
        """EW mean and variance of the drivers, over the rows that were learned."""
        drivers = self._drivers(values)
        mean = state["driver_mean"][rows].reshape(drivers.shape)
        variance = state["driver_var"][rows].reshape(drivers.shape)
        rate = (np.maximum(_FAMILIAR_RATE, 1 / np.maximum(state["rows"][rows], 1)) * known)[
            ..., None
        ]
        off = np.where(known[..., None], drivers - mean, 0.0)
        state["driver_mean"][rows] = (mean + rate * off).reshape(len(rows), -1)
        variance = (1 - rate) * (variance + rate * off * off)
        state["driver_var"][rows] = variance.reshape(len(rows), -1)

    def _unsettled(self, state: State, rows: Array, values: Array) -> Array:
        """Whether a driver is where it was not lately, or changing more than it usually does."""
        drivers = self._drivers(values)
        off = np.abs(drivers - state["driver_mean"][rows].reshape(drivers.shape))
        usual = np.sqrt(state["driver_var"][rows].reshape(drivers.shape))
        strange = (off > _FAMILIAR + _FAMILIAR_SPREAD * usual).any(axis=2)
        unsettled: Array = strange | self._swinging(state, rows)
        return unsettled

    def _moving_on(self, state: State, rows: Array) -> Array:
        """Whether the main driver is not where it was minutes ago: no time to stop learning."""
        slow = state["slow"][rows].reshape(len(rows), -1, 2)
        moving_on: Array = np.abs(slow[..., 0] - slow[..., 1]) > _MOVING_ON
        return moving_on

    def _swinging(self, state: State, rows: Array) -> Array:
        slow = state["slow"][rows].reshape(len(rows), -1, 2)
        swing = np.abs(slow[..., 0] - slow[..., 1])
        swinging: Array = swing > _SWING + _USUAL_SWINGS * state["swing"][rows]
        return swinging

    def _slow_down(self, state: State, rows: Array, values: Array, known: Array) -> None:
        """Moves the slowed drivers on, and what is usual of the gap between them."""
        a = self._scaled(values)[:, self._first][..., None]
        slow = state["slow"][rows].reshape(len(rows), -1, 2)
        moved = slow + (a - slow) / np.array(_SLOW_ROWS)
        slow = np.where(np.isnan(slow), a, np.where(np.isnan(a), slow, moved))
        state["slow"][rows] = slow.reshape(len(rows), -1)
        usual = state["swing"][rows]
        gap = np.where(
            known, np.minimum(np.abs(slow[..., 0] - slow[..., 1]), _MOST_USUAL) - usual, 0.0
        )
        state["swing"][rows] = usual + gap * np.maximum(
            _SWING_RATE, 1 / np.maximum(state["rows"][rows], 1)
        )


def _mean_of_others(judged: list[Channel], names: list[str]) -> dict[int, list[int]]:
    return {
        n: [names.index(name) for name in channel.follows[1:]]
        for n, channel in enumerate(judged)
        if len(channel.follows) > 1
    }


def _low(channel: Channel) -> float:
    return channel.typical[0] or 0.0


def _span(channel: Channel) -> float:
    low, high = channel.typical
    return 1.0 if high is None else high - (low or 0.0)
