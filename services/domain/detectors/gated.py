"""Joint distance of all channels together from the asset's own past, without any class data.

`baseline`, which learns while in control too, predicts one channel from what the class data says
drives it.  Here nothing is known of what the channels mean, and none is predicted.

Two distances, both in the metric of the channels' shrunk correlation and per channel:

    of the level   of the exponentially smoothed row (MEWMA): slow wear, shifts, drifts
    of the row     of the row itself, smoothed thereafter: more noise, channels that part

Means, variances and correlation are learned only while in control: while the level's distance is
below `in_control` times what is usual, more at first, `1 + (settling / learned rows)^2` times as
much.  So a fault is not learned.  An asset that is out of control for `give_up_rows` on end has
another baseline now, and is learned anew.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, FiniteFloat

from services.domain.compiled import called, compiled, entry, records
from services.domain.form import Array

_READY_ROWS = 20  # before there is any covariance to speak of
_USUAL_ROWS = 500.0  # what the usual distance is a mean of
_FLOOR = 1e-9  # of the mean: no channel deviates less
_LEAST_PIVOT = 1e-6


class GatedSettings(NamedTuple):
    """Section `gated`."""

    smoothing: Annotated[FiniteFloat, Field(gt=0, le=1, description="weight of the newest row")] = (
        0.1
    )
    shrinkage: Annotated[
        FiniteFloat, Field(gt=0, le=1, description="what is taken off the correlations")
    ] = 0.3
    in_control: Annotated[
        FiniteFloat,
        Field(gt=1, description="times the usual distance; what is further is not learned"),
    ] = 1.5
    settling_rows: Annotated[
        FiniteFloat, Field(ge=0, description="for about so many rows nearly anything is learned")
    ] = 10_000.0
    give_up_rows: Annotated[
        FiniteFloat, Field(ge=1, description="out of control for so long, an asset is learned anew")
    ] = 1_000.0
    memory_rows: Annotated[
        FiniteFloat, Field(ge=100, description="the baseline is a mean of so many rows")
    ] = 10_000.0
    clip: Annotated[
        FiniteFloat, Field(gt=0, description="most that a value is off, in deviations")
    ] = 10.0


ASSET = np.dtype(
    [
        ("rows", "i8"),
        ("learned", "f8"),
        ("usual", "f8"),  # distance of the level
        ("row", "f8"),  # smoothed distance of the row
        ("since", "i8"),  # learned rows since the factor was computed
        ("outside", "f8"),  # rows on end
    ],
    align=True,
)


class Gated(NamedTuple):
    """The baselines of many assets."""

    assets: Array
    channels: Array  # by asset; count, mean, variance, smoothed; by channel
    covariance: Array  # of the standardised channels
    factor: Array  # of the shrunk correlation (Cholesky)
    settings: GatedSettings

    @classmethod
    def new(cls, assets: int, channels: int, settings: GatedSettings | None = None) -> "Gated":
        """Before the first row."""
        square = (assets, channels, channels)
        return cls(
            np.zeros(assets, ASSET),
            np.zeros((assets, 4, channels)),
            np.zeros(square),
            np.zeros(square),
            settings or GatedSettings(),
        )

    def take(self, assets: Array, held: Array) -> Array:
        """Of each row the root of the level's distance, and of the row's; NaN at first."""
        found = np.empty((len(held), 2))
        room = np.zeros((2, held.shape[1]))
        _take(
            records(self.assets), self.channels, self.covariance, self.factor, assets, held,
            self.settings, room, found,
        )  # fmt: skip
        return found


@entry
def _take(
    states: Any, channels: Array, covariance: Array, factor: Array, assets: Array, held: Array,
    settings: Any, room: Array, found: Array,
) -> None:  # fmt: skip
    for row in range(len(held)):
        asset = assets[row]
        state = states[asset]
        off = room[0]
        varied = _standardise(channels[asset], held[row], off, settings)
        state.rows += 1
        level = -1.0
        if state.rows > _READY_ROWS and varied > 0:
            if state.since >= len(off) or state.learned <= _READY_ROWS:
                _factorise(covariance[asset], factor[asset], settings.shrinkage)
                state.since = 0
            # an average's variance, in those of a row; the mean's own uncertainty with it
            share = settings.smoothing / (2.0 - settings.smoothing) + 1.0 / state.learned
            level = _distance(factor[asset], channels[asset, 3], room[1]) / varied / share
            of_row = _distance(factor[asset], off, room[1]) / varied
            state.row += settings.smoothing * (of_row - state.row)
        if _in_control(state, level, settings):
            _learn(state, channels[asset], covariance[asset], held[row], off, settings)
        found[row, 0] = math.sqrt(level) if level >= 0.0 else math.nan
        found[row, 1] = math.sqrt(state.row) if level >= 0.0 else math.nan


@compiled
def _standardise(channels: Array, held: Array, off: Array, settings: Any) -> int:
    """Writes how far each channel is off its mean, and smooths it; how many have ever varied."""
    varied = 0
    for n in range(len(held)):
        off[n] = 0.0
        if channels[0, n] >= 2.0 and not math.isnan(held[n]):
            least = _FLOOR * abs(channels[1, n]) + _FLOOR * _FLOOR
            away = (held[n] - channels[1, n]) / max(math.sqrt(channels[2, n]), least)
            off[n] = min(max(away, -settings.clip), settings.clip)
            varied += 1 if channels[2, n] > 0.0 or off[n] != 0.0 else 0
        channels[3, n] += settings.smoothing * (off[n] - channels[3, n])
    return varied


@compiled
def _in_control(state: Any, level: float, settings: Any) -> bool:
    """Whether the row is to be learned; what is usual is learned here."""
    if level < 0.0:
        return True
    usual = max(state.usual, 1.0)
    settling = settings.settling_rows / (state.learned + 1.0)
    most = settings.in_control * (1.0 + settling * settling) * usual
    if level < most:
        state.outside = 0.0
        state.usual += (level - state.usual) / min(state.learned + 1.0, _USUAL_ROWS)
        return True
    state.outside += 1.0
    if state.outside > settings.give_up_rows:
        state.rows, state.learned, state.usual, state.outside = 0, 0.0, 0.0, 0.0
        return True
    return False


@called
def _learn(
    state: Any, channels: Array, covariance: Array, held: Array, off: Array, settings: Any
) -> None:
    state.learned = min(state.learned + 1.0, settings.memory_rows)
    state.since += 1
    for n in range(len(held)):
        if not math.isnan(held[n]):
            count = min(channels[0, n] + 1.0, state.learned)
            step = held[n] - channels[1, n]
            channels[0, n] = count
            channels[1, n] += step / count
            channels[2, n] += (step * (held[n] - channels[1, n]) - channels[2, n]) / count
    # the first deviations are from a mean of next to nothing
    if state.rows > _READY_ROWS // 2:
        rate = 1.0 / max(state.learned - _READY_ROWS // 2, 1.0)
        for i in range(len(off)):
            for j in range(i + 1):
                covariance[i, j] += rate * (off[i] * off[j] - covariance[i, j])


@called
def _factorise(covariance: Array, factor: Array, shrinkage: float) -> None:
    """Cholesky factor of the correlation, of which only `1 - shrinkage` is believed."""
    for i in range(len(factor)):
        for j in range(i + 1):
            rest = 1.0
            if i != j:
                scale = math.sqrt(covariance[i, i] * covariance[j, j])
                rest = (1.0 - shrinkage) * covariance[i, j] / scale if scale > 0.0 else 0.0
            for m in range(j):
                rest -= factor[i, m] * factor[j, m]
            if i == j:
                factor[i, i] = math.sqrt(max(rest, _LEAST_PIVOT))
            else:
                factor[i, j] = rest / factor[j, j]


@called
def _distance(factor: Array, off: Array, room: Array) -> float:
    """Squared, in the metric of the correlation."""
    total = 0.0
    for i in range(len(off)):
        rest = off[i]
        for j in range(i):
            rest -= factor[i, j] * room[j]
        room[i] = rest / factor[i, i]
        total += room[i] * room[i]
    return total
