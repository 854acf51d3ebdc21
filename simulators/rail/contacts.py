"""Door contacts that lie: on a few trains always, on others for an hour now and then."""

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, asset_key, uniform
from simulators.spread import evenly

_WORLD_CODE = 62
_ALWAYS, _AT_TIMES = 740, 741
_ALWAYS_SHARE, _AT_TIMES_SHARE, _LASTS_S = 0.0113, 0.006, 3_600


def always_open(seed: int, numbers: Ints, strength: float) -> Bools:
    """The trains whose contacts never say that the doors are closed: 14 of 1,235 in Helsinki."""
    world = np.array([asset_key(seed, _WORLD_CODE, 0)], dtype=np.uint64)
    return evenly(numbers, world, _ALWAYS, _ALWAYS_SHARE * strength)


def shown(keys: Keys, times: Ints, doors_open: Floats, always: Bools, strength: float) -> Floats:
    """What contacts say of doors; the arrays hold one a place."""
    lies = uniform(keys, _AT_TIMES, times // _LASTS_S) < _AT_TIMES_SHARE * strength
    return np.where(always | lies, 1.0, doors_open)
