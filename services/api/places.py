"""Pure: the zones of `schemas` as GeoJSON polygons."""

import math
from functools import cache
from typing import Any

from schemas.zones import Zone, load_zones
from services.api.models import Zones

_CORNERS = 48
_KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of 6,371 km."""


@cache
def zones() -> Zones:
    """Every zone, circles drawn as polygons."""
    return Zones(features=[_feature(zone) for zone in load_zones()])


def _feature(zone: Zone) -> dict[str, Any]:
    corners = [(lon, lat) for lat, lon in zone.polygon] or _circle(zone)
    if corners[0] != corners[-1]:
        corners = [*corners, corners[0]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": zone.model_dump(exclude={"polygon"}, exclude_none=True),
    }


def _circle(zone: Zone) -> list[tuple[float, float]]:
    """Corners (lon, lat), anticlockwise; good to a few per mille at port size."""
    north = zone.radius_km / _KM_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(zone.lat)))
    angles = (2 * math.pi * corner / _CORNERS for corner in range(_CORNERS))
    return [(zone.lon + east * math.cos(a), zone.lat + north * math.sin(a)) for a in angles]
