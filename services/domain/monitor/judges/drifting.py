"""Drifting: a ship at sea, its engine stopped, that the current sets.

RTEC's speeds: faster than rest and slower than under way (2.7 kn).  What tells it from a ship at
anchor, whose receiver may show some speed as well, is that it gets somewhere.  Ships that wait
drift as well, for hours and by will: those that do not say "not under command" are told of when
it lasts as long as Global Fishing Watch's first loiterers.

memory  the smoothed speed and its time; where and when it began
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import PORT, SECOND_US, Seen, held, say
from services.domain.monitor.geo import distance_km
from services.domain.monitor.judges.loitering import smoothed_kn

_SPEED, _TIME, _LAT, _LON, _SINCE = range(5)
_SLOWEST_KN, _SET_KN = 0.3, 0.25  # by the receiver, and over the ground since it began
_TURNING_RPM = 1.5
_NOT_UNDER_COMMAND = 2
_WAITS_S = 8 * 3600.0
_KM_H_PER_KN = 1.852


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    speed = smoothed_kn(seen, memory, _SPEED, _TIME, 2 * rule.limit)
    engine_rpm = held(seen, rule.reads[0])
    turning = abs(engine_rpm) >= _TURNING_RPM
    if seen.inside & PORT or turning or speed > rule.limit or speed < _SLOWEST_KN:
        memory[_LAT] = math.nan
        return -1
    if math.isnan(speed) or math.isnan(engine_rpm) or math.isnan(seen.made_km):
        return 0
    now_s = seen.reading.time_us / SECOND_US
    if math.isnan(memory[_LAT]):
        memory[_LAT], memory[_LON], memory[_SINCE] = seen.asset.lat, seen.asset.lon, now_s
    away_km = distance_km(memory[_LAT], memory[_LON], seen.asset.lat, seen.asset.lon)
    lasts_s = now_s - memory[_SINCE]
    helpless = held(seen, rule.reads[1]) == _NOT_UNDER_COMMAND
    say(seen, speed, rule.limit)
    is_set = away_km > _SET_KN * _KM_H_PER_KN * lasts_s / 3600
    return 1 if is_set and (helpless or lasts_s > _WAITS_S) else 0
