"""What ships' receivers and compasses make of motion, most of all of rest.

At rest they show noise: some speed on some ships, any course on most.  Under cranes, bridges and
sheds the sky is hidden and echoes are heard: positions stray by tens of metres, and speeds of some
knots that nobody makes come and go within minutes, most of all on ships of careless crews.

Figures: 1,438 vessels in five minutes of the Danish national stream (2013), eight tankers.
"""

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, heavy, smooth, uniform, white
from simulators.roughness import Noise
from simulators.sea.start import HOUR_S
from simulators.sea.status import careless

_WANDER_M, _NOISY, _LOUD, _ASTRAY, _SOG, _COG, _OFF, _WILD, _WILD_BY = (
    700, 702, 703, 704, 705, 706, 707, 708, 709
)  # fmt: skip
_NORTH, _ECHO_NORTH = 710, 712  # and east
_HIDDEN, _HIDDEN_FROM, _ECHO, _ECHO_KN, _ECHO_AT = range(714, 719)
_USUAL_WANDER_M, _WANDER_S, _TAIL = 1.25, 400.0, 2.5
_NOISY_SHARE, _LEAST_NOISY_KN = 0.42, 0.04
_REST_KN = 0.5
_WILD_SHARE = 0.012
_HIDDEN_S, _HIDDEN_OF_CARELESS, _HIDDEN_OF_OTHERS = HOUR_S, 0.042, 0.010  # of hours
_ECHO_M = 30.0
_ECHO_EVERY_S, _ECHO_SHARE, _RISES_S, _ECHOES_KN = 320, 0.8, 60.0, (2.6, 4.6)
_M_PER_DEG = 111_195.0


class Receivers:
    """One row a ship; what is read depends on the ship's key and the time alone."""

    def __init__(self, keys: Keys, noise: Noise) -> None:
        self._keys, self._noise = keys, noise
        self._wander_m = _USUAL_WANDER_M * np.exp(0.7 * _own(keys, _WANDER_M))
        draw = uniform(keys, _NOISY, 0) / max(noise.at_rest, 1e-9)
        sd_kn = _LEAST_NOISY_KN * 10.0 ** uniform(keys, _LOUD, 0)
        self._sog_kn = np.where(draw < _NOISY_SHARE, sd_kn, 0.0)
        self._cog_deg = noise.at_rest * np.minimum(40.0 * np.exp(1.4 * _own(keys, _ASTRAY)), 180.0)
        self._off_deg = noise.compass * 2.0 * heavy(_own(keys, _OFF), 1.0)
        self._hidden_share = np.where(careless(keys), _HIDDEN_OF_CARELESS, _HIDDEN_OF_OTHERS)
        self._hidden_from = (uniform(keys, _HIDDEN_FROM, 0) * _HIDDEN_S).astype(np.int64)

    def place(self, rows: Ints, times: Ints, usual: Floats, lat: Floats, sog: Floats) -> Floats:
        """(place, north and east) in degrees by which positions err; `usual` is the clean error."""
        strength = self._noise.position
        if not strength:
            return usual
        keys = self._keys[rows][:, None]
        slow = smooth(keys, np.array([[_NORTH, _NORTH + 1]]), times[:, None], np.asarray(_WANDER_S))
        metres = strength * self._wander_m[rows][:, None] * heavy(slow, _TAIL)
        echo = np.flatnonzero(sog < _REST_KN)
        echo = echo[self._hidden(rows[echo], times[echo])]
        streams = np.array([[_ECHO_NORTH, _ECHO_NORTH + 1]])
        metres[echo] += strength * _ECHO_M * white(keys[echo], streams, times[echo, None])
        metres[:, 1] /= np.maximum(np.cos(np.radians(lat)), 0.05)
        return np.asarray(metres / _M_PER_DEG + max(1.0 - strength, 0.0) * usual)

    def motion(self, rows: Ints, times: Ints, sog: Floats, cog: Floats, heading: Floats) -> None:
        """Alters speed, course and heading as shown, in place; `sog` is true before."""
        if self._noise.compass:
            heading += self._off_deg[rows]
            wild = uniform(self._keys[rows], _WILD, times) < _WILD_SHARE * self._noise.compass
            cog[wild] += 30.0 * _own(self._keys[rows[wild]], _WILD_BY, times[wild])
        if self._noise.at_rest:
            at = np.flatnonzero(sog < _REST_KN)
            keys, second, row = self._keys[rows[at]], times[at], rows[at]
            cog[at] += self._cog_deg[row] * _own(keys, _COG, second)
            sog[at] += self._sog_kn[row] * np.abs(_own(keys, _SOG, second))
            sog[at] += self._echoed_kn(row, second)

    def _echoed_kn(self, rows: Ints, times: Ints) -> Floats:
        """Speeds that echoes make of rest: they rise and fall, where the sky is hidden."""
        keys, (cell, into_s) = (
            self._keys[rows],
            np.divmod(times + self._hidden_from[rows], _ECHO_EVERY_S),
        )
        echo = uniform(keys, _ECHO, cell) < _ECHO_SHARE * self._noise.at_rest
        echo &= self._hidden(rows, times)
        least, most = _ECHOES_KN
        peak_kn = echo * least * (most / least) ** uniform(keys, _ECHO_KN, cell)
        peak_s = _RISES_S + (_ECHO_EVERY_S - 2 * _RISES_S) * uniform(keys, _ECHO_AT, cell)
        return peak_kn * np.clip(2.0 - np.abs(into_s - peak_s) / _RISES_S * 2.0, 0.0, 1.0)

    def _hidden(self, rows: Ints, times: Ints) -> Bools:
        """Places at rest from which little of the sky is seen, for an hour."""
        stay = (times + self._hidden_from[rows]) // _HIDDEN_S
        return np.asarray(uniform(self._keys[rows], _HIDDEN, stay) < self._hidden_share[rows])


def _own(keys: Keys, stream: int, step: int | Ints = 0) -> Floats:
    return white(keys, np.asarray(stream), np.asarray(step))
