"""Departure: how far a statistic of an asset is above what it has been in the asset's own past.

In standard deviations: so distances of assets with two channels and with fifty, smooth ones and
nervous ones, compare.  A row further off than `clip` deviations is learned as if it were so far
off, at first further; and it is learned late where a slow fault would else hide itself.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, FiniteFloat

from services.domain.compiled import compiled, entry, records
from services.domain.form import Array

LATE_ROWS = 64
"""How late a row may be learned at most."""
_LEAST_VARIANCE = 0.1  # of roots of distances, which are about 1


class DepartureSettings(NamedTuple):
    """Sections `gated_departure` and `discord_departure`."""

    late_rows: Annotated[
        int, Field(ge=0, lt=LATE_ROWS, description="a row is learned so many rows late")
    ] = 0
    skipped_rows: Annotated[int, Field(ge=0, description="the first rows are not learned")] = 30
    known_rows: Annotated[int, Field(ge=2, description="no opinion before so many are learned")] = (
        30
    )
    clip: Annotated[
        FiniteFloat, Field(gt=0, description="what is learned is at most so far off")
    ] = 20.0
    settling_rows: Annotated[
        FiniteFloat, Field(ge=0, description="`clip` is `1 + this / learned rows` times as large")
    ] = 300.0
    memory_rows: Annotated[
        FiniteFloat, Field(ge=100, description="the past is of so many rows")
    ] = 10_000.0


ASSET = np.dtype(
    [
        ("rows", "i8"),
        ("learned", "f8"),
        ("mean", "f8"),
        ("variance", "f8"),
        ("late", "f8", (LATE_ROWS,)),
    ],
    align=True,
)


class Departure(NamedTuple):
    """One statistic of many assets."""

    assets: Array
    settings: DepartureSettings

    @classmethod
    def new(cls, assets: int, settings: DepartureSettings | None = None) -> "Departure":
        """Before the first row."""
        return cls(np.zeros(assets, ASSET), settings or DepartureSettings())

    def take(self, assets: Array, values: Array) -> Array:
        """Of each row how far it is off; 0 where it is not known."""
        found = np.empty(len(values))
        _take(records(self.assets), assets, values, self.settings, found)
        return found


@entry
def _take(states: Any, assets: Array, values: Array, settings: Any, found: Array) -> None:
    for row in range(len(values)):
        found[row] = 0.0
        if not math.isnan(values[row]):
            found[row] = _of_row(states[assets[row]], values[row], settings)


@compiled
def _of_row(state: Any, value: float, settings: Any) -> float:
    deviation = math.sqrt(state.variance + _LEAST_VARIANCE)
    off = (value - state.mean) / deviation if state.learned >= settings.known_rows else 0.0
    state.late[state.rows % LATE_ROWS] = value
    if state.rows >= settings.skipped_rows + settings.late_rows:
        state.learned = min(state.learned + 1.0, settings.memory_rows)
        most = settings.clip * deviation * (1.0 + settings.settling_rows / state.learned)
        late = state.late[(state.rows - settings.late_rows) % LATE_ROWS]
        step = min(late - state.mean, most)
        rest = 1.0 - 1.0 / state.learned
        state.mean += step / state.learned
        state.variance += (rest * step * step - state.variance) / state.learned
    state.rows += 1
    return float(off)
