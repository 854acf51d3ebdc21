"""The air that is flown in: the standard atmosphere, the season's deviation from it, and wind.

Standard atmosphere: ISO 2533.  The climate and the jet are start values of a plain shape: cold
towards the poles and in winter, a westerly jet near 38 degrees that is stronger in winter.
"""

import functools
from datetime import datetime

import numpy as np

from simulators.noise import Floats, Ints, asset_key, white
from simulators.scenario import HealthyLife

SOUND_KN, SEA_LEVEL_K, TROPOPAUSE_FT = 661.47, 288.15, 36_089.0
_WEATHER_CODE = 9
_CELL_DEG, _CELL_S = (6.0, 10.0), 4 * 3600.0
_CELLS_ROUND = 36
_JET_KN, _GUST_KN, _DRIFT_DEGC = 42.0, 16.0, 3.0
_YEAR_S, _DAY_S, _WARMEST_DAY = 365.25 * 86_400, 86_400.0, 200


def temperature_k(alt_ft: Floats, deviation_degc: Floats) -> Floats:
    """Static temperature, kelvin."""
    lapse = 0.0019812 * np.minimum(alt_ft, TROPOPAUSE_FT)
    return np.asarray(SEA_LEVEL_K - lapse + deviation_degc)


def pressure_ratio(alt_ft: Floats) -> Floats:
    """Static pressure as a share of that at sea level."""
    below = (1.0 - 6.87559e-6 * np.minimum(alt_ft, TROPOPAUSE_FT)) ** 5.25588
    return np.asarray(below * np.exp(-np.maximum(alt_ft - TROPOPAUSE_FT, 0.0) / 20_806.0))


def sound_kn(alt_ft: Floats, deviation_degc: Floats) -> Floats:
    """Speed of sound, knots."""
    return np.asarray(SOUND_KN * np.sqrt(temperature_k(alt_ft, deviation_degc) / SEA_LEVEL_K))


def mach_of_cas(cas_kn: Floats, alt_ft: Floats) -> Floats:
    """Mach number at a calibrated air speed in knots (compressible pitot equation)."""
    impact = (1.0 + 0.2 * (cas_kn / SOUND_KN) ** 2) ** 3.5 - 1.0
    return np.asarray(np.sqrt(5.0 * ((impact / pressure_ratio(alt_ft) + 1.0) ** (2 / 7) - 1.0)))


def cas_of_mach(mach: Floats, alt_ft: Floats) -> Floats:
    """Calibrated air speed in knots at a Mach number: the inverse of `mach_of_cas`."""
    impact = ((1.0 + 0.2 * mach**2) ** 3.5 - 1.0) * pressure_ratio(alt_ft)
    return np.asarray(SOUND_KN * np.sqrt(5.0 * ((impact + 1.0) ** (2 / 7) - 1.0)))


class Weather:
    """The weather of a world: a function of place and time alone."""

    def __init__(self, seed: int, start: datetime, life: HealthyLife) -> None:
        self._key = np.array([asset_key(seed, _WEATHER_CODE, 0)], dtype=np.uint64)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._day_s = (start - midnight).total_seconds()
        self._year_s = start.timetuple().tm_yday * _DAY_S + self._day_s
        self._life = life

    def local_hour(self, time: Floats, lon: Floats) -> Floats:
        """Hour of the solar day, [0, 24)."""
        return np.asarray(((self._day_s + time) / 3600.0 + lon / 15.0) % 24.0)

    def _summer(self, time: Floats, lat: Floats) -> Floats:
        # 1 in the warmest weeks of the hemisphere, -1 in the coldest.
        year = (self._year_s + time - _WARMEST_DAY * _DAY_S) / _YEAR_S
        return np.asarray(np.cos(2 * np.pi * year) * np.sign(lat))

    def deviation_degc(self, lat: Floats, lon: Floats, alt_ft: Floats, time: Floats) -> Floats:
        """Temperature above the standard atmosphere's; about half as much aloft as on ground."""
        mean = 13.0 - 0.0082 * lat**2
        season = 0.28 * np.abs(lat) * self._summer(time, lat) * self._life.seasons
        day = 4.0 * np.cos(2 * np.pi * (self.local_hour(time, lon) - 15.0) / 24.0)
        front = _DRIFT_DEGC * self._field(0, lat, lon, time) * self._life.weather
        near_ground = day * np.maximum(1.0 - alt_ft / 5_000.0, 0.0)
        share = 1.0 - 0.55 * np.minimum(alt_ft / TROPOPAUSE_FT, 1.0)
        return np.asarray((mean + season + front) * share + near_ground)

    def tail_wind_kn(
        self, lat: Floats, lon: Floats, track_deg: Floats, alt_ft: Floats, time: Floats
    ) -> Floats:
        """Wind from behind, knots; negative against."""
        height = np.minimum(alt_ft / TROPOPAUSE_FT, 1.0)
        core = np.exp(-(((np.abs(lat) - 38.0) / 14.0) ** 2))
        winter = 1.0 - 0.5 * self._summer(time, lat) * self._life.seasons
        gust = _GUST_KN * (0.15 + 0.85 * height) * self._life.weather
        east = _JET_KN * core * winter * height**1.3 + gust * self._field(1, lat, lon, time)
        north = gust * self._field(2, lat, lon, time)
        track = np.radians(track_deg)
        return np.asarray(east * np.sin(track) + north * np.cos(track))

    def _field(self, stream: int, lat: Floats, lon: Floats, time: Floats) -> Floats:
        """Noise that is smooth in place and time, mean 0, about 1 strong."""
        x, y, z = (
            _sides(place, axis)
            for axis, place in enumerate((
                (lat + 90.0) / _CELL_DEG[0], (lon % 360.0) / _CELL_DEG[1], time / _CELL_S,
            ))
        )  # fmt: skip
        weight = x[1] * y[1] * z[1]
        place = stream * 4096 + x[0] * _CELLS_ROUND + y[0] % _CELLS_ROUND
        noise = white(self._key, place, z[0])
        return _summed(weight * noise) / np.sqrt(_summed(weight**2))


def _sides(place: Floats, axis: int) -> tuple[Ints, Floats]:
    """The cells on both sides of places and their eased weights, along one of three new axes."""
    cell = np.floor(place).astype(np.int64)
    share = place - cell
    share = share * share * (3.0 - 2.0 * share)
    new = [k for k in range(3) if k != axis]
    cells, weights = np.stack([cell, cell + 1]), np.stack([1.0 - share, share])
    return np.expand_dims(cells, new), np.expand_dims(weights, new)


def _summed(values: Floats) -> Floats:
    # One after the other: numpy's own sum rounds differently by the number of places.
    corners = values.reshape(8, *values.shape[3:])
    return functools.reduce(np.add, corners)
