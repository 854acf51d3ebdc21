"""Frozen channels: a watched value stays exactly the same while the asset and its peers change.

Exactly equal for 30 reporting intervals, the asset making way and at least two other watched
channels changing meanwhile. Zero is not judged: a switched-off compressor reads zero for hours.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round
from services.domain.monitor.plan import ClassPlan

_INTERVALS = 30
_RECENT_INTERVALS = 3
_GAP_INTERVALS = 5  # after so long without a reading, the same value again proves nothing


def table(plan: ClassPlan) -> dict[str, Column]:
    """Columns: the last value of each watched channel and when it last changed."""
    return {
        "same_value": Column("f8", np.nan, len(plan.watched)),
        "same_since": Column("i8", 0, len(plan.watched)),
        "same_heard": Column("i8", 0, len(plan.watched)),
    }


def step(round_: Round, live: Array) -> Array:
    """(readings, watched channels): which are frozen at this reading."""
    columns, rows, plan = round_.columns, round_.rows, round_.plan
    last, since = columns["same_value"][rows], columns["same_since"][rows]
    value = round_.values[:, plan.watched]
    time = round_.time[:, None]
    interval = plan.interval_us[plan.watched]
    heard = ~np.isnan(value) & live[:, None]
    heard_at = columns["same_heard"][rows]
    gap = time - heard_at > _GAP_INTERVALS * interval
    changed = ((value != last) | gap) & heard
    columns["same_heard"][rows] = np.where(heard, time, heard_at)
    columns["same_value"][rows] = np.where(changed, value, last)
    columns["same_since"][rows] = since = np.where(changed, time, since)
    still = time - since
    stuck: Array = (value == last) & (value != 0) & (still >= _INTERVALS * interval)
    if stuck.any():
        lively = (still <= _RECENT_INTERVALS * interval) & ~np.isnan(value)
        judged = live & plan.moving[columns["state"][rows]] & (lively.sum(axis=1) >= 2)
        stuck &= judged[:, None]
    return stuck
