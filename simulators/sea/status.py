"""What crews set as navigational status, and forget to set.

At rest a third of ships show another status for a while, most of them "under way"; under way one
now and then still shows that of its stay.
"""

import numpy as np

from simulators.noise import Floats, Ints, Keys, uniform
from simulators.sea.start import ANCHORED, HOUR_S, MOORED, UNDER_WAY

_WRONG, _WHICH, _FORGOT, _FORGOT_S = range(740, 744)
_REST_SLOT_S, _SAIL_SLOT_S = 12 * HOUR_S, 4 * HOUR_S
_WRONG_SHARE, _UNDER_WAY_SHARE, _FORGOT_SHARE = 0.33, 0.75, 0.07


def as_set(keys: Keys, times: Ints, status: Floats, strength: float) -> Floats:
    """The status shown where `status` is right; `keys` and times hold one a place."""
    resting = (status == MOORED) | (status == ANCHORED)
    slot = times // _REST_SLOT_S
    wrong = resting & (uniform(keys, _WRONG, slot) < _WRONG_SHARE * strength)
    other = np.where(status == MOORED, ANCHORED, MOORED)
    claims = uniform(keys, _WHICH, slot) < _UNDER_WAY_SHARE
    shown = np.where(wrong, np.where(claims, UNDER_WAY, other), status)
    slot, into_s = np.divmod(times, _SAIL_SLOT_S)
    forgot = (status == UNDER_WAY) & (uniform(keys, _FORGOT, slot) < _FORGOT_SHARE * strength)
    forgot &= into_s < _SAIL_SLOT_S * uniform(keys, _FORGOT_S, slot)
    return np.where(forgot, MOORED, shown)
