"""Doors held: a train stands at a stop with open doors for longer than the rule's limit.

Metros count a delay of more than five minutes as a failure (MKBF).  Where a train usually stands
longer, four times its usual dwell.  Terminals and depots are for standing.  A contact is believed
that said "closed" on the run before: one that always says "open" says nothing.

memory  whether the doors were closed on the run; since when it stands open, and where; its usual
        dwell
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import DEPOT, SECOND_US, TERMINAL, Seen, say
from services.domain.monitor.geo import distance_km

_CLOSED, _SINCE, _LAT, _LON, _USUAL_S = range(5)
_STILL_MPS, _RUNS_MPS = 0.3, 2.0
_NEAR_KM = 0.2
_TIMES, _LEARN = 4.0, 0.1


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    speed, is_open = seen.cleaned[seen.plan.speed], seen.cleaned[rule.channel]
    if math.isnan(speed) or math.isnan(is_open):
        return 0
    now_s = seen.reading.time_us / SECOND_US
    if speed > _RUNS_MPS:
        memory[_CLOSED] = is_open < 0.5
    if speed >= _STILL_MPS or is_open < 0.5:
        if not math.isnan(memory[_SINCE]):
            stood_s, usual_s = now_s - memory[_SINCE], memory[_USUAL_S]
            learned_s = min(stood_s, rule.limit if math.isnan(usual_s) else 2 * usual_s)
            start_s = learned_s if math.isnan(usual_s) else usual_s
            memory[_USUAL_S] = start_s + _LEARN * (learned_s - start_s)
        memory[_SINCE] = math.nan
        return -1
    if seen.inside & (TERMINAL | DEPOT) or memory[_CLOSED] != 1.0:
        memory[_SINCE] = math.nan
        return 0
    lat, lon = seen.asset.lat, seen.asset.lon
    elsewhere = distance_km(memory[_LAT], memory[_LON], lat, lon) > _NEAR_KM
    if math.isnan(memory[_SINCE]) or elsewhere:
        memory[_SINCE], memory[_LAT], memory[_LON] = now_s, lat, lon
    usual_s = memory[_USUAL_S]
    allowed_s = rule.limit if math.isnan(usual_s) else max(rule.limit, _TIMES * usual_s)
    say(seen, now_s - memory[_SINCE], allowed_s)
    return 1 if now_s - memory[_SINCE] > allowed_s else 0
