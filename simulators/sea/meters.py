"""Tank gauges, flow meters and hour counters of ships, which are never quite right."""

import numpy as np

from simulators.noise import Floats, Ints, Keys, smooth, white
from simulators.roughness import Noise

_GAUGE, _GAUGE_SLOW, _FLOW, _HOURS = range(720, 724)
_WHITE, _WANDER, _WANDER_S, _OFF = 0.001, 0.002, 7_200.0, 0.01


class Meters:
    """One row a ship: `tanks_t` its bunker tanks, `hours` the counter as the world began."""

    def __init__(self, keys: Keys, tanks_t: Floats, hours: Floats, noise: Noise) -> None:
        self._keys, self._tanks_t, self._hours, self._noise = keys, tanks_t, hours.copy(), noise
        flow, counter = (
            white(keys, np.asarray(stream), np.asarray(0)) for stream in (_FLOW, _HOURS)
        )
        self._flow_off, self._hours_off = (noise.meters * _OFF * draw for draw in (flow, counter))

    def misread(self, rows: Ints, times: Ints, flow: Floats, fuel_t: Floats, hours: Floats) -> None:
        """Alters what is true to what is measured, in place."""
        if self._noise.gauges:
            keys = self._keys[rows]
            share = _WHITE * white(keys, np.asarray(_GAUGE), times)
            share += _WANDER * smooth(keys, np.asarray(_GAUGE_SLOW), times, np.asarray(_WANDER_S))
            fuel_t += self._noise.gauges * share * self._tanks_t[rows]
        if self._noise.meters:
            flow *= 1.0 + self._flow_off[rows]
            hours += (hours - self._hours[rows]) * self._hours_off[rows]
