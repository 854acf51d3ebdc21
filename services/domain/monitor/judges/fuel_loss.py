"""Fuel loss: the tanks of a ship that lies lose more than its engine burns.

A gauge is never quite right: its noise and its slow wander are learned while the ship lies, and a
loss must be so many times (the rule's limit) its usual deviation.  Bunkers that come aboard start
it anew, and so does sailing.

memory  what should be in the tanks, when that was, and the deviation from it over ten minutes; its
        usual size; the most that was ever in them
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import SECOND_US, Seen, held, say

_EXPECTED_T, _TIME, _OFF_T, _USUAL_T, _FULL_T = range(5)
_SMOOTH_S, _FOLLOW_S, _LEARN_S = 600.0, 6 * 3600.0, 24 * 3600.0
_USUAL_SHARE, _LEAST_SHARE = 0.0025, 0.0016  # of full tanks: at first, and what gauges do at best
_MOST = 3.0  # times its usual size: what is learned of a deviation
_REST_KN, _GAP_S = 0.5, 3600.0


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    tanks_t, now_s = seen.cleaned[rule.channel], seen.reading.time_us / SECOND_US
    if math.isnan(tanks_t):
        return 0
    if now_s - memory[_TIME] > _GAP_S:  # nobody knows what was burnt meanwhile
        memory[_EXPECTED_T], memory[_TIME], memory[_OFF_T] = tanks_t, now_s, 0.0
    if math.isnan(memory[_EXPECTED_T]):
        memory[_EXPECTED_T], memory[_TIME], memory[_OFF_T] = tanks_t, now_s, 0.0
        memory[_USUAL_T], memory[_FULL_T] = _USUAL_SHARE * tanks_t, tanks_t
        return 0
    past_s = now_s - memory[_TIME]
    memory[_TIME] = now_s
    flow_t_h = held(seen, rule.reads[0])
    if not math.isnan(flow_t_h):
        memory[_EXPECTED_T] -= flow_t_h * past_s / 3600
    off_t = tanks_t - memory[_EXPECTED_T]
    memory[_OFF_T] += (off_t - memory[_OFF_T]) * past_s / (past_s + _SMOOTH_S)
    memory[_FULL_T] = max(memory[_FULL_T], tanks_t)
    usual_t = max(memory[_USUAL_T], _LEAST_SHARE * memory[_FULL_T])
    most_t, allowed_t, lost_t = _MOST * usual_t, rule.limit * usual_t, -memory[_OFF_T]
    lies = held(seen, seen.plan.speed) < _REST_KN
    follow = min(max(off_t, -most_t), most_t) * past_s / (past_s + _FOLLOW_S)
    memory[_EXPECTED_T] += follow
    memory[_OFF_T] -= follow
    if lies:
        size_t = min(abs(lost_t), most_t)
        memory[_USUAL_T] += (size_t - memory[_USUAL_T]) * past_s / (past_s + _LEARN_S)
    if -lost_t > allowed_t or (not lies and lost_t > allowed_t / 2):
        memory[_EXPECTED_T], memory[_OFF_T] = tanks_t, 0.0  # bunkered, or away with what is left
    say(seen, lost_t, allowed_t)
    if not lies or lost_t < allowed_t / 2:
        return -1
    return 1 if lost_t > allowed_t else 0
