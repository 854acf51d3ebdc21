"""GPS interference: an aircraft in the air is no longer sure of its place.

It says so by a navigation accuracy category (NACp, DO-260B) of 1 to 7; 0 is "unknown", which
healthy transponders say for minutes, and which proves nothing.  Or it does not say so, and its
position wanders about the track that speed and course lead along by more than it usually does.

memory  as in `track`; the square of the offset over some readings, its usual size, and how many
        readings in a row are far off
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import SECOND_US, Seen, say
from services.domain.monitor.judges import track

_SQUARE, _USUAL_KM, _FAR = (track.OWN + n for n in range(3))
_FORGET_S, _SMOOTH, _LEARN = 150.0, 1 / 6, 1 / 240
_LEAST_KM, _TIMES = 0.3, 4.0
_FAR_READINGS = 10  # a step and no wandering: from then on it is where it is
_KNOWN_BAD = 1


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    accuracy = seen.cleaned[rule.channel]
    doubts = _KNOWN_BAD <= accuracy < rule.limit
    say(seen, accuracy, rule.limit)
    if math.isnan(memory[_SQUARE]):
        memory[_SQUARE], memory[_USUAL_KM], memory[_FAR] = 0.0, _LEAST_KM / _TIMES, 0.0
    allowed_km = max(_LEAST_KM, _TIMES * memory[_USUAL_KM])
    if track.reckon(seen, memory, seen.cleaned[rule.reads[0]], seen.cleaned[rule.reads[1]]):
        off_km = track.offset_km(memory)
        memory[_FAR] = memory[_FAR] + 1.0 if off_km > 10 * allowed_km else 0.0
        if memory[_FAR] > _FAR_READINGS:
            memory[track.NORTH] = memory[track.EAST] = 0.0
        past_s = seen.since_us / SECOND_US
        track.forget(memory, past_s / (past_s + _FORGET_S), off_km, 2 * allowed_km)
        off_km = min(off_km, 2 * allowed_km)
        memory[_SQUARE] += _SMOOTH * (off_km * off_km - memory[_SQUARE])
        memory[_USUAL_KM] += _LEARN * (min(off_km, allowed_km) - memory[_USUAL_KM])
    wandered_km = math.sqrt(memory[_SQUARE])
    if doubts or wandered_km > allowed_km:
        return 1
    return -1 if wandered_km < allowed_km / 2 and not accuracy < rule.limit else 0
