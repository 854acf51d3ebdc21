"""Jumps: fixes that the asset cannot have reached in the time since its last believed one.

A jump is set aside.  When three fixes in a row agree with each other on a new track, the asset is
there: the new track is believed and the old forgotten.
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.monitor.geo import distance_km
from services.domain.monitor.plan import SECOND_US
from services.domain.place import JITTER_KM, NEW_TRACK_FIXES

JUMPED, NO_FIX = -1.0, -2.0
"""Instead of the km made: the fix was set aside, or there is none."""


@compiled
def step(reading: Any, asset: Any, plan: Any) -> float:
    """Takes a fix as where the asset is, and tells how many km it made; or JUMPED."""
    lat, lon, time = reading.lat, reading.lon, reading.time_us
    step_km = distance_km(asset.lat, asset.lon, lat, lon)
    if step_km > _reach_km(plan, time - asset.fix_time):
        if not _is_new_track(reading, asset, plan):
            return JUMPED
        step_km = 0.0
    asset.lat, asset.lon, asset.fix_time = lat, lon, time
    asset.aside_fixes = 0
    return 0.0 if math.isnan(step_km) else step_km  # NaN: the first one


@compiled
def _is_new_track(reading: Any, asset: Any, plan: Any) -> bool:
    """Sets the jump aside; true where enough of them agree."""
    away_km = distance_km(asset.aside_lat, asset.aside_lon, reading.lat, reading.lon)
    apart = away_km > _reach_km(plan, reading.time_us - asset.aside_time)
    agreeing = 1 if apart or asset.aside_fixes == 0 else asset.aside_fixes + 1
    asset.aside_fixes = agreeing
    asset.aside_lat, asset.aside_lon = reading.lat, reading.lon
    asset.aside_time = reading.time_us
    return bool(agreeing >= NEW_TRACK_FIXES)


@compiled
def _reach_km(plan: Any, since_us: int) -> float:
    reach_km = plan.reach_km_s * (max(since_us, SECOND_US) / SECOND_US)
    return reach_km if reach_km > JITTER_KM else JITTER_KM
