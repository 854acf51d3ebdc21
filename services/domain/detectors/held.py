"""What the detectors of whole rows are shown: each channel's last value, and no switches.

A missing value holds the last one.  NaN stays where there is nothing to measure a distance to: a
channel that was never heard, and one that has only ever said 0 or 1.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from services.domain.compiled import compiled, entry, records
from services.domain.form import Array

_LARGEST = 1e100
"""Larger numbers, infinite ones too, count as this: their squares are still numbers."""

CHANNEL = np.dtype([("last", "f8"), ("measures", "u1")], align=True)
"""Its last value, and whether it was ever anything but 0 or 1."""


class Held(NamedTuple):
    """The last values of many assets."""

    channels: Array

    @classmethod
    def new(cls, assets: int, channels: int) -> "Held":
        """Before the first row."""
        state = np.zeros((assets, channels), CHANNEL)
        state["last"] = np.nan
        return cls(state)

    def take(self, assets: Array, values: Array) -> Array:
        """The rows in `values`, each of the asset whose number is in `assets`, as held values."""
        held = np.empty(values.shape)
        _take(records(self.channels), assets, values, held)
        return held


@entry
def _take(channels: Any, assets: Array, values: Array, held: Array) -> None:
    for row in range(len(values)):
        for n in range(values.shape[1]):
            held[row, n] = _hold(channels[assets[row], n], values[row, n])


@compiled
def _hold(channel: Any, value: float) -> float:
    if not math.isnan(value):
        channel.last = min(max(value, -_LARGEST), _LARGEST)
        if value != 0.0 and value != 1.0:
            channel.measures = 1
    return float(channel.last) if channel.measures else math.nan
