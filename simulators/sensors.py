"""What makes one asset's sensors unlike another's: own noise, heavy tails, slow drift.

Draws belong to (asset, channel); drift moves from hour to hour, so that it is made once an hour for
a whole fleet and not for each reading.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulators.noise import Floats, Ints, Keys, smooth, uniform
from simulators.roughness import Noise

_GAIN, _DRIFT = 500, 600  # first noise streams, one more for each channel
_LEAST, _MOST = 0.5, 3.0
_TAIL = 0.02  # z (1 + 0.02 z^4): 1.02 at one sd, 2.6 at three
_DRIFT_S, _DRIFT_SIZE, _HOUR_S = 12 * 86_400.0, 3.0, 3_600
_DRIFTING = ("_degc", "_bar", "_psi", "vib_n1", "vib_g", "tc_rpm")


class Own(NamedTuple):
    """The sensors of a block's places: factor of the noise and shift, (place, channel); tails."""

    gain: Floats
    shift: Floats
    tails: float


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
        shift = np.zeros((len(rows), self._gain.shape[1]))
        if len(self._columns):
            hour = times // _HOUR_S
            wanted = np.unique(hour).tolist()
            self._hours = {one: self._hours.get(one, self._drift(one)) for one in wanted}
            for one in wanted:
                mine = np.flatnonzero(hour == one)
                shift[mine[:, None], self._columns] = self._hours[one][rows[mine]]
        return Own(self._gain[rows], shift, self._tails)

    def _drift(self, hour: int) -> Floats:
        streams = (_DRIFT + self._columns)[None, :]
        slow = smooth(self._keys[:, None], streams, hour * _HOUR_S, np.asarray(_DRIFT_S))
        return np.asarray(slow * self._size[self._columns])


def sensors_of(keys: Keys, names: Sequence[str], noise: Floats, strengths: Noise) -> Sensors | None:
    """The sensors of a fleet, or None where all are alike."""
    if strengths.own or strengths.tails or strengths.drift:
        return Sensors(keys, names, noise, strengths)
    return None


def heavy(z: Floats, strength: float) -> Floats:
    """Near-normal numbers with heavier tails; strength 0 leaves them as they are."""
    if not strength:
        return z
    square = z * z
    return np.asarray(z * (1.0 + _TAIL * strength * square * square))
