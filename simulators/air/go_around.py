"""A missed approach: at 1,500 ft the crew climbs, flies a circuit, and comes back to its place.

The circuit is a circle to the left of the way in, closed at the speed flown, so that a flight with
one is the same flight, so many seconds longer.
"""

import numpy as np

from simulators.air.legs import State
from simulators.geo import MPS_PER_KN
from simulators.noise import Floats

_KN = 150.0  # about that of the approach
_UP_FT, _CLIMB_SHARE = 2_000.0, 0.2  # climbs for a fifth of the time, and so descends again
_N1_CLIMB_PCT, _N1_LEVEL_PCT = 88.0, 62.0
_M_PER_DEG = 111_195.0


def flown(state: State, track_deg: Floats, lat: Floats, lon: Floats) -> State:
    """The state of those in a circuit; alters their `track_deg`, `lat` and `lon` in place."""
    at = np.flatnonzero(state.circuit_s > 0)
    share, lasts_s = state.circuit[at], state.circuit_s[at]
    angle = 2 * np.pi * share
    radius_m = _KN * MPS_PER_KN * lasts_s / (2 * np.pi)
    course = np.radians(track_deg[at])
    ahead, left = radius_m * np.sin(angle), radius_m * (1 - np.cos(angle))
    north = ahead * np.cos(course) + left * np.sin(course)
    east = ahead * np.sin(course) - left * np.cos(course)
    lon[at] += east / (_M_PER_DEG * np.maximum(np.cos(np.radians(lat[at])), 0.05))
    lat[at] += north / _M_PER_DEG
    track_deg[at] = (track_deg[at] - np.degrees(angle)) % 360.0
    climbs, falls = share < _CLIMB_SHARE, share > 1 - _CLIMB_SHARE
    rate = _UP_FT / (_CLIMB_SHARE * lasts_s / 60.0)
    gs, rates, tas, n1, alt = (
        part + 0.0
        for part in (state.gs_kn, state.rate_ft_min, state.tas_kn, state.n1_pct, state.alt_ft)
    )
    gs[at], tas[at] = _KN, _KN
    rates[at] = np.where(climbs, rate, np.where(falls, -rate, 0.0))
    up = np.minimum(np.minimum(share, 1 - share) / _CLIMB_SHARE, 1.0)
    alt[at] += _UP_FT * up
    n1[at] = np.where(climbs, _N1_CLIMB_PCT, np.where(falls, n1[at], _N1_LEVEL_PCT))
    return state._replace(gs_kn=gs, rate_ft_min=rates, tas_kn=tas, n1_pct=n1, alt_ft=alt)
