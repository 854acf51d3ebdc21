"""The realism table for people: as text, and as a sheet with a panel a row."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.lab.plots.sheet import COLOURS, Panel, nothing, write_sheet
from services.lab.realism.table import Realism, RealismRow

WITHIN = 2.0
"""A row further off than this factor is marked, and its note, if it has one, says why."""


def realism_table(found: Realism) -> RenderableType:
    """Real figures beside the measured ones, and within which factor they are."""
    assets = ", ".join(f"{count:,} {name}" for name, count in found.assets.items()) or "no asset"
    unread = f"; {found.unread:,} lines are no readings" if found.unread else ""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("row", "figure", "unit"):
        table.add_column(name, no_wrap=True)
    for name in ("real", "measured", "factor"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.rows:
        for place in range(len(row.figures)):
            table.add_row(*_cells(row, place))
    told = [row for row in found.rows if any(value is not None for value in row.measured)]
    near = sum(not _is_far(row) for row in told)
    notes = [Text(f"{row.name}: {row.note}") for row in told if row.note and _is_far(row)]
    return Group(
        Text(f"{found.of}: {found.readings:,} readings of {assets}{unread}", style="bold"),
        table,
        Text(f"Within a factor of {WITHIN:g}: {near} of {len(told)} rows."),
        *notes,
    )


def _is_far(row: RealismRow) -> bool:
    return row.factor is None or row.factor > WITHIN


def _cells(row: RealismRow, place: int) -> tuple[str, ...]:
    """One figure; the row's factor is told beside the first."""
    value = row.measured[place]
    measured = "-" if value is None else _number(value)
    name, factor = "", ""
    if place == 0:
        name = row.name
        factor = "-" if row.factor is None else f"{row.factor:.3g}"
        factor += " *" if _is_far(row) else "  "
    return name, row.figures[place], row.unit, _number(row.real[place]), measured, factor


def _number(value: float) -> str:
    return f"{value:.3g}"


def write_plots(found: Realism, path: Path) -> Path:
    """Draws every row, real beside measured, into a PNG; returns where."""
    panels = [
        Panel(_title(row), lambda axes, seen, row=row: _draw(axes, row), row.unit)
        for row in found.rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sheet(path, f"Real recordings (orange) and {found.of} (blue)", panels, found, 4)
    return path


def _title(row: RealismRow) -> str:
    return row.name if row.factor is None else f"{row.name}: factor {row.factor:.3g}"


def _draw(axes: Axes, row: RealismRow) -> None:
    if all(value is None for value in row.measured):
        return nothing(axes)
    places = np.arange(len(row.figures))
    values = [np.nan if value is None else value for value in row.measured]
    for shift, colour, bars in ((-0.2, COLOURS[1], row.real), (0.2, COLOURS[0], values)):
        drawn = axes.barh(places + shift, bars, height=0.36, color=colour)
        axes.bar_label(drawn, fmt="%.3g", fontsize=8, padding=3)
    axes.set_yticks(places, row.figures)
    axes.invert_yaxis()
    axes.margins(x=0.2)
    largest = max(abs(value) for value in (*row.real, *(v for v in row.measured if v is not None)))
    if largest > 20 * row.least:
        axes.set_xscale("symlog", linthresh=max(row.least, largest / 1_000))
    return None
