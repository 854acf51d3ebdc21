"""Aground, by how a ship behaves: it stops where none stops so, and then stays to the metre.

Full astern takes a merchant ship some 15 of its lengths to stop (IMO's stopping test, MSC.137(76)):
a deceleration of 0.01 m/s2, and a berth or an anchorage is approached slower still.  What stops
harder, by the way or the time since it was last seen to sail at the rule's limit or more, has
struck something.  Or, out of port, the engine goes on turning while the ship is at rest.  Not where
the crew says moored or at anchor (status 1, 5): what is left at "under way" says nothing.

memory  the speed, place and time when it last made way; where it came to rest, whether it is
        there, and whether it stopped so hard; for how long the engine has turned at rest, and when
        it last did; from which speed it stopped, and could have on such a way
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import PORT, SECOND_US, Seen, held, say
from services.domain.monitor.geo import distance_km

_FAST_KN, _FAST_LAT, _FAST_LON, _FAST_AT = range(4)
_LAT, _LON, _RESTS, _HARD, _PUSHED_S, _PUSHED_AT, _FROM_KN, _CAN_KN = range(4, 12)
_HARDEST_MPS2 = 0.0115
_REST_KN, _AFLOAT_KN = 0.5, 2.0
_FIXED_KM, _GONE_KM = 0.1, 0.3
_PUSHING_RPM, _PUSHED_LONG_S = 20.0, 600.0
_ANCHORED, _MOORED = 1, 5
_KM_S_PER_KN = 1.852 / 3600


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    speed, now_s = seen.cleaned[rule.channel], seen.reading.time_us / SECOND_US
    if math.isnan(speed) or math.isnan(seen.made_km):
        return 0
    lat, lon = seen.asset.lat, seen.asset.lon
    away_km = distance_km(memory[_LAT], memory[_LON], lat, lon)
    over_ground_kn = seen.made_km / max(seen.since_us / SECOND_US, 1.0) / _KM_S_PER_KN
    # echoes at rest show knots as well, but they lead nowhere
    if min(speed, over_ground_kn) >= rule.limit and not away_km <= _GONE_KM:
        memory[_FAST_KN], memory[_FAST_LAT], memory[_FAST_LON] = speed, lat, lon
        memory[_FAST_AT] = now_s
    status = held(seen, rule.reads[1])
    at_rest = memory[_RESTS] == 1.0
    explained = status == _ANCHORED or status == _MOORED
    if explained:
        memory[_FAST_KN] = math.nan
    if explained or (speed >= _REST_KN and not at_rest):
        memory[_RESTS] = 0.0
        return -1
    if not at_rest:
        memory[_LAT], memory[_LON], memory[_RESTS], away_km = lat, lon, 1.0, 0.0
        stopped_in_m = 1000 * distance_km(memory[_FAST_LAT], memory[_FAST_LON], lat, lon)
        fast_mps = 1000 * memory[_FAST_KN] * _KM_S_PER_KN
        can_mps = math.sqrt(2 * _HARDEST_MPS2 * stopped_in_m)
        can_mps = min(can_mps, _HARDEST_MPS2 * (now_s - memory[_FAST_AT]))
        memory[_HARD] = 1.0 if fast_mps > can_mps else 0.0
        memory[_FROM_KN], memory[_CAN_KN] = memory[_FAST_KN], can_mps / 1000 / _KM_S_PER_KN
        memory[_FAST_KN] = math.nan
        memory[_PUSHED_S], memory[_PUSHED_AT] = 0.0, math.nan
    if away_km > _GONE_KM or (speed > _AFLOAT_KN and over_ground_kn > _AFLOAT_KN):
        memory[_RESTS] = 0.0
        return -1
    if abs(held(seen, rule.reads[0])) >= _PUSHING_RPM and not seen.inside & PORT:
        if not math.isnan(memory[_PUSHED_AT]):
            memory[_PUSHED_S] += min(now_s - memory[_PUSHED_AT], _PUSHED_LONG_S / 2)
        memory[_PUSHED_AT] = now_s
    else:
        memory[_PUSHED_S], memory[_PUSHED_AT] = 0.0, math.nan
    strange = memory[_HARD] == 1.0 or memory[_PUSHED_S] >= _PUSHED_LONG_S
    if memory[_HARD] == 1.0:
        say(seen, memory[_FROM_KN], memory[_CAN_KN])
    return 1 if strange and away_km <= _FIXED_KM else 0
