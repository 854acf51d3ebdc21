"""Silence: an asset not heard for longer than its movement state allows, by its own feed's clock.

The clock of a feed is the largest ingest time seen from it, carried on by ticks. It is looked at
every 10 s of itself. A clock that leaps by more than FEED_GAP_US stood still: the feed was down,
and the time that it was down is not held against its assets.

Whether is judged by ingest time, when is told in event time: a silence began the allowed time
after the newest reading. It ends no earlier than it began, even by a reading stored before that.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.columns import Columns
from services.domain.monitor.emit import ClassState, Round, Signals, numbers
from services.domain.monitor.plan import NEVER_US, SECOND_US

GRID_US = 10 * SECOND_US
FEED_GAP_US = 120 * SECOND_US


def table() -> dict[str, Column]:
    """Columns: the clock when the asset was last heard, whether its silence was signalled, and the
    event time at which its last silence began or ended.
    """
    return {
        "heard": Column("i8", NEVER_US),
        "silent": Column("?", False),
        "silence_time": Column("i8", NEVER_US),
    }


def hear(round_: Round) -> None:
    """Every reading, whatever its flaws, ends a silence."""
    columns, rows = round_.columns, round_.rows
    silent = columns["silent"][rows]
    for place in np.flatnonzero(silent):
        row = rows[place]
        quiet_us = round_.ingest[place] - columns["heard"][row]
        ended_us = _date(columns, row, int(columns["newest"][row]))
        evidence = numbers(silent_s=quiet_us / SECOND_US)
        round_.add(place, "silence_ended", ended_us, evidence=evidence)
    columns["silent"][rows] = False
    columns["heard"][rows] = np.maximum(columns["heard"][rows], round_.ingest)


def check(
    state: ClassState, signals: Signals, cause: int, clock_us: int, rows: Array, lost_us: int
) -> None:
    """At a grid point of their feed's clock: which of the assets at `rows` have gone silent."""
    columns, plan = state.columns, state.plan
    if lost_us > FEED_GAP_US:
        columns["heard"][rows] += lost_us
    allowed = plan.silence_us[columns["state"][rows]]
    heard = columns["heard"][rows]
    late = (clock_us - heard > allowed) & ~columns["silent"][rows]
    columns["silent"][rows[late]] = True
    for row in rows[late]:
        limit = int(plan.silence_us[columns["state"][row]])
        signals.add(
            cause,
            state,
            int(row),
            "silence_began",
            _date(columns, row, _last_time(columns, row) + limit),
            clock_us,
            threshold=limit / SECOND_US,
            evidence=numbers(
                movement=plan.states[columns["state"][row]],
                silent_s=(clock_us - int(columns["heard"][row])) / SECOND_US,
            ),
        )


def _last_time(columns: Columns, row: int) -> int:
    """The newest event time; of a device whose clock was never believed, the feed's."""
    newest = int(columns["newest"][row])
    return newest if newest > NEVER_US else int(columns["heard"][row])


def _date(columns: Columns, row: int, time_us: int) -> int:
    """`time_us`, but never before the begin or end that came before it; kept for the next one."""
    columns["silence_time"][row] = max(int(columns["silence_time"][row]), time_us)
    return int(columns["silence_time"][row])
