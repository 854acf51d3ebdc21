"""What an asset reported in a window of time: simulated once more, for nobody else and no longer.

The same scenario, seed and start give the same bytes, so nothing need be kept of a run in order to
show any part of it afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any, NamedTuple

import msgspec
import numpy as np

from services.domain.wire import read_reading
from simulators.emission import Emission
from simulators.noise import Floats
from simulators.scenario import Scenario
from simulators.world import World


class Window(NamedTuple):
    """Readings of `asset` that arrive in [since, until), in seconds after the world's start.

    `beside`: another asset that may speak in its name.
    """

    asset: str
    since: int
    until: int
    channels: tuple[str, ...]
    beside: str = ""


class Series(NamedTuple):
    """The readings of a window in order of arrival; times are seconds after the world's start.

    A channel that a reading lacks is NaN there.  `facts`: (second, kind) of what was declared.
    """

    window: Window
    arrived: Floats
    said: Floats
    lat: Floats
    lon: Floats
    channels: Mapping[str, Floats]
    facts: tuple[tuple[int, str], ...]


class Past(NamedTuple):
    """Which world it was."""

    scenario: Scenario
    seed: int
    start: datetime


def gather(past: Past, windows: Iterable[Window], workers: int = 1) -> dict[Window, Series]:
    """The series of all `windows`; the world's feeds are shared by `workers` processes."""
    wanted = sorted(set(windows))
    if workers == 1:
        return _gather_share(past, wanted, (0, 1))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        shares = [(part, workers) for part in range(workers)]
        found = pool.map(_gather_share, [past] * workers, [wanted] * workers, shares)
        return {window: series for part in found for window, series in part.items()}


def _gather_share(
    past: Past, windows: Sequence[Window], share: tuple[int, int]
) -> dict[Window, Series]:
    world = World(past.scenario, past.seed, past.start, share=share, only=())
    own = {asset for fleet in world.fleets.values() for asset in fleet.assets}
    waiting = sorted((w for w in windows if w.asset in own), key=lambda w: w.since, reverse=True)
    opened: list[_Opened] = []
    done: dict[Window, Series] = {}
    while waiting or opened:
        until = world.second + past.scenario.block_s
        while waiting and waiting[-1].since < until:
            opened.append(_Opened(waiting.pop(), past.start))
        world.hear({name for one in opened for name in (one.window.asset, one.window.beside)})
        _hand_out(world.advance().emissions, opened)
        done |= {one.window: one.series() for one in opened if one.window.until <= until}
        opened = [one for one in opened if one.window.until > until]
    return done


def _hand_out(emissions: Sequence[Emission], opened: Sequence["_Opened"]) -> None:
    by_asset: dict[str, list[_Opened]] = {}
    for one in opened:
        by_asset.setdefault(one.window.asset, []).append(one)
    for emission in emissions:
        if emission.topic != "ticks":
            for one in by_asset.get(emission.key, ()):
                one.take(emission)


class _Declared(msgspec.Struct):
    kind: str


_read_fact = msgspec.json.Decoder(_Declared).decode


class _Opened:
    """A window that readings are still added to."""

    def __init__(self, window: Window, start: datetime) -> None:
        self.window = window
        self._start = start.astimezone(UTC)
        self._rows: list[tuple[Any, ...]] = []
        self._facts: list[tuple[int, str]] = []

    def take(self, emission: Emission) -> None:
        if not self.window.since <= emission.at < self.window.until:
            return
        if emission.topic == "facts":
            self._facts.append((emission.at, _read_fact(emission.value).kind))
            return
        said = read_reading(emission.value)
        values = [said.channels.get(name, np.nan) for name in self.window.channels]
        second = (said.time - self._start).total_seconds()
        place = (said.lat, said.lon) if said.lat is not None else (np.nan, np.nan)
        self._rows.append((emission.at, second, *place, *values))

    def series(self) -> Series:
        width = 4 + len(self.window.channels)
        table = np.array(self._rows, dtype=np.float64).reshape(-1, width).T
        channels = dict(zip(self.window.channels, table[4:], strict=True))
        arrived, said, lat, lon = table[:4]
        return Series(self.window, arrived, said, lat, lon, channels, tuple(self._facts))
