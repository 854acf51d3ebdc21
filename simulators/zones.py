"""Which places lie inside a zone, for whole arrays."""

import numpy as np

from schemas.zones import Zone
from simulators.noise import Bools, Floats


def inside(zone: Zone, lat: Floats, lon: Floats) -> Bools:
    """Whether places (degrees) lie in the zone's polygon, by the even-odd rule in degrees."""
    within = np.zeros(len(lat), dtype=bool)
    for (lat_a, lon_a), (lat_b, lon_b) in zip(zone.polygon, zone.polygon[1:], strict=False):
        if lon_a != lon_b:
            crosses = (lon_a > lon) != (lon_b > lon)
            within ^= crosses & (lat < (lat_b - lat_a) * (lon - lon_a) / (lon_b - lon_a) + lat_a)
    return within
