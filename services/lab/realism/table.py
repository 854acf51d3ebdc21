"""The realism table: every row measured over a stream of readings, beside its real figures.

Within which factor a row is: the largest ratio of a figure to its real one, or the other way round.
Figures below `least` are as good as each other; of another sign, or where the world has nothing to
measure, none tells.
"""

import math
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from services.lab.realism.readings import Part, Parts
from services.lab.realism.row import Row
from services.lab.realism.ships import ROWS as OF_SHIPS
from services.lab.realism.vehicles import ROWS as OF_VEHICLES
from simulators.noise import Floats

ROWS: tuple[Row, ...] = (*OF_SHIPS, *OF_VEHICLES)
MOST_VALUES = 200_000
"""So many values of a row are kept; of more every second, then every fourth, and so on."""


class Real(BaseModel):
    """What is known of a row from recordings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[str, ...]
    unit: str
    real: tuple[float, ...]
    least: float
    source: str
    note: str = ""


class RealismRow(Real):
    """A row measured; a figure that cannot be told is None."""

    name: str
    asset_class: str
    measured: tuple[float | None, ...]
    factor: float | None


class Realism(BaseModel):
    """The whole table of one world or recording."""

    model_config = ConfigDict(frozen=True)

    of: str
    readings: int
    unread: int
    assets: dict[str, int]
    rows: tuple[RealismRow, ...]


def real_figures() -> dict[str, Real]:
    """The figures of real recordings, by row."""
    text = (files("services.lab.realism") / "real.toml").read_text(encoding="utf-8")
    return {name: Real.model_validate(row) for name, row in tomllib.loads(text).items()}


def realism(of: str, batches: Iterable[Iterable[bytes]]) -> Realism:
    """The table of the readings in `batches` of JSON lines."""
    parts, gathered = Parts(), [_Gathered(row) for row in ROWS]
    assets: dict[str, set[str]] = {}

    def take(asset_class: str, part: Part) -> None:
        assets.setdefault(asset_class, set()).add(part.asset)
        for one in gathered:
            if one.row.asset_class == asset_class:
                one.take(part)

    for lines in batches:
        for asset_class, part in parts.take(lines):
            take(asset_class, part)
    for asset_class, part in parts.rest():
        take(asset_class, part)
    real = real_figures()
    return Realism(
        of=of, readings=parts.readings, unread=parts.unread,
        assets={name: len(ids) for name, ids in sorted(assets.items())},
        rows=tuple(_row(one, real[one.row.name]) for one in gathered),
    )  # fmt: skip


class _Gathered:
    """What a row's measure returned so far, in bounded memory."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._of_assets: dict[str, Floats] = {}
        self._heap: list[Floats] = []
        self._kept, self._every = 0, 1

    def take(self, part: Part) -> None:
        found = self.row.measure(part)
        if self.row.gather == "values":
            self._heap.append(found[:: self._every])
            self._kept += len(self._heap[-1])
            while self._kept > MOST_VALUES:
                self._heap = [np.concatenate(self._heap)[::2]]
                self._kept, self._every = len(self._heap[0]), self._every * 2
            return
        before = self._of_assets.get(part.asset)
        self._of_assets[part.asset] = found if before is None else before + found

    def figures(self) -> tuple[float, ...] | None:
        """The row's figures; None where there is nothing to measure."""
        if self.row.gather == "values":
            return self.row.figures(np.concatenate(self._heap)) if self._kept else None
        return self.row.figures(np.stack([*self._of_assets.values()])) if self._of_assets else None


def _row(gathered: _Gathered, real: Real) -> RealismRow:
    found = gathered.figures() or (math.nan,) * len(real.real)
    measured = tuple(round(float(v), 6) if math.isfinite(v) else None for v in found)
    return RealismRow(
        **real.model_dump(), name=gathered.row.name, asset_class=gathered.row.asset_class,
        measured=measured, factor=_factor(real, measured),
    )  # fmt: skip


def _factor(real: Real, measured: Sequence[float | None]) -> float | None:
    factors = [
        ratio(is_now, should_be, real.least)
        for is_now, should_be in zip(measured, real.real, strict=True)
    ]
    told = [factor for factor in factors if factor is not None]
    return round(max(told), 2) if len(told) == len(factors) else None


def ratio(measured: float | None, real: float, least: float) -> float | None:
    """How many times one is the other, 1 or more; None when that cannot be told."""
    if measured is None or (measured * real < 0 and min(abs(measured), abs(real)) > least):
        return None
    low, high = sorted((max(abs(measured), least), max(abs(real), least)))
    return high / low
