"""Which movement state each asset is in, from the class's own conditions.

The first state whose conditions all hold is the candidate; it becomes the state when it has held
for the state's hold_s of event time (the very first is taken at once). A channel that a reading
leaves out keeps its last value for ten intervals of its own.
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import intervals
from services.domain.monitor.concerns.seen import last_known
from services.domain.monitor.events import MOVEMENT_CHANGED, Out, conclude
from services.domain.monitor.plan import NEVER_US, SECOND_US


@compiled
def step(
    reading: Any, asset: Any, channels: Array, cleaned: Array, inside: int, plan: Any,
    bounds: Array, states: Array, conditions: Array, out: Out,
) -> None:  # fmt: skip
    """Moves the state on; `inside` are the kinds of zone that the asset is in, as bits."""
    time, moving = reading.time_us, states[asset.state].moving
    for n in range(len(cleaned)):
        if not math.isnan(cleaned[n]):
            channel = channels[n]
            if channel.held_time > NEVER_US:
                gap_us = time - channel.held_time
                intervals.learn(channel.interval_us, moving, gap_us, bounds[n].interval_us)
            channel.held = cleaned[n]
            channel.held_time = time
    candidate = _candidate(time, moving, channels, inside, plan, bounds, states, conditions)
    if candidate == 0:
        candidate = asset.state
    if candidate != asset.candidate:
        asset.candidate = candidate
        asset.candidate_since = time
    held_us = time - asset.candidate_since
    if candidate == asset.state:
        return
    if held_us >= states[candidate].hold_us or asset.state == 0:
        before = asset.state
        asset.state = candidate
        event = conclude(out, asset, MOVEMENT_CHANGED, time)
        event.from_state = before
        event.to_state = candidate
        event.evidence[0] = cleaned[plan.speed]
        event.evidence[1] = held_us / SECOND_US


@compiled
def _candidate(
    time: int, moving: int, channels: Array, inside: int, plan: Any, bounds: Array,
    states: Array, conditions: Array,
) -> int:  # fmt: skip
    """The number of the first state whose conditions all hold; 0 where none does."""
    for state in range(1, plan.states):
        holds = True
        for n in range(states[state].conditions, states[state].conditions_end):
            condition = conditions[n]
            if condition.channel < 0:
                value = 1.0 if inside & (1 << condition.zone_kind) else 0.0
            else:
                channel, bound = channels[condition.channel], bounds[condition.channel]
                value = last_known(channel, bound, plan, moving, time)
            if not condition.low <= value <= condition.high:
                holds = False
                break
        if holds:
            return state
    return 0
