"""Silence: an asset not heard for longer than its movement state allows, by its own feed's clock.

The clock of a feed is the largest ingest time believed of it, carried on by ticks. It is looked at
every 10 s of itself. A clock that leaps by more than FEED_GAP_US stood still: the feed was down,
and the time that it was down is not held against its assets.

Whether is judged by ingest time, when is told in event time: a silence began the allowed time
after the newest reading. It ends no earlier than it began, even by a reading stored before that.
While it lasts it is told again every hour: an asset that sends nothing has no other clock.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.columns import Columns
from services.domain.monitor.emit import ClassState, Round, Signals, numbers
from services.domain.monitor.plan import NEVER_US, SECOND_US

GRID_US = 10 * SECOND_US
FEED_GAP_US = 120 * SECOND_US
TOLD_EVERY_US = 3_600 * SECOND_US


def table() -> dict[str, Column]:
    """Columns: the clock when the asset was last heard, whether its silence was signalled, the
    clock when it last was, and the event time at which its last silence began or ended.
    """
    return {
        "heard": Column("i8", NEVER_US),
        "silent": Column("?", False),
        "silence_told": Column("i8", NEVER_US),
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
    """At a grid point of their feed's clock: which of the assets at `rows` have gone silent, and
    which still are.
    """
    columns, plan = state.columns, state.plan
    # by a first record far ahead, from which the feed's clock was put back
    columns["heard"][rows] = np.minimum(columns["heard"][rows], clock_us)
    if lost_us > FEED_GAP_US:
        columns["heard"][rows] += lost_us
    allowed = plan.silence_us[columns["state"][rows]]
    heard = columns["heard"][rows]
    silent = columns["silent"][rows]
    late = (clock_us - heard > allowed) & ~silent
    still = silent & (clock_us - columns["silence_told"][rows] >= TOLD_EVERY_US)
    columns["silent"][rows[late]] = True
    columns["silence_told"][rows[late | still]] = clock_us
    for row in map(int, rows[late | still]):
        limit = int(plan.silence_us[columns["state"][row]])
        began = late[np.searchsorted(rows, row)]
        quiet_us = clock_us - int(columns["heard"][row])
        last_us = _last_time(columns, row)
        signals.add(
            cause,
            state,
            row,
            "silence_began" if began else "silence_continues",
            _date(columns, row, last_us + limit) if began else last_us + quiet_us,
            clock_us,
            threshold=limit / SECOND_US,
            evidence=numbers(
                movement=plan.states[columns["state"][row]], silent_s=quiet_us / SECOND_US
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
