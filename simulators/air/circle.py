"""Great circles from airport to airport, with the track along them in closed form."""

from typing import NamedTuple

import numpy as np

from simulators.geo import EARTH_RADIUS_M
from simulators.noise import Floats


class Circles(NamedTuple):
    """One great circle a row: the unit vector to its origin, that ahead of it, and its length."""

    origin: Floats
    ahead: Floats
    length_m: Floats

    def at(self, along_m: Floats) -> tuple[Floats, Floats, Floats]:
        """(lat, lon, track) in degrees at `along_m`: (row,), or (row, n) for n places a row."""
        extra = (1,) * (along_m.ndim - 1)
        parts = [vector.T.reshape(3, -1, *extra) for vector in (self.origin, self.ahead)]
        angle = along_m / EARTH_RADIUS_M
        cos, sin = np.cos(angle), np.sin(angle)
        x, y, z = parts[0] * cos + parts[1] * sin
        dx, dy, dz = parts[1] * cos - parts[0] * sin
        track = np.arctan2(x * dy - y * dx, dz)
        lat, lon = np.arcsin(np.clip(z, -1.0, 1.0)), np.arctan2(y, x)
        return np.degrees(lat), np.degrees(lon), np.degrees(track) % 360.0


def between(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Circles:
    """The great circles from the first places to the second, in degrees."""
    start, end = _unit(lat1, lon1), _unit(lat2, lon2)
    cosine = _dot(start, end)
    ahead = end - start * cosine[:, None]
    sine = np.sqrt(_dot(ahead, ahead))
    return Circles(start, ahead / sine[:, None], np.arctan2(sine, cosine) * EARTH_RADIUS_M)


def _unit(lat: Floats, lon: Floats) -> Floats:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _dot(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]
