"""What ships' receivers and compasses make of motion, most of all of rest.

Figures: 1,438 vessels in five minutes of the Danish national stream (2013), eight tankers.
"""

import numpy as np

from simulators.noise import Floats, Ints, Keys, smooth, uniform, white
from simulators.roughness import Noise
from simulators.sensors import heavy

_WANDER_M, _WANDER_FAR, _NOISY, _LOUD, _ASTRAY, _SOG, _COG, _OFF, _WILD, _WILD_BY = range(700, 710)
_WANDER_S, _TAIL = 400.0, 2.5
_NOISY_SHARE, _VERY_NOISY_SHARE = 0.42, 0.015
_REST_KN = 0.5
_WILD_SHARE = 0.012
_M_PER_DEG = 111_195.0


class Receivers:
    """One row a ship; what is read depends on the ship's key and the time alone."""

    def __init__(self, keys: Keys, noise: Noise) -> None:
        self._keys, self._noise = keys, noise
        far = np.where(uniform(keys, _WANDER_FAR, 0) < 0.02, 8.0, 1.0)
        self._wander_m = 0.7 * far * np.exp(_own(keys, _WANDER_M))
        draw = uniform(keys, _NOISY, 0) / max(noise.at_rest, 1e-9)
        sd_kn = 0.03 * 10.0 ** uniform(keys, _LOUD, 0)
        sd_kn = np.where(draw < _VERY_NOISY_SHARE, 1.6, sd_kn)
        self._sog_kn = np.where(draw < _NOISY_SHARE, sd_kn, 0.0)
        self._cog_deg = noise.at_rest * np.minimum(22.0 * np.exp(1.4 * _own(keys, _ASTRAY)), 180.0)
        self._off_deg = noise.compass * 2.0 * heavy(_own(keys, _OFF), 1.0)

    def place(self, rows: Ints, times: Ints, usual: Floats, lat: Floats) -> Floats:
        """(place, north and east) in degrees by which positions err; `usual` is the clean error."""
        strength = self._noise.position
        if not strength:
            return usual
        streams = np.array([[710, 711]])
        slow = smooth(self._keys[rows][:, None], streams, times[:, None], np.asarray(_WANDER_S))
        metres = strength * self._wander_m[rows][:, None] * heavy(slow, _TAIL)
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


def _own(keys: Keys, stream: int, step: int | Ints = 0) -> Floats:
    return white(keys, np.asarray(stream), np.asarray(step))
