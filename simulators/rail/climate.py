"""Outside temperature along the lines: season, hour of the day, and weather of some days."""

from datetime import datetime

import numpy as np

from simulators.noise import Floats, Ints, asset_key, smooth
from simulators.rail.network import LINES

_MEAN_DEGC = {"SH2": (17.0, 11.0), "SNE": (28.0, 0.8), "HTW": (24.0, 6.0)}  # mean, summer's excess
_ELSEWHERE = (20.0, 8.0)
_WARMEST_DAY, _WARMEST_H, _BY_HOUR_DEGC, _WEATHER_DEGC = 205.0, 15.0, 2.5, 1.2
_DAY_S, _WEATHER_S = 86_400.0, 60 * 3600.0
_CODE, _STREAM = 31, 7
_MEAN, _SWING = np.array([_MEAN_DEGC.get(line.name, _ELSEWHERE) for line in LINES]).T


class Climate:
    """The ambient of the lines of one world."""

    def __init__(self, seed: int, start: datetime, clock_s: int, seasons: float) -> None:
        self._day = start.timetuple().tm_yday
        self._clock_s, self._seasons = clock_s, seasons
        self._keys = np.array(
            [asset_key(seed, _CODE, n) for n in range(len(LINES))], dtype=np.uint64
        )

    def ambient_degc(self, line: Ints, times: Ints) -> Floats:
        """Degrees Celsius at seconds of the world."""
        day = (times + self._clock_s) / _DAY_S
        season = np.cos(2 * np.pi * (self._day + day - _WARMEST_DAY) / 365.25)
        hour = np.cos(2 * np.pi * (day - _WARMEST_H / 24))
        keys = self._keys[line]
        weather = smooth(keys, np.asarray(_STREAM), times, np.asarray(_WEATHER_S))
        swing = _SWING[line] * season + _BY_HOUR_DEGC * hour + _WEATHER_DEGC * weather
        return np.asarray(_MEAN[line] + self._seasons * swing)
