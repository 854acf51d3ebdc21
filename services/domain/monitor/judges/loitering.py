"""Loitering: a ship at sea that goes about at less than the rule's limit for hours.

Global Fishing Watch: consecutive hours at an average of less than 2 kn, far from port.  It turns
about: after all its way it is still near where it began; a ship that is towed, set by the current
or alongside another goes somewhere.  Its engine turns, or it would be drifting or at anchor; of a
ship that tells nothing of its engine the ground that it covers must be more than an anchor allows.

memory  the smoothed speed and its time; where it began to be slow, the way made since, and how far
        from there it was at most
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import PORT, SECOND_US, Seen, held, say
from services.domain.monitor.geo import distance_km

_SPEED, _TIME, _LAT, _LON, _WAY, _FARTHEST = range(6)
_SMOOTH_S = 600.0
_SLOWEST_KN = 0.4  # less is rest with the noise of receivers
_OVER = 1.25  # of the limit ends it
_TURNS = 0.5  # no farther from where it began than this of its way
_TURN_KM = 1.0  # room for a turn
_TURNING_RPM = 1.5
_CABLE_KM = 0.5  # what a ship at anchor swings through
_KM_H_PER_KN = 1.852


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    speed = smoothed_kn(seen, memory, _SPEED, _TIME, 2 * rule.limit)
    engine_rpm = held(seen, rule.reads[0])
    stopped = abs(engine_rpm) < _TURNING_RPM  # not known: not stopped
    if seen.inside & PORT or stopped or speed > _OVER * rule.limit or speed < _SLOWEST_KN:
        memory[_LAT] = math.nan
        return -1
    if math.isnan(speed) or math.isnan(seen.made_km):
        return 0
    if math.isnan(memory[_LAT]):
        memory[_LAT], memory[_LON] = seen.asset.lat, seen.asset.lon
        memory[_WAY] = memory[_FARTHEST] = 0.0
    hours = seen.since_us / SECOND_US / 3600
    if seen.made_km > _OVER * rule.limit * _KM_H_PER_KN * hours + 0.5:  # gone while unheard
        memory[_LAT] = math.nan
        return -1
    memory[_WAY] += seen.made_km
    away_km = distance_km(memory[_LAT], memory[_LON], seen.asset.lat, seen.asset.lon)
    memory[_FARTHEST] = max(memory[_FARTHEST], away_km)
    say(seen, speed, rule.limit)
    turns = away_km < max(_TURNS * memory[_WAY], _TURN_KM)
    free = not math.isnan(engine_rpm) or memory[_FARTHEST] > _CABLE_KM
    return 1 if speed < rule.limit and turns and free else 0


@compiled
def smoothed_kn(seen: Seen, memory: Array, speed: int, time: int, most_kn: float) -> float:
    """The speed over the last ten minutes, one above `most_kn` as that; NaN while there is none."""
    now_kn, now_s = seen.cleaned[seen.plan.speed], seen.reading.time_us / SECOND_US
    if math.isnan(now_kn):
        return float(memory[speed])
    now_kn = min(now_kn, most_kn)
    if math.isnan(memory[speed]):
        memory[speed] = now_kn
    else:
        past_s = now_s - memory[time]
        memory[speed] += (now_kn - memory[speed]) * past_s / (past_s + _SMOOTH_S)
    memory[time] = now_s
    return float(memory[speed])
