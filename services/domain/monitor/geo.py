"""Distances on the sphere."""

import math

from services.domain.compiled import compiled
from services.domain.place import EARTH_RADIUS_KM


@compiled
def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance in km of points in degrees (haversine); NaN in, NaN out."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat = math.sin((phi_b - phi_a) / 2)
    half_lon = math.sin(math.radians(lon_b - lon_a) / 2)
    chord = half_lat * half_lat + math.cos(phi_a) * math.cos(phi_b) * half_lon * half_lon
    if chord > 1.0:
        chord = 1.0
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))
