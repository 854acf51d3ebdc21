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

from collections.abc import Mapping, Sequence

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
        self._others, self._other_count = _others(judged, names)
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

    def look(self, state: State, rows: Array, values: Array, working: Array) -> "BaselineLook":
        """Scores the rows."""
        return BaselineLook(self, state, rows, values, working)

    def scaled(self, values: Array) -> tuple[Array, Array]:
        """The judged channels and their drivers (rows, channels, 2), in typical ranges.

        The second driver is the mean of those after the first; zero for a channel with one.
        """
        scaled = np.zeros((len(values), values.shape[1] + 1))  # the last column stands for none
        scaled[:, :-1] = (values - self._low) / self._span
        second = scaled[:, self._others].sum(axis=2) / self._other_count
        return scaled[:, self.channels], np.stack([scaled[:, self._first], second], axis=2)

    def unscaled(self, target: Array, deviation: Array) -> tuple[Array, Array]:
        """Values of the judged channels and deviations, in their units."""
        span, low = self._span[self.channels], self._low[self.channels]
        return target * span + low, deviation * span


class BaselineLook:
    """Some rows seen through their models; arrays are (rows, judged channels, ...)."""

    def __init__(
        self, baseline: Baseline, state: State, rows: Array, values: Array, working: Array
    ) -> None:
        self._baseline, self._state, self._rows, self._working = baseline, state, rows, working
        self._shape = (len(rows), len(baseline.channels))
        self._target, self._drivers = baseline.scaled(values)
        self._seen, self._slow = self._read("rows"), self._read("slow", 2)
        self._noise = np.fmax(self._read("noise"), _NOISE_FLOOR**2)
        self._predict()
        self._extrapolating = self._variance > 2 * self._noise  # more doubt than noise
        self._unsettled = self._strange() | self._swinging()
        score = np.clip(self._error / np.sqrt(self._variance), -_FARTHEST, _FARTHEST)
        informed = ~self._extrapolating & (self._seen >= WARM_UP_ROWS) & working[:, None]
        self.score: Array = np.where(informed & ~self._unsettled, score, np.nan)

    def expected(self) -> tuple[Array, Array]:
        """What the channels should read and the standard deviation of that, in their units."""
        return self._baseline.unscaled(self._target - self._error, np.sqrt(self._variance))

    def learn(self) -> None:
        """Takes the rows into the model; missing values leave it as it is."""
        known = ~np.isnan(self._error) & self._working[:, None]
        score = np.where(known, self._error / np.sqrt(self._variance), 0.0)
        unsure = (self._unsettled & known) | self._moving_on() | self._extrapolating
        trusted = (self._seen < WARM_UP_ROWS) | unsure | (np.abs(score) < _GATE)
        weight = np.where(trusted, 1.0, _OUT_OF_CONTROL_WEIGHT) * known
        self._update(known, weight)
        self._update_noise(score, weight)
        self._seen += known
        self._write("rows", self._seen)
        self._slow_down(known)
        self._get_used_to(known)

    def _read(self, name: str, *width: int) -> Array:
        return self._state[name][self._rows].reshape(*self._shape, *width)

    def _write(self, name: str, content: Array) -> None:
        self._state[name][self._rows] = content.reshape(len(self._rows), -1)

    def _predict(self) -> None:
        """Error, spread times features, and the variance expected of the error."""
        a, b = self._drivers[..., 0], self._drivers[..., 1]
        slow = np.where(np.isnan(self._slow), a[..., None], self._slow)
        features = np.stack([np.ones_like(a), a, a * a, slow[..., 0], slow[..., 1], b], axis=2)
        self._weights, self._spread = self._read("weights", _FEATURES), self._read_spread()
        expected = np.clip((self._weights * features).sum(axis=2), *_PLAUSIBLE)
        self._error = self._target - expected
        self._gain = np.einsum("...ij,...j->...i", self._spread, features)
        self._leverage = (self._gain * features).sum(axis=2)
        self._variance = self._noise + np.maximum(self._leverage, 0.0)

    def _read_spread(self) -> Array:
        """Covariance of the coefficients; the prior where nothing was learned."""
        spread = self._read("spread", _FEATURES, _FEATURES)
        spread[np.isnan(spread[..., 0, 0])] = np.eye(_FEATURES) * _PRIOR_VARIANCE
        return spread

    def _update(self, known: Array, weight: Array) -> None:
        gain = np.where(known[..., None], self._gain, 0.0)
        leverage = np.where(known, self._leverage, 0.0)
        step = gain * (weight / (self._noise + weight * leverage))[..., None]
        error = np.where(known, self._error, 0.0)
        self._write("weights", self._weights + step * error[..., None])
        spread, growth = self._spread, 1 + (1 / _FORGET - 1) * weight
        spread -= step[..., None] * gain[:, :, None, :]
        variances = np.einsum("...ii->...i", spread)  # the diagonals themselves, not a copy
        bounded = variances.max(axis=2) * growth < _MOST_VARIANCE
        spread *= np.where(bounded, growth, 1.0)[..., None, None]
        # what was learned elsewhere binds less where the drivers are somewhere new
        variances += ((self._unsettled & known) * _LOOSENING)[..., None]
        self._write("spread", spread)

    def _update_noise(self, score: Array, weight: Array) -> None:
        """EW variance of the errors, each scaled to what it would be without leverage."""
        seen = np.minimum(score * score, _GATE**2) * self._noise
        rate = np.maximum(_NOISE_RATE, 1 / (1.0 + self._seen)) * weight
        self._write("noise", self._noise + rate * (seen - self._noise))

    def _get_used_to(self, known: Array) -> None:
        """EW mean and variance of the drivers, over the rows that were learned."""
        rate = np.maximum(_FAMILIAR_RATE, 1 / np.maximum(self._seen, 1)) * known
        rate = rate[..., None]
        off = np.where(known[..., None], self._off, 0.0)
        self._write("driver_mean", self._driver_mean + rate * off)
        self._write("driver_var", (1 - rate) * (self._driver_var + rate * off * off))

    def _strange(self) -> Array:
        """Whether a driver is where it was not lately."""
        self._driver_mean = self._read("driver_mean", 2)
        self._driver_var = self._read("driver_var", 2)
        self._off = self._drivers - self._driver_mean
        usual = _FAMILIAR + _FAMILIAR_SPREAD * np.sqrt(self._driver_var)
        strange: Array = (np.abs(self._off) > usual).any(axis=2)
        return strange

    def _moving_on(self) -> Array:
        """Whether the main driver is not where it was minutes ago: no time to stop learning."""
        moving_on: Array = self._swing(self._slow) > _MOVING_ON
        return moving_on

    def _swinging(self) -> Array:
        """Whether the main driver is changing more than it usually does."""
        usual = self._read("swing")
        swinging: Array = self._swing(self._slow) > _SWING + _USUAL_SWINGS * usual
        return swinging

    def _swing(self, slow: Array) -> Array:
        swing: Array = np.abs(slow[..., 0] - slow[..., 1])
        return swing

    def _slow_down(self, known: Array) -> None:
        """Moves the slowed drivers on, and what is usual of the gap between them."""
        a = self._drivers[..., :1]
        moved = self._slow + (a - self._slow) / np.array(_SLOW_ROWS)
        slow = np.where(np.isnan(self._slow), a, np.where(np.isnan(a), self._slow, moved))
        self._write("slow", slow)
        usual = self._read("swing")
        gap = np.where(known, np.minimum(self._swing(slow), _MOST_USUAL) - usual, 0.0)
        rate = np.maximum(_SWING_RATE, 1 / np.maximum(self._seen, 1))
        self._write("swing", usual + gap * rate)


def _others(judged: Sequence[Channel], names: Sequence[str]) -> tuple[Array, Array]:
    """The numbers of each channel's drivers after the first, filled up with -1; how many (>= 1)."""
    others = [[names.index(name) for name in channel.follows[1:]] for channel in judged]
    width = max((len(numbers) for numbers in others), default=0)
    filled = [numbers + [-1] * (width - len(numbers)) for numbers in others]
    count = [max(1, len(numbers)) for numbers in others]
    return np.array(filled, dtype=np.int64).reshape(len(judged), width), np.array(count)


def _low(channel: Channel) -> float:
    return channel.typical[0] or 0.0


def _span(channel: Channel) -> float:
    low, high = channel.typical
    return 1.0 if high is None else high - (low or 0.0)
