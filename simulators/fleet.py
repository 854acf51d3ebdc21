"""What the three fleets share: instruments with noise, and the form in which they live and report.

Time is whole seconds since the world's start.  A fleet lives in blocks: `live` moves it to the end
of the next block; `due` and `sample` then tell of the seconds of that block.  Every asset's life is
its own: what it does depends on its key and the time, never on who else is simulated.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from simulators.fault import Fault
from simulators.noise import (
    Bools,
    Floats,
    Ints,
    Keys,
    Own,
    Scales,
    asset_key,
    misread,
    uniform,
)

STRANGER, COMPANION = -1, -2  # in place of numbers
_STRAY = 400  # noise stream


class Instrument(NamedTuple):
    """How a channel is measured: decimals, noise of each reading, slow wander and its period."""

    name: str
    decimals: int = 2
    white: float = 0.0
    wander: float = 0.0
    period_s: float = 600.0
    low: float = -np.inf
    high: float = np.inf


class Sample(NamedTuple):
    """What the instruments show: one reading a place, by time and then by row.

    `counts[i]`: the first so many columns of `values[i]` are reported.  `labels` are numbers of the
    fleet's labels.
    """

    rows: Ints
    times: Ints
    lat: Floats
    lon: Floats
    values: Floats
    counts: Ints
    labels: Ints


class Event(NamedTuple):
    """Something that people will put on paper: a stay in a yard begins, bunkers are taken."""

    time: int
    row: int
    kind: str
    place: str
    details: Mapping[str, str | float]


class Span(NamedTuple):
    """When what a fault of the physics is named for truly shows: it may take some leading up to."""

    fault: str
    start: int
    end: int


class Fleet(Protocol):
    """Assets of one class, one row an asset; `numbers` are their places in the whole fleet.

    A row whose number is below 0 is no asset of ours: a stranger that its feed hears, or one that
    keeps company with an asset.  `feeds` holds the feed that each row reports by.
    """

    asset_class: str
    assets: tuple[str, ...]
    numbers: Ints
    feeds: Ints
    panel: "Panel"

    @property
    def labels(self) -> Sequence[Mapping[str, str]]:
        """What may stand on the readings of the block just lived, by the numbers in samples."""

    def ready(self, need: str) -> Bools:
        """Rows whose state at the end of the last block is as a fault needs it, by `Kind.needs`."""

    def live(self, until: int, faults: Sequence[Fault]) -> Sequence[Span]:
        """The physics up to second `until`, with the `faults` of this fleet's physics acting."""

    def due(self) -> tuple[Ints, Ints]:
        """(rows, times) of the reports due in the block just lived, by time and then by row."""

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """What the instruments of `rows` show at `times` of the block just lived."""

    def usage(self) -> Floats:
        """The counter that leases are settled by: h, flight h, or km; one a row."""

    def events(self) -> Iterator[Event]:
        """What happened in the block just lived that people put on paper."""


class Panel:
    """The instruments of a class, read together."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self.names = tuple(instrument.name for instrument in instruments)
        columns = np.array([instrument[1:] for instrument in instruments], dtype=np.float64).T
        decimals, white, wander, period_s, low, high = np.ascontiguousarray(columns)
        self._scales = Scales(white, wander, period_s, low, high, 10.0**decimals)

    @property
    def noise(self) -> Floats:
        """How much each channel's noise is, white and wander together, in its unit."""
        return np.hypot(self._scales.white, self._scales.wander)

    def read(self, keys: Keys, times: Ints, true: Floats, alive: Floats, own: Own) -> Floats:
        """`true` (place, channel) with noise in proportion to `alive`, in bounds, rounded as shown.

        `keys`, `times` and `alive` hold one number a place; `own`: what tells the sensors apart.
        """
        shown = np.array(true, dtype=np.float64, order="C")
        misread(shown, keys, times, alive, self._scales, own)
        return shown

    def rounded(self, values: Floats) -> Floats:
        """Values with as many decimals as the instruments show."""
        per_unit = self._scales.per_unit
        return np.asarray(np.rint(values * per_unit) / per_unit) + 0.0


def keys_of(seed: int, class_code: int, numbers: Ints) -> Keys:
    """The keys of assets of a class by their numbers."""
    return np.array([asset_key(seed, class_code, int(n)) for n in numbers], dtype=np.uint64)


def turns(keys: Keys, stream: int, spread_s: int) -> Ints:
    """How many seconds before a whole period each asset reports: its feed asks them in turn."""
    return 1 + (uniform(keys, stream, 0) * spread_s).astype(np.int64)


def every(
    period_s: Ints, phase_s: Ints, since: int, until: int, stray: "Stray | None" = None
) -> tuple[Ints, Ints]:
    """(rows, times) in [since, until) at which rows report each `period_s`, by time, then row.

    A period of 0 reports never.  With `stray` every report comes some of its period later.
    """
    rows, times = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for period in np.unique(period_s[period_s > 0]).tolist():
        mine = np.flatnonzero(period_s == period)
        # One that strays into the block may be due before it.
        begin = since if stray is None else since - period
        first = begin + (-(begin + phase_s[mine])) % period
        steps = np.arange(0, until - begin, period)
        grid = first[:, None] + steps[None, :]
        if stray is not None:
            grid += stray.later_s(mine[:, None], grid, period)
        inside = (grid >= since) & (grid < until)
        rows.append(np.broadcast_to(mine[:, None], grid.shape)[inside])
        times.append(grid[inside])
    return by_time(np.concatenate(rows), np.concatenate(times))


class Stray(NamedTuple):
    """How reports stray from their period: most come early or late in it, few in its middle."""

    keys: Keys
    share: float

    def later_s(self, rows: Ints, times: Ints, period_s: int) -> Ints:
        """Whole seconds by which the reports of `rows`, due at `times`, come later."""
        draw = uniform(self.keys[rows], _STRAY, times)
        return np.asarray((self.share * period_s * (1 - np.cos(np.pi * draw)) / 2), dtype=np.int64)


def stray_of(keys: Keys, interval: float) -> Stray | None:
    """How reports stray at a strength of `coverage.interval`; None at 0.

    The arcsine law over 0.9 of a period makes the spacing of reports vary by 0.45 of its mean.
    """
    return Stray(keys, 0.9 * interval) if interval else None


def by_time(rows: Ints, times: Ints) -> tuple[Ints, Ints]:
    """Both sorted by time and then by row; each pair is there once."""
    width = rows.max(initial=0) + 1
    order = np.argsort(times * width + rows)
    return rows[order], times[order]


def lag(state: Floats, target: Floats, tau_s: float, step_s: float = 1.0) -> None:
    """Moves `state` towards `target` by `step_s`, first order with time constant `tau_s`."""
    state += (target - state) * (1.0 - np.exp(-step_s / tau_s))
