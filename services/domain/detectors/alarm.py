"""Alarm: which of an asset's novelties are worth a person's time.

A row counts only if it beats the last 100.  Whatever is far above the bar raises it, and it comes
down again by half in 300 rows.  Of an asset of which little has been seen much is new, and with
many channels something is always new: that is taken off too.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, FiniteFloat

from services.domain.compiled import compiled, entry, records
from services.domain.detectors.novelty import NONE
from services.domain.form import Array

COOL_DOWN_ROWS = 100
_NOTHING = 2.0 * NONE


class AlarmSettings(NamedTuple):
    """Section `alarm`; all but rows are natural logarithms, as novelty is."""

    per_channels: Annotated[
        FiniteFloat, Field(ge=0, description="times the logarithm of the channels is taken off")
    ] = 0.3
    young: Annotated[
        FiniteFloat, Field(ge=0, description="times log(1 + young_rows / rows seen) is taken off")
    ] = 0.5
    young_rows: Annotated[FiniteFloat, Field(ge=0, description="an asset is young for so long")] = (
        3_000.0
    )
    raising: Annotated[
        FiniteFloat, Field(description="what is above the bar by more raises it")
    ] = 0.0
    raised: Annotated[
        FiniteFloat, Field(ge=0, description="times as much as it is above is the bar raised")
    ] = 1.0
    raised_rows: Annotated[
        FiniteFloat, Field(gt=0, description="the raised bar comes down by half in so many rows")
    ] = 300.0
    threshold: Annotated[FiniteFloat, Field(description="of an alarm: a score of 0.5")] = -1.2


ASSET = np.dtype(
    [("rows", "i8"), ("bar", "f8"), ("recent", "f8", (COOL_DOWN_ROWS,))],
    align=True,
)


class Alarm(NamedTuple):
    """The bars of many assets."""

    assets: Array
    settings: AlarmSettings

    @classmethod
    def new(cls, assets: int, settings: AlarmSettings | None = None) -> "Alarm":
        """Before the first row."""
        state = np.zeros(assets, ASSET)
        state["recent"] = NONE
        return cls(state, settings or AlarmSettings())

    def take(self, assets: Array, new: Array, channels: Array) -> Array:
        """Of each row how far its novelty is above the bar; `channels` that it came from."""
        found = np.empty(len(new))
        _take(records(self.assets), assets, new, channels, self.settings, found)
        return found


@entry
def _take(
    states: Any, assets: Array, new: Array, channels: Array, settings: Any, found: Array
) -> None:
    keep = 0.5 ** (1.0 / settings.raised_rows)
    for row in range(len(new)):
        state = states[assets[row]]
        state.rows += 1
        handicap = settings.young * math.log1p(settings.young_rows / state.rows)
        handicap += settings.per_channels * math.log(max(channels[row], 1))
        novelty = max(new[row] - handicap, NONE)
        found[row] = _NOTHING
        if novelty > NONE and _beats(state.recent, novelty):
            found[row] = novelty - state.bar - settings.threshold
        above = novelty - state.bar - settings.raising
        state.bar = keep * state.bar + settings.raised * max(above, 0.0)
        state.recent[state.rows % COOL_DOWN_ROWS] = novelty


@compiled
def _beats(recent: Any, novelty: float) -> bool:
    most = NONE
    for n in range(len(recent)):
        most = max(most, recent[n])
    return novelty > most
