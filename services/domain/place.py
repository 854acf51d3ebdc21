"""Where an asset is believed to be: its newest fix on the globe that it can have reached.

The scalar twin of the monitor's `concerns.jumps`, for those who know one asset at a time; the
numbers are used there as well.  A fix that is not believed is set aside; it is stored all the same.
"""

import math
from datetime import datetime
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
KM_PER_NM = 1.852
NEW_TRACK_FIXES = 3
"""So many fixes in a row that agree with each other are a new track: the asset is there."""
JITTER_KM = 2.0
"""Displacements below it are GPS noise and coarse clocks, not jumps."""
NEAR_NULL_KM = 50.0
"""A receiver without a fix says 0/0; it is a place only for an asset that was as near as this."""


class Fix(NamedTuple):
    """A position in degrees, WGS-84, and its event time."""

    lat: float
    lon: float
    time: datetime


class Place(NamedTuple):
    """The last fix that is believed; the last one set aside, and how many agreed with it."""

    fix: Fix | None = None
    aside: Fix | None = None
    aside_fixes: int = 0


def believe(place: Place, fix: Fix, max_speed_kn: float | None) -> Place:
    """The place after a fix that is not older than the believed one.

    `max_speed_kn`: what the class can cover on the way; None where nobody knows.
    """
    if not _is_on_globe(fix) or (_is_null(fix) and not _is_near_null(place)):
        return place
    if max_speed_kn is None or place.fix is None or _reaches(place.fix, fix, max_speed_kn):
        return Place(fix)
    agrees = place.aside is not None and _reaches(place.aside, fix, max_speed_kn)
    agreeing = place.aside_fixes + 1 if agrees else 1
    return Place(fix) if agreeing >= NEW_TRACK_FIXES else Place(place.fix, fix, agreeing)


def distance_km(a: Fix, b: Fix) -> float:
    """Great-circle distance (haversine)."""
    half_lat = math.sin(math.radians(b.lat - a.lat) / 2)
    half_lon = math.sin(math.radians(b.lon - a.lon) / 2)
    across = math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat))
    chord = half_lat * half_lat + across * half_lon * half_lon
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(chord, 1.0)))


def _reaches(start: Fix, end: Fix, max_speed_kn: float) -> bool:
    hours = max((end.time - start.time).total_seconds(), 1.0) / 3600
    return distance_km(start, end) <= max(max_speed_kn * KM_PER_NM * hours, JITTER_KM)


def _is_on_globe(fix: Fix) -> bool:
    return abs(fix.lat) <= 90 and abs(fix.lon) <= 180


def _is_null(fix: Fix) -> bool:
    return fix.lat == 0 and fix.lon == 0


def _is_near_null(place: Place) -> bool:
    known = place.fix
    return known is not None and distance_km(known, Fix(0.0, 0.0, known.time)) <= NEAR_NULL_KM
