"""A position that speed and course contradict: it is not where they lead from the fixes before.

Spoofers move the position at once, or walk it away from the track while the ship goes on as it did.
Receivers err by metres, clocks by seconds and a single fix by kilometres; the offset must be beyond
the rule's limit, and what a wrong clock makes of the speed, in several readings on end.

memory  as in `track`; how many readings in a row are off
"""

from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import SECOND_US, Seen, say
from services.domain.monitor.judges import track

_OFF = track.OWN
_FORGET = 1 / 60  # of the offset a reading: sums it up over some sixty
_CLOCK = 0.5  # of the usual interval: how wrong a clock is that nothing else is said of
_READINGS = 4
_ACCEPTED = 60  # readings after which where it is counts as true again


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    speed, course_deg = seen.cleaned[seen.plan.speed], seen.cleaned[rule.reads[0]]
    if not track.reckon(seen, memory, speed, course_deg):
        return 0
    off_km = track.offset_km(memory)
    clock_s = _CLOCK * track.usual_interval_us(seen) / SECOND_US
    allowed_km = rule.limit + clock_s * speed * seen.plan.speed_km_s
    if off_km > allowed_km and memory[_OFF] >= 1.0:
        memory[_OFF] += 1
    elif off_km > allowed_km:
        memory[_OFF] = 1.0
    elif not off_km > allowed_km / 2:
        memory[_OFF] = 0.0
    if not 1.0 <= memory[_OFF] <= _ACCEPTED:
        track.forget(memory, _FORGET, off_km, off_km)
    say(seen, off_km, allowed_km)
    if off_km < allowed_km / 2:
        return -1
    return 1 if memory[_OFF] >= _READINGS else 0
