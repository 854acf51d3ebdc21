"""Which movement state each asset is in, from the class's own conditions.

The first state whose conditions all hold is the candidate; it becomes the state when it has held
for the state's hold_s of event time (the very first is taken at once). A channel that a reading
leaves out keeps its last value for ten reporting intervals.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, numbers
from services.domain.monitor.plan import NEVER_US, SECOND_US, ClassPlan

_HELD_INTERVALS = 10


def table(plan: ClassPlan) -> dict[str, Column]:
    """Columns: state and candidate are numbers of `plan.states`, 0 is UNKNOWN."""
    width = len(plan.channels)
    return {
        "held": Column("f8", np.nan, width),
        "held_time": Column("i8", NEVER_US, width),
        "state": Column("i2", 0),
        "candidate": Column("i2", 0),
        "candidate_since": Column("i8", 0),
    }


def step(round_: Round, inside: Array) -> None:
    """Moves the states on; `inside` is (readings, zone kinds) of 0 and 1."""
    held = _hold(round_)
    candidate = _candidate(round_.plan, np.concatenate([held, inside], axis=1))
    columns, rows = round_.columns, round_.rows
    state = columns["state"][rows]
    candidate = np.where(candidate == 0, state, candidate)
    same = candidate == columns["candidate"][rows]
    since = np.where(same, columns["candidate_since"][rows], round_.time)
    columns["candidate"][rows] = candidate
    columns["candidate_since"][rows] = since
    held_us = round_.time - since
    ripe = (held_us >= round_.plan.hold_us[candidate]) | (state == 0)
    changed = ripe & (candidate != state)
    if changed.any():
        _change(round_, changed, state, candidate, held_us)


def _hold(round_: Round) -> Array:
    """The channels as last known, where that is recent enough."""
    columns, rows = round_.columns, round_.rows
    present = ~np.isnan(round_.values)
    time = round_.time[:, None]
    held = np.where(present, round_.values, columns["held"][rows])
    held_time = np.where(present, time, columns["held_time"][rows])
    columns["held"][rows] = held
    columns["held_time"][rows] = held_time
    fresh = time - held_time <= _HELD_INTERVALS * round_.plan.interval_us
    return np.where(fresh, held, np.nan)


def _candidate(plan: ClassPlan, quantities: Array) -> Array:
    """1 + the number of the first state whose conditions hold; 0 where none does."""
    column, low, high, starts = plan.conditions
    asked = quantities[:, column]
    holds = np.logical_and.reduceat((asked >= low) & (asked <= high), starts, axis=1)
    return np.where(holds.any(axis=1), holds.argmax(axis=1) + 1, 0)


def _change(round_: Round, changed: Array, state: Array, candidate: Array, held_us: Array) -> None:
    plan, columns = round_.plan, round_.columns
    rows = round_.rows[changed]
    columns["state"][rows] = candidate[changed]
    for place in np.flatnonzero(changed):
        round_.add(
            place,
            "movement_changed",
            from_state=plan.states[state[place]],
            to_state=plan.states[candidate[place]],
            evidence=numbers(
                speed=round_.values[place, plan.speed], held_s=held_us[place] / SECOND_US
            ),
        )
