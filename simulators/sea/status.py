"""What crews set as navigational status, and forget to set.

Half of the crews are careless: they leave the status "under way" through most of their stays, as
43 % of the ships do that show it off Denmark; the other half now and then.  Under way one now and
then still shows the status of its stay (0.2 a ship-day on eight tankers).
"""

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.sea.start import ANCHORED, HOUR_S, MOORED, UNDER_WAY

_WRONG, _WHICH, _FORGOT, _FORGOT_S, _CARELESS = range(740, 745)
_REST_SLOT_S, _SAIL_SLOT_S = 12 * HOUR_S, 4 * HOUR_S
_CARELESS_SHARE = 0.5
_WRONG_OF_CARELESS, _WRONG_OF_OTHERS = 0.95, 0.25
_UNDER_WAY_SHARE, _FORGOT_SHARE = 0.95, 0.04


def careless(keys: Keys) -> Bools:
    """Ships whose crews let things be: neither is the status set nor the receiver kept well."""
    return uniform(keys, _CARELESS, 0) < _CARELESS_SHARE


def as_set(keys: Keys, times: Ints, status: Floats, strength: float) -> Floats:
    """The status shown where `status` is right; `keys` and times hold one a place."""
    resting = (status == MOORED) | (status == ANCHORED)
    slot = times // _REST_SLOT_S
    often = np.where(careless(keys), _WRONG_OF_CARELESS, _WRONG_OF_OTHERS)
    wrong = resting & (uniform(keys, _WRONG, slot) < often * strength)
    other = np.where(status == MOORED, ANCHORED, MOORED)
    claims = uniform(keys, _WHICH, slot) < _UNDER_WAY_SHARE
    shown = np.where(wrong, np.where(claims, UNDER_WAY, other), status)
    slot, into_s = np.divmod(times, _SAIL_SLOT_S)
    forgot = (status == UNDER_WAY) & (uniform(keys, _FORGOT, slot) < _FORGOT_SHARE * strength)
    forgot &= into_s < _SAIL_SLOT_S * uniform(keys, _FORGOT_S, slot)
    return np.where(forgot, MOORED, shown)
