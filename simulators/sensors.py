"""What makes one asset's sensors unlike another's: own noise, heavy tails, slow drift.

Draws belong to (asset, channel); drift moves from hour to hour, so that it is made once an hour for
a whole fleet and not for each reading.
"""

from collections.abc import Sequence

import numpy as np

from simulators.noise import Floats, Ints, Keys, Own, smooth, uniform
from simulators.roughness import Noise

_GAIN, _DRIFT = 500, 600  # first noise streams, one more for each channel
_LEAST, _MOST = 0.5, 3.0
_DRIFT_S, _DRIFT_SIZE, _HOUR_S = 12 * 86_400.0, 3.0, 3_600
_DRIFTING = ("_degc", "_bar", "_psi", "vib_n1", "vib_g", "tc_rpm")


class Sensors:
    """The sensors of a fleet: `names` and `noise` (in their units) by channel, `keys` by row."""

    def __init__(self, keys: Keys, names: Sequence[str], noise: Floats, strengths: Noise) -> None:
        self._keys, self._tails = keys, strengths.tails
        streams = np.arange(len(names), dtype=np.int64)
        draw = np.stack([uniform(keys, _GAIN + stream, 0) for stream in streams.tolist()], axis=1)
        span = np.log(_MOST / _LEAST)
        self._gain = np.exp(strengths.own * (np.log(_LEAST) + span * draw))
        drifts = np.array([name.endswith(_DRIFTING) for name in names])
        self._size = strengths.drift * _DRIFT_SIZE * noise * drifts
        self._columns = np.flatnonzero(self._size > 0)
        self._hours: dict[int, Floats] = {}

    def at(self, rows: Ints, times: Ints) -> Own:
        """What is own to the sensors of `rows` at `times`."""
        hour = times // _HOUR_S
        first, last = (int(hour.min()), int(hour.max())) if len(hour) else (0, 0)
        known = self._hours
        self._hours = {
            one: known[one] if one in known else self._drift(one) for one in range(first, last + 1)
        }
        shift = np.stack(list(self._hours.values()))
        return Own(rows, hour - first, self._gain, shift, self._tails)

    def _drift(self, hour: int) -> Floats:
        """By row and channel."""
        shift = np.zeros(self._gain.shape)
        if len(self._columns):
            streams = (_DRIFT + self._columns)[None, :]
            slow = smooth(self._keys[:, None], streams, hour * _HOUR_S, np.asarray(_DRIFT_S))
            shift[:, self._columns] = slow * self._size[self._columns]
        return shift
