"""Door contacts that lie: on a few trains always, on others for an hour now and then."""

import numpy as np

from simulators.noise import Floats, Ints, Keys, uniform

_ALWAYS, _AT_TIMES = 740, 741
_ALWAYS_SHARE, _AT_TIMES_SHARE, _LASTS_S = 0.012, 0.006, 3_600


def shown(keys: Keys, times: Ints, doors_open: Floats, strength: float) -> Floats:
    """What contacts say of doors; `keys` and times hold one a place."""
    lying = uniform(keys, _ALWAYS, 0) < _ALWAYS_SHARE * strength
    lying |= uniform(keys, _AT_TIMES, times // _LASTS_S) < _AT_TIMES_SHARE * strength
    return np.where(lying, 1.0, doors_open)
