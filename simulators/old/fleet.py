"""What the three fleets share: instruments with noise, and the form in which they report."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from simulators.noise import Floats, Ints, Keys, asset_key, smooth, white


class Instrument(NamedTuple):
    """How a channel is measured: decimals, noise of each reading, slow wander and its period."""

    name: str
    decimals: int = 2
    white: float = 0.0
    wander: float = 0.0
    period_s: float = 90.0
    low: float = -np.inf
    high: float = np.inf


class Sample(NamedTuple):
    """What `rows` say now; the first `counts[i]` columns of `values[i]` are reported."""

    rows: Ints
    lat: Floats
    lon: Floats
    values: Floats
    counts: Sequence[int]
    labels: Sequence[Mapping[str, str]]


class Fleet(Protocol):
    """All assets of one class, one row an asset."""

    asset_class: str
    assets: tuple[str, ...]
    channels: tuple[str, ...]

    def step(self, tick: int) -> None:
        """One second of physics, ending at `tick`."""

    def due(self, tick: int) -> Ints:
        """Rows that report at `tick`."""

    def sample(self, rows: Ints, tick: int) -> Sample:
        """What they report."""


class Panel:
    """The instruments of a class, read together for the rows that are due."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self.names = tuple(instrument.name for instrument in instruments)
        self._stream = np.arange(len(instruments), dtype=np.int64)[None, :] + 100
        columns = np.array([instrument[2:] for instrument in instruments], dtype=np.float64).T
        self._white, self._wander, self._period_s, self._low, self._high = columns[:, None, :]
        self._places = [instrument.decimals for instrument in instruments]
        self._scale = np.array([10.0**places for places in self._places])[None, :]

    def read(self, keys: Keys, tick: int, true: Floats, alive: Floats) -> Floats:
        """`true` (row, channel) with noise where `alive` is 1, in bounds, rounded as shown."""
        key = keys[:, None]
        noise = white(key, self._stream, np.asarray(tick)) * self._white
        noise += smooth(key, self._stream + 100, tick, self._period_s) * self._wander
        shown = np.clip(true + noise * alive[:, None], self._low, self._high)
        return np.asarray(np.rint(shown * self._scale) / self._scale) + 0.0


def keys_of(seed: int, class_code: int, count: int) -> Keys:
    """The keys of the first `count` assets of a class."""
    return np.array([asset_key(seed, class_code, row) for row in range(count)], dtype=np.uint64)


def lag(state: Floats, target: Floats, tau_s: float) -> None:
    """Moves `state` one second towards `target`, first order with time constant `tau_s`."""
    state += (target - state) * (1.0 - np.exp(-1.0 / tau_s))
