"""Distances on the sphere, vectorised."""

import numpy as np

from services.domain.detectors.form import Array
from services.domain.place import EARTH_RADIUS_KM


def distance_km(lat_a: Array, lon_a: Array, lat_b: Array, lon_b: Array) -> Array:
    """Great-circle distance in km of points in degrees (haversine); NaN in, NaN out."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat = np.sin((phi_b - phi_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = half_lat * half_lat + np.cos(phi_a) * np.cos(phi_b) * half_lon * half_lon
    distance: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return distance
