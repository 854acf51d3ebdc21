"""A leak of compressed air: the main reservoir empties faster, pump off, than this train's does.

Brakes, doors and suspension draw air as well, by how the train runs: what is compared is the loss
over some five minutes of pump off, in service, with the train's own over its last days (MetroPT's
leaks show so: more and more cycles of the compressor).

memory  the last pressure and its time, whether the pump was off; the loss in bar/s over minutes and
        over days, and the seconds learned; when it moved last
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import DEPOT, SECOND_US, Seen, say

_BAR, _TIME, _OFF, _LOSS, _USUAL, _LEARNED_S, _MOVED = range(7)
_PUMP_A = 1.5  # less is the noise of the meter
_GAP_S, _STANDS_S = 90.0, 180.0
_SMOOTH_S, _LEARN_S, _WARM_UP_S = 300.0, 2 * 86_400.0, 3600.0
_IN_CONTROL = 1.5
_TIMES = 2.0
_S_PER_MIN = 60


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    bar, pump_a = seen.cleaned[rule.channel], seen.cleaned[rule.reads[0]]
    if math.isnan(bar) or math.isnan(pump_a):
        return 0
    now_s = seen.reading.time_us / SECOND_US
    if seen.moving or math.isnan(memory[_MOVED]):
        memory[_MOVED] = now_s
    past_s, fell_bar, was_off = now_s - memory[_TIME], memory[_BAR] - bar, memory[_OFF] == 1.0
    memory[_BAR], memory[_TIME], memory[_OFF] = bar, now_s, pump_a < _PUMP_A
    awake = not seen.inside & DEPOT and now_s - memory[_MOVED] < _STANDS_S
    if not (was_off and pump_a < _PUMP_A and 0 < past_s < _GAP_S and awake):
        return 0
    if math.isnan(memory[_LOSS]):
        memory[_LOSS] = memory[_USUAL] = fell_bar / past_s
        memory[_LEARNED_S] = past_s
        return 0
    memory[_LOSS] += (fell_bar / past_s - memory[_LOSS]) * past_s / (past_s + _SMOOTH_S)
    learned_s, usual = memory[_LEARNED_S], memory[_USUAL]
    known = learned_s > _WARM_UP_S
    if not known or memory[_LOSS] < _IN_CONTROL * usual:
        memory[_USUAL] += (fell_bar / past_s - usual) * past_s / (past_s + min(learned_s, _LEARN_S))
        memory[_LEARNED_S] += past_s
    allowed = _TIMES * max(usual, 0.0) + rule.limit
    say(seen, memory[_LOSS] * _S_PER_MIN, allowed * _S_PER_MIN)
    if not known or memory[_LOSS] < allowed * 0.75:
        return -1
    return 1 if memory[_LOSS] > allowed else 0
