"""A flat on a wheel: the bogies shake more than this train's usually do at such a speed.

Vibration grows with speed and with the wear of the wheels, and differs from train to train: what is
compared is the ratio to the train's own at its speed, over five readings.  Wear comes with the km
and is learned, a flat within one braking.

memory  the train's own vibration by band of speed, and how often it was seen; the ratio to it, and
        how far that usually strays
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import Seen, say

_BANDS, _SEEN, _RATIO, _STRAYS = 4, 4, 8, 9
_SLOWEST_MPS, _BAND_MPS = 8.0, 4.0
_SMOOTH, _LEARN = 0.2, 1 / 500
_LEAST_SEEN = 40
_TIMES = 6.0
_USUAL_STRAY = 0.03


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    shakes_g, speed = seen.cleaned[rule.channel], seen.cleaned[seen.plan.speed]
    if math.isnan(shakes_g) or not speed >= _SLOWEST_MPS:
        return 0
    band = min(int((speed - _SLOWEST_MPS) / _BAND_MPS), _BANDS - 1)
    centre_mps = _SLOWEST_MPS + (band + 0.5) * _BAND_MPS
    at_centre_g = shakes_g * centre_mps / speed  # within a band it grows with the speed
    times_seen = memory[_SEEN + band]
    if math.isnan(times_seen):
        memory[band], memory[_SEEN + band] = at_centre_g, 1.0
        return 0
    if math.isnan(memory[_RATIO]):
        memory[_RATIO], memory[_STRAYS] = 1.0, _USUAL_STRAY
    allowed = 1.0 + max(rule.limit, _TIMES * memory[_STRAYS])
    known = times_seen >= _LEAST_SEEN
    if known and memory[band] > 0.0:
        memory[_RATIO] += _SMOOTH * (at_centre_g / memory[band] - memory[_RATIO])
    stray = abs(memory[_RATIO] - 1.0)
    if not known or memory[_RATIO] < (1.0 + allowed) / 2:
        memory[band] += max(_LEARN, 1.0 / (times_seen + 1)) * (at_centre_g - memory[band])
        memory[_SEEN + band] = times_seen + 1
        if known:
            memory[_STRAYS] += _LEARN * (stray - memory[_STRAYS])
    usual_g = memory[band] * speed / centre_mps
    say(seen, memory[_RATIO] * usual_g, allowed * usual_g)
    if memory[_RATIO] < (1.0 + allowed) / 2:
        return -1
    return 1 if known and memory[_RATIO] > allowed else 0
