"""Data faults: flaws that persist, each one episode for the desk instead of a flag a reading.

A leaky bucket per (asset, flaw): a flawed reading pours in, a good one leaks. It begins an
episode above BEGIN and ends it when empty, so that three flaws close together are one, and a
single stray is none.
"""

from collections.abc import Sequence

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, numbers
from services.domain.monitor.plan import SECOND_US

_POUR, _BEGIN, _FULL = 8, 20, 40


def table(flaws: int) -> dict[str, Column]:
    """Columns: the bucket of each flaw, whether its episode is on, since when."""
    return {
        "flaw_level": Column("i1", 0, flaws),
        "flaw_on": Column("?", False, flaws),
        "flaw_since": Column("i8", 0, flaws),
    }


def step(round_: Round, bad: Array, flaws: Sequence[tuple[str, str | None]], usable: Array) -> None:
    """Pours and leaks; a duplicate (not usable) proves nothing good about other flaws."""
    columns, rows = round_.columns, round_.rows
    level = columns["flaw_level"][rows]
    if not (bad.any() or level.any()):
        return
    leaked = np.maximum(level - usable[:, None], 0)
    level = np.where(bad, np.minimum(level + _POUR, _FULL), leaked)
    on = columns["flaw_on"][rows]
    began, ended = (level >= _BEGIN) & ~on, (level == 0) & on
    columns["flaw_level"][rows] = level
    columns["flaw_on"][rows] = (on | began) & ~ended
    for place, n in zip(*np.nonzero(began | ended), strict=True):
        _signal(round_, int(place), int(n), flaws[n], bool(began[place, n]))


def _signal(round_: Round, place: int, n: int, flaw: tuple[str, str | None], began: bool) -> None:
    row, since = round_.rows[place], round_.columns["flaw_since"]
    lasted_s = 0.0 if began else (round_.time[place] - since[row, n]) / SECOND_US
    if began:
        since[row, n] = round_.time[place]
    kind = "data_fault_began" if began else "data_fault_ended"
    round_.add(place, kind, flaw=flaw[0], channel=flaw[1], evidence=numbers(lasted_s=lasted_s))
