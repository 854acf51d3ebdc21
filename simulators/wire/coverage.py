"""Where and when an asset is not heard: shadows by place, lost runs, stretches of satellites only.

All are pure functions of a world's or an asset's key, of place and of time.  Start values fit the
gaps of eight tankers over 18 months: 5 % of steps over 9 minutes, 1 % over 42.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from schemas.zones import load_zones
from simulators.geo import distance_m
from simulators.noise import Bools, Floats, Ints, Keys, uniform

_SHADOW, _SATELLITE_SEA, _PASS, _RUN = 60, 61, 62, 63  # noise streams; runs take some more

_SHADOW_SHARE = 0.015
_SHADOWS: Mapping[str, tuple[float, int]] = {  # a cell's width in degrees, and how long it lasts
    "ship": (0.25, 3 * 3600),
    "aircraft": (1.0, 6 * 3600),
    "metro": (0.01, 3600),
}

RUNS: Mapping[str, tuple[tuple[int, float], ...]] = {  # longest run in s, share of such stretches
    "ship": ((900, 0.14), (5_400, 0.05), (28_800, 0.16)),
    "aircraft": ((180, 0.03), (1_500, 0.02)),
    "metro": ((60, 0.02), (300, 0.005)),
}

_SATELLITE_SHARE, _SATELLITE_CELL_DEG = 0.6, 2.0
_PASS_S, _PASS_SHARE = 150, 0.1  # heard in one of ten stretches so long: gaps of 25 min on average
_ASHORE_M = 60 * 1_852.0


def in_shadow(
    world: Keys, asset_class: str, strength: float, lat: Floats, lon: Floats, times: Ints
) -> Bools:
    """Places where nobody hears anybody at these times; `world` is one key."""
    width_deg, lasts_s = _SHADOWS[asset_class]
    cell = _cells(lat, lon, width_deg)
    return np.asarray(uniform(world, _SHADOW, cell * 65_536 + times // lasts_s)
                      < _SHADOW_SHARE * strength)  # fmt: skip


def in_run(keys: Keys, asset_class: str, strength: float, times: Ints) -> Bools:
    """Times within a run of reports that are lost; `keys` holds one a place.

    Each stretch of time may begin with a run of half of it or more.
    """
    lost = np.zeros(len(times), dtype=bool)
    for number, (longest_s, share) in enumerate(RUNS[asset_class]):
        phase = (uniform(keys, _RUN + 3 * number, 0) * longest_s).astype(np.int64)
        stretch, into_s = np.divmod(times + phase, longest_s)
        hit = uniform(keys, _RUN + 3 * number + 1, stretch) < share * strength
        if hit.any():
            draw = uniform(keys[hit], _RUN + 3 * number + 2, stretch[hit])
            lost[hit] |= into_s[hit] < (0.5 + 0.5 * draw) * longest_s
    return lost


def between_passes(
    world: Keys, keys: Keys, strength: float, lat: Floats, lon: Floats, times: Ints
) -> Bools:
    """Places at sea that only satellites hear, at times when none passes."""
    column = _cells(lat, lon, _SATELLITE_CELL_DEG)
    far = ~_ashore()[column]
    far &= uniform(world, _SATELLITE_SEA, column) < _SATELLITE_SHARE * strength
    far[far] = uniform(keys[far], _PASS, times[far] // _PASS_S) >= _PASS_SHARE
    return np.asarray(far)


def _cells(lat: Floats, lon: Floats, width_deg: float) -> Ints:
    across = round(360 / width_deg)
    row = np.floor((lat + 90.0) / width_deg).astype(np.int64)
    return np.asarray(row * across + np.floor((lon + 180.0) / width_deg).astype(np.int64) % across)


@cache
def _ashore() -> Bools:
    """Which cells of the satellites' grid have a port near enough to hear ships from there."""
    ports = [zone for zone in load_zones() if zone.kind == "port"]
    across = round(360 / _SATELLITE_CELL_DEG)
    cell = np.arange(across * (across // 2 + 1))
    lat = np.asarray((cell // across + 0.5) * _SATELLITE_CELL_DEG - 90.0, dtype=np.float64)
    lon = np.asarray((cell % across + 0.5) * _SATELLITE_CELL_DEG - 180.0, dtype=np.float64)
    near = np.zeros(len(cell), dtype=bool)
    for port in ports:
        near |= distance_m(lat, lon, np.array(port.lat), np.array(port.lon)) < _ASHORE_M
    return near
