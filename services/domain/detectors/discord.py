"""Discord: how far the last rows are from the nearest stretch of rows before them.

All channels jointly, each standardised by its own past.  For every lag of the history the squared
distance between a row and the one so many rows before it is averaged over the last rows,
exponentially; the smallest average is that of the nearest earlier stretch.  Nothing drifts, as
nothing is subtracted, and a row costs history x channels.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, FiniteFloat

from services.domain.compiled import called, compiled, entry
from services.domain.form import Array

_TINY = np.float32(1e-12)
"""Added to a distance in each row, or it would become a number too small to count with fast."""
_STARTED = 16.0  # rows of a channel before it says how unusual it is


class DiscordSettings(NamedTuple):
    """Section `discord`."""

    history_rows: Annotated[int, Field(ge=32, le=100_000, description="how far back it looks")] = (
        500
    )
    length_rows: Annotated[
        int, Field(ge=2, le=1_000, description="how long a stretch is; half of its weight is newer")
    ] = 16
    clip: Annotated[
        FiniteFloat, Field(gt=0, description="most that a value is off, in deviations")
    ] = 10.0
    memory_rows: Annotated[
        FiniteFloat, Field(ge=100, description="a channel's mean and deviation are of so many rows")
    ] = 1e6


class Discord(NamedTuple):
    """The recent past of many assets."""

    rows: Array  # by asset
    moments: Array  # by asset; count, mean, variance; by channel
    history: Array  # by asset and channel, a ring
    distances: Array  # by asset; the longest lag first
    settings: DiscordSettings

    @classmethod
    def new(cls, assets: int, channels: int, settings: DiscordSettings | None = None) -> "Discord":
        """Before the first row."""
        settings = settings or DiscordSettings()
        return cls(
            np.zeros(assets, np.int64),
            np.zeros((assets, 3, channels)),
            np.zeros((assets, channels, settings.history_rows), np.float32),
            np.zeros((assets, settings.history_rows), np.float32),
            settings,
        )

    def take(self, assets: Array, held: Array) -> Array:
        """Of each row the root of the mean squared distance; NaN at first."""
        found = np.empty(len(held))
        _take(
            self.rows, self.moments, self.history, self.distances, assets, held, self.settings,
            found,
        )  # fmt: skip
        return found


@entry
def _take(
    rows: Array, moments: Array, history: Array, distances: Array, assets: Array, held: Array,
    settings: Any, found: Array,
) -> None:  # fmt: skip
    lags = history.shape[2]
    for row in range(len(held)):
        asset = assets[row]
        seen = rows[asset]
        of_asset = distances[asset]
        _forget(of_asset, settings.length_rows)
        measured = 0
        for n in range(held.shape[1]):
            off = np.float32(0.0)
            if not math.isnan(held[row, n]):
                off = np.float32(_standardised(moments[asset], n, held[row, n], settings))
                measured += 1
            _compare(history[asset, n], of_asset, seen % lags, off, settings.length_rows)
        rows[asset] = seen + 1
        nearest = _least(of_asset[max(lags - seen, 0) : lags - settings.length_rows + 1])
        known = measured > 0 and seen >= 4 * settings.length_rows
        found[row] = math.sqrt(np.float64(nearest)) if known else math.nan


@called
def _forget(distances: Array, length: int) -> None:
    keep = np.float32(1.0 - 2.0 / length)
    for i in range(len(distances)):
        distances[i] = keep * distances[i] + _TINY


@called
def _compare(ring: Array, distances: Array, oldest: int, off: Any, length: int) -> None:
    """Adds one channel's part to the distances; the newest value takes the oldest one's place."""
    older = len(ring) - oldest
    share = np.float32(2.0 / length)
    _add(distances[:older], ring[oldest:], off, share)
    _add(distances[older:], ring[:oldest], off, share)
    ring[oldest] = off


@called
def _add(distances: Array, values: Array, off: Any, share: Any) -> None:
    # one index from 0 for both: the compiler then takes several at once
    for i in range(len(distances)):
        away = values[i] - off
        distances[i] += share * (away * away)


@called
def _least(distances: Array) -> Any:
    # four at a time, none of which waits for the one before it
    a = b = c = d = np.float32(np.inf)
    for i in range(len(distances) // 4):
        a, b = min(a, distances[4 * i]), min(b, distances[4 * i + 1])
        c, d = min(c, distances[4 * i + 2]), min(d, distances[4 * i + 3])
    for i in range(len(distances) // 4 * 4, len(distances)):
        a = min(a, distances[i])
    return min(min(a, b), min(c, d))


@compiled
def _standardised(moments: Array, n: int, value: float, settings: Any) -> float:
    """How far the value is off its channel's past, in deviations of it; and takes the value."""
    count, mean, variance = moments[0, n], moments[1, n], moments[2, n]
    step = value - mean
    off = 0.0
    if count >= _STARTED and step != 0.0:
        off = step / math.sqrt(variance) if variance > 0.0 else math.copysign(settings.clip, step)
        off = min(max(off, -settings.clip), settings.clip)
    count = min(count + 1.0, settings.memory_rows)
    mean += step / count
    moments[0, n], moments[1, n] = count, mean
    moments[2, n] = variance + (step * (value - mean) - variance) / count
    return off
