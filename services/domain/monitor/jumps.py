"""Jumps: fixes that the asset cannot have reached in the time since its last believed one.

A jump is set aside.  When three fixes in a row agree with each other on a new track, the asset is
there: the new track is believed and the old forgotten.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round
from services.domain.monitor.geo import distance_km
from services.domain.monitor.plan import NEVER_US, SECOND_US
from services.domain.place import JITTER_KM, KM_PER_NM, NEW_TRACK_FIXES


def table() -> dict[str, Column]:
    """Columns: the last believed fix, the last one set aside, and how many agree with that."""
    return {
        "lat": Column("f8", np.nan),
        "lon": Column("f8", np.nan),
        "fix_time": Column("i8", NEVER_US),
        "aside_lat": Column("f8", np.nan),
        "aside_lon": Column("f8", np.nan),
        "aside_time": Column("i8", NEVER_US),
        "aside_fixes": Column("i2", 0),
        "step_km": Column("f8", 0.0),
    }


def step(round_: Round, live: Array) -> Array:
    """Which fixes are jumps; the others become the asset's fix, with `step_km` since the last."""
    columns, rows = round_.columns, round_.rows
    fix = round_.fix & live
    far_km, too_far = _reach(round_, "")
    columns["step_km"][rows] = 0.0
    jumped = fix & too_far
    if jumped.any():
        believed = _believe(round_, jumped)
        jumped &= ~believed
        far_km = np.where(believed, 0.0, far_km)
    accepted = fix & ~jumped
    at = rows[accepted]
    columns["step_km"][at] = np.where(np.isnan(far_km), 0.0, far_km)[accepted]  # NaN: the first
    columns["lat"][at], columns["lon"][at] = round_.lat[accepted], round_.lon[accepted]
    columns["fix_time"][at] = round_.time[accepted]
    columns["aside_fixes"][at] = 0
    round_.fix = accepted
    return jumped


def _reach(round_: Round, prefix: str) -> tuple[Array, Array]:
    """Distance from an earlier fix in km, and whether it is more than the class can cover."""
    columns, rows = round_.columns, round_.rows
    far_km = distance_km(
        columns[f"{prefix}lat"][rows], columns[f"{prefix}lon"][rows], round_.lat, round_.lon
    )
    since = columns["aside_time" if prefix else "fix_time"][rows]
    seconds = np.maximum(round_.time - since, SECOND_US) / SECOND_US
    reach_km = round_.plan.asset_class.max_implied_speed_kn * KM_PER_NM * seconds / 3600
    return far_km, far_km > np.maximum(reach_km, JITTER_KM)


def _believe(round_: Round, jumped: Array) -> Array:
    """Sets the jumps aside; true where enough of them agree to be a new track."""
    columns, rows = round_.columns, round_.rows
    _, apart = _reach(round_, "aside_")
    agreeing = np.where(
        apart | (columns["aside_fixes"][rows] == 0), 1, columns["aside_fixes"][rows] + 1
    )
    at = rows[jumped]
    columns["aside_fixes"][at] = agreeing[jumped]
    columns["aside_lat"][at], columns["aside_lon"][at] = round_.lat[jumped], round_.lon[jumped]
    columns["aside_time"][at] = round_.time[jumped]
    believed: Array = jumped & (agreeing >= NEW_TRACK_FIXES)
    return believed
