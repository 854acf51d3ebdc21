"""How well aircraft know and tell where they are: accuracy category, latency, coarse steps.

Figures: readsb snapshots (nac_p), one flight recorded gate to gate (way error, steps).
"""

import numpy as np

from simulators.geo import MPS_PER_KN
from simulators.noise import Floats, Ints, Keys, uniform, white
from simulators.roughness import Noise

_SHARES, _CATEGORIES = np.array([0.60, 0.925]), np.array([10.0, 9.0, 8.0])
_LOST_SHARE, _LOST_S = 0.0137, 600
_LATENCY_S = 0.15
_STEP_FT, _STEP_FT_MIN = 25.0, 64.0
_AS_RECORDED, _CATEGORY, _LOST, _LATE = range(720, 724)


def late_m(keys: Keys, times: Ints, gs_kn: Floats, noise: Noise) -> Floats:
    """Metres by which positions lag or lead their times."""
    late_s = noise.position * _LATENCY_S * white(keys, np.asarray(_LATE), times)
    return np.asarray(late_s * gs_kn * MPS_PER_KN)


def accuracy(keys: Keys, times: Ints, usual: Floats, noise: Noise) -> Floats:
    """nac_p: as recorded on a share of aircraft, `usual` on the others."""
    recorded = _CATEGORIES[np.searchsorted(_SHARES, uniform(keys, _CATEGORY, 0))]
    lost = uniform(keys, _LOST, times // _LOST_S) < _LOST_SHARE
    as_recorded = uniform(keys, _AS_RECORDED, 0) < noise.accuracy
    return np.where(as_recorded, np.where(lost, 0.0, recorded), usual)


def coarse(alt_ft: Floats, rate_ft_min: Floats, noise: Noise) -> None:
    """Rounds height and vertical rate to the steps in which they are told, in place."""
    for values, step in ((alt_ft, _STEP_FT), (rate_ft_min, _STEP_FT_MIN)):
        step *= noise.quantised
        values[:] = np.rint(values / step) * step + 0.0
