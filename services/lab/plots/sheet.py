"""A sheet of plots: panels in a grid, each with one message, published ranges as green bands."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from services.lab.plots.ranges import RANGES
from services.lab.plots.tracks import DAY_S
from simulators.noise import Floats, Ints

COLOURS = ("#1f6f8b", "#d9822b", "#6c5fa8", "#b0436e", "#4f7f3a", "#8a6d3b", "#3b6fb5", "#777777")
INSIDE = "#3a9d6b"
_STYLE: dict[str, Any] = {
    "font.size": 9, "axes.titlesize": 10.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": "#e4e8eb", "grid.linewidth": 0.7,
    "axes.edgecolor": "#8894a0", "axes.labelcolor": "#3c4852",
    "xtick.color": "#3c4852", "ytick.color": "#3c4852", "axes.axisbelow": True,
    "legend.frameon": False, "legend.fontsize": 8, "lines.linewidth": 1.1,
}  # fmt: skip


class Panel(NamedTuple):
    """One plot: what it shows, how it is drawn, the axes' names with units."""

    title: str
    draw: Callable[..., None]
    x: str = ""
    y: str = ""


def write_sheet(
    path: Path, title: str, panels: Sequence[Panel], seen: object, columns: int = 3
) -> None:
    """Draws the panels of `seen` into a PNG."""
    rows = -(-len(panels) // columns)
    with style.context(_STYLE):
        figure = Figure(figsize=(5.3 * columns, 3.1 * rows + 0.5), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, panel in zip(grid, panels, strict=False):
            axes.set_title(panel.title)
            axes.set_xlabel(panel.x)
            axes.set_ylabel(panel.y)
            panel.draw(axes, seen)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        figure.savefig(path, dpi=110)


def band(axes: Axes, figure: str, across: bool = False) -> None:
    """The published range of a figure: along the y axis, or `across` along the x axis."""
    low, high, unit, _ = RANGES[figure]
    span, line = (axes.axvspan, axes.axvline) if across else (axes.axhspan, axes.axhline)
    span(low, high, color=INSIDE, alpha=0.10, zorder=0, lw=0)
    for edge in (low, high):
        line(edge, color=INSIDE, lw=0.9, ls=(0, (4, 3)), zorder=1)
    text = f"expected: {low:g} to {high:g} {unit}"
    axes.set_title(text, loc="right", fontsize=8, fontweight="normal", color="#2c7a53")


def histogram(axes: Axes, values: Floats, figure: str | None = None, bins: int = 60) -> None:
    """Shares of `values`, the published range of `figure` behind them, share inside told."""
    values = values[np.isfinite(values)]
    if not len(values):
        return nothing(axes)
    axes.hist(values, bins=bins, weights=np.full(len(values), 100 / len(values)), color=COLOURS[0])
    text = f"n {len(values):,}\nmedian {np.median(values):,.4g}"
    if figure:
        band(axes, figure, across=True)
        low, high = RANGES[figure][:2]
        text += f"\n{100 * np.mean((values >= low) & (values <= high)):.2f} % inside"
    axes.annotate(text, (0.99, 0.97), xycoords="axes fraction", ha="right", va="top", fontsize=8,
                  backgroundcolor="#ffffffb0")  # fmt: skip


def nothing(axes: Axes) -> None:
    """Says that there is nothing to see."""
    axes.annotate("none in this period", (0.5, 0.5), xycoords="axes fraction", ha="center")


def days(times: Ints | Floats) -> Floats:
    """Days since the start, for an axis."""
    return np.asarray(times / DAY_S)


def thinned(count: int, most: int = 4_000) -> Ints:
    """Places of at most about `most` of `count` values, spread evenly."""
    return np.arange(0, count, max(1, count // most))


def by_bins(x: Floats, y: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """(middles, medians of y) of the bins of x that hold at least five values."""
    place = np.digitize(x, edges) - 1
    full = [k for k in range(len(edges) - 1) if np.count_nonzero(place == k) >= 5]
    middles = [(edges[k] + edges[k + 1]) / 2 for k in full]
    return np.array(middles), np.array([np.median(y[place == k]) for k in full])
