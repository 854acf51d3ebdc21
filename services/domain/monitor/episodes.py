"""Data faults: flaws that persist, each one episode for the desk instead of a flag a reading.

A leaky bucket per (asset, flaw): a flawed reading pours in, a good one leaks. It begins an
episode above BEGIN and ends it when empty, so that three flaws close together are one, and a
single stray is none. What a late, future or repeated reading leaves unsaid is no good news: only
live readings leak. A begin or end is never dated before the one that came before it.
"""

from collections.abc import Sequence

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, numbers
from services.domain.monitor.plan import SECOND_US

_POUR, _BEGIN, _FULL = 8, 20, 40


def table(flaws: int) -> dict[str, Column]:
    """Columns: the bucket of each flaw, whether its episode is on, when that changed."""
    return {
        "flaw_level": Column("i1", 0, flaws),
        "flaw_on": Column("?", False, flaws),
        "flaw_time": Column("i8", 0, flaws),
    }


def step(round_: Round, bad: Array, flaws: Sequence[tuple[str, str | None]], live: Array) -> None:
    """Pours what is `bad`, (readings, flaws); leaks the other flaws of the `live` readings."""
    columns, rows = round_.columns, round_.rows
    level = columns["flaw_level"][rows]
    if not (bad.any() or level.any()):
        return
    leaked = np.maximum(level - live[:, None], 0)
    level = np.where(bad, np.minimum(level + _POUR, _FULL), leaked)
    on = columns["flaw_on"][rows]
    began, ended = (level >= _BEGIN) & ~on, (level == 0) & on
    columns["flaw_level"][rows] = level
    columns["flaw_on"][rows] = (on | began) & ~ended
    for place, n in zip(*np.nonzero(began | ended), strict=True):
        _signal(round_, int(place), int(n), flaws[n], bool(began[place, n]))


def _signal(round_: Round, place: int, n: int, flaw: tuple[str, str | None], began: bool) -> None:
    row, changed = round_.rows[place], round_.columns["flaw_time"]
    since = int(changed[row, n])
    # a clock that runs ahead dates nothing in the future, or later ends would wait for it
    now = max(since, min(int(round_.time[place]), int(round_.ingest[place])))
    changed[row, n] = now
    kind = "data_fault_began" if began else "data_fault_ended"
    evidence = numbers(lasted_s=0.0 if began else (now - since) / SECOND_US)
    round_.add(place, kind, now, flaw=flaw[0], channel=flaw[1], evidence=evidence)
