"""What the plots and their tests look at: the readings of a healthy fleet, asset by asset."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulators.fleet import Fleet, Sample
from simulators.noise import Bools, Floats, Ints

DAY_S = 86_400


class Track(NamedTuple):
    """One asset's readings in order of time; a channel that a reading lacks is NaN there."""

    asset: str
    times: Ints
    lat: Floats
    lon: Floats
    channels: Mapping[str, Floats]

    def told(self, *names: str) -> tuple[Ints, list[Floats]]:
        """Times and values of the readings that tell all channels of `names`."""
        values = [self.channels[name] for name in names]
        whole = np.isfinite(values).all(axis=0)
        return self.times[whole], [value[whole] for value in values]

    def between(self, since_s: float, until_s: float) -> "Track":
        """The readings of [since_s, until_s)."""
        first, last = np.searchsorted(self.times, (since_s, until_s))
        part = slice(int(first), int(last))
        channels = {name: values[part] for name, values in self.channels.items()}
        return Track(self.asset, self.times[part], self.lat[part], self.lon[part], channels)


def record(fleet: Fleet, seconds: int, block_s: int) -> list[Track]:
    """The tracks of a fleet's own assets over `seconds`, in blocks of `block_s`, without faults."""
    samples = []
    for until in range(block_s, seconds + 1, block_s):
        fleet.live(until, ())
        samples.append(fleet.sample(*fleet.due()))
    return _by_asset(fleet, samples)


def _by_asset(fleet: Fleet, samples: Sequence[Sample]) -> list[Track]:
    rows, times, lat, lon, counts, values = (
        np.concatenate([getattr(sample, name) for sample in samples])
        for name in ("rows", "times", "lat", "lon", "counts", "values")
    )
    names = fleet.panel.names
    values = np.where(np.arange(len(names)) < counts[:, None], values, np.nan)
    order = np.argsort(rows, kind="stable")
    cuts = np.searchsorted(rows[order], np.arange(1, len(fleet.assets)))
    own = [(fleet.assets[row], mine) for row, mine in enumerate(np.split(order, cuts))
           if fleet.numbers[row] >= 0]  # fmt: skip
    return [
        Track(asset, times[mine], lat[mine], lon[mine],
              dict(zip(names, values[mine].T, strict=True)))
        for asset, mine in own
    ]  # fmt: skip


def spells(times: Ints, holds: Bools) -> tuple[Ints, Ints]:
    """(first times, last times) of the unbroken runs in which `holds`, cut off ones left out."""
    change = np.flatnonzero(np.diff(holds.astype(np.int8))) + 1
    edges = np.concatenate([[0], change, [len(holds)]])
    first, last = edges[1:-2], edges[2:-1] - 1
    kept = holds[first] if len(first) else np.empty(0, dtype=bool)
    return times[first[kept]], times[last[kept]]
