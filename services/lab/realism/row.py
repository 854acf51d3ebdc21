"""What a row of the realism table is: what is measured of a part, and what figures come of it.

`measure` is pure and looks at one part of one asset's readings.  What it returns is gathered:

    values    of all assets in one heap, thinned evenly when it grows; figures come of the heap
    sums      added up asset by asset; figures come of the table, a line an asset
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from services.lab.realism.readings import Part
from simulators.noise import Bools, Floats, Ints

Gather = Literal["values", "sums"]


class Row(NamedTuple):
    """One row: its name is the key of its real figures."""

    name: str
    asset_class: str
    gather: Gather
    measure: Callable[[Part], Floats]
    figures: Callable[[Floats], tuple[float, ...]]


def sums(*terms: Bools | Floats | float) -> Floats:
    """A line of sums: of an array its sum, of a number the number."""
    return np.array([np.sum(term) for term in terms], dtype=np.float64)


def runs(holds: Bools) -> tuple[Ints, Ints]:
    """(first, last) places of the unbroken runs in which `holds`."""
    edges = np.diff(np.concatenate([[0], holds.astype(np.int8), [0]]))
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1


def quantiles(*shares: float) -> Callable[[Floats], tuple[float, ...]]:
    """Figures: quantiles of the heap."""

    def figures(values: Floats) -> tuple[float, ...]:
        return tuple(np.quantile(values, shares)) if len(values) else (np.nan,) * len(shares)

    return figures


def of_assets(
    one: Callable[[Floats], Floats], *shares: float
) -> Callable[[Floats], tuple[float, ...]]:
    """Figures: quantiles over the assets of the number that `one` makes of each line."""

    def figures(table: Floats) -> tuple[float, ...]:
        values = one(table)
        return quantiles(*shares)(values[np.isfinite(values)])

    return figures


def per(*terms: int, by: int) -> Callable[[Floats], tuple[float, ...]]:
    """Figures: sums of all assets divided by another of them."""

    def figures(table: Floats) -> tuple[float, ...]:
        total = table.sum(axis=0)
        return tuple(total[term] / total[by] if total[by] else np.nan for term in terms)

    return figures


def divided(above: Floats, below: Floats) -> Floats:
    """The ratio, NaN where it is of nothing."""
    ratio = np.full(len(below), np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio
