"""Weather and water: smooth fields of place and time that belong to the world, not to a ship.

Every field is hash noise at the corners of cells of latitude, longitude and time, eased in between;
nothing is stored, so that a ship feels the same sea whoever else is simulated.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from simulators.noise import Floats, asset_key, white

_CELL_DEG = 6.0
_CELLS_ROUND = 60
_DAY_S = 86_400.0
_PERIOD_S = np.array([[2.5], [25.0], [25.0], [12.0]]) * _DAY_S
_CORNERS = np.array(list(product((0, 1), repeat=3)))  # of a cell: latitude, longitude, time
_WORLD_CODE = 90
_LOUDER = 1.7  # easing between corners makes the noise quieter by about this


class Conditions(NamedTuple):
    """At each place: wave height (m), current to east and north (kn), sea temperature (degC)."""

    waves_m: Floats
    east_kn: Floats
    north_kn: Floats
    sea_degc: Floats


class Weather:
    """The sea of world `seed`; `strength` and `seasons` scale wind and waves, and summers."""

    def __init__(self, seed: int, strength: float, seasons: float) -> None:
        keys = [asset_key(seed, _WORLD_CODE, field) for field in range(len(_PERIOD_S))]
        self._keys = np.array(keys, dtype=np.uint64)[:, None, None]
        self._strength, self._seasons = strength, seasons

    def at(self, lat: Floats, lon: Floats, second: int, year_share: float) -> Conditions:
        """Conditions at places in degrees, at a second of the world and that share of the year."""
        waves, east, north, warmer = self._fields(lat, lon, second)
        summer = np.cos(2 * np.pi * (year_share - 0.62)) * np.sin(np.radians(lat))
        rough_m = 0.9 + 2.0 * np.abs(lat) / 55.0 * (1.0 - 0.35 * summer * self._seasons)
        waves_m = self._strength * rough_m * np.exp(0.55 * waves)
        swing = 6.5 * summer * np.abs(np.cos(np.radians(lat))) * self._seasons
        mild = np.maximum(27.8 - 0.0066 * lat**2, -1.0)
        sea_degc = np.clip(mild + swing + 0.9 * warmer, -1.8, 33.0)
        current = 0.45 * self._strength
        return Conditions(waves_m, current * east, current * north, sea_degc)

    def _fields(self, lat: Floats, lon: Floats, second: int) -> Floats:
        place = np.stack([lat / _CELL_DEG, lon / _CELL_DEG])
        cell = np.floor(place)
        share = _eased(place - cell)
        age = second / _PERIOD_S
        step = np.floor(age)
        late = _eased(age - step)
        row, column = cell.astype(np.int64)
        index = (row + _CORNERS[:, :1]) * _CELLS_ROUND + (column + _CORNERS[:, 1:2]) % _CELLS_ROUND
        moment = step.astype(np.int64)[:, :, None] + _CORNERS[None, :, 2:]
        noise = white(self._keys, index[None] + 40_000, moment)
        weight = _side(share[0], _CORNERS[:, :1]) * _side(share[1], _CORNERS[:, 1:2])
        weights = weight[None] * _side(late[:, :, None], _CORNERS[None, :, 2:])
        return np.asarray(_LOUDER * (noise * weights).sum(axis=1))


def _eased(share: Floats) -> Floats:
    return share * share * (3.0 - 2.0 * share)


def _side(share: Floats, far: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
    return np.where(far == 1, share, 1.0 - share)
