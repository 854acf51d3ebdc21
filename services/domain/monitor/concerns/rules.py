"""The rules of the class data: one that has held for a while begins an anomaly.

since, on  since when it holds (FAR_FUTURE_US: it does not), and whether that was signalled
asked      when it was last
memory     numbers of the rule's own, NaN before it writes them
"""

import math
from collections.abc import Sequence
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.rule_table import RULES, Judge
from services.domain.monitor.concerns.seen import SECOND_US, THRESHOLD, VALUE, Seen
from services.domain.monitor.events import (
    ANOMALY_BEGAN,
    ANOMALY_ENDED,
    FIRST_RULE,
    Out,
    conclude,
)
from services.domain.monitor.plan import FAR_FUTURE_US


def _one_of(judges: Sequence[Judge], first: int) -> Judge:
    """The judges as one compiled function that asks the one whose number the rule has.

    By halves: each step on the way costs a call's worth.
    """
    if len(judges) == 1:
        return judges[0]
    half = len(judges) // 2
    ask_lower, ask_upper = _one_of(judges[:half], first), _one_of(judges[half:], first + half)
    middle = first + half

    @compiled
    def ask(rule: Any, seen: Seen, memory: Array) -> int:
        if rule.number < middle:
            return ask_lower(rule, seen, memory)
        return ask_upper(rule, seen, memory)

    return ask


_judge = _one_of(tuple(RULES.values()), 0)
_UNSEEN_US, _OVER_US = 120 * SECOND_US, 900 * SECOND_US
_HELD_S = 2
"""Its place in the evidence of an anomaly (events.KINDS), words left out."""


@compiled
def step(seen: Seen, slots: Array, rules: Array, conditions: Array, out: Out) -> None:
    """Judges a reading by every rule of its class."""
    time = seen.reading.time_us
    for n in range(seen.plan.rules):
        rule, slot = rules[n], slots[n]
        seen.said[VALUE] = seen.cleaned[rule.channel] if rule.channel >= 0 else math.nan
        seen.said[THRESHOLD] = math.nan
        asked = _is_asked(rule, seen, conditions)
        verdict = _judge(rule, seen, slot.memory) if asked else 0
        unasked_us = time - slot.asked
        if unasked_us > max(rule.hold_us, _UNSEEN_US):  # nobody has seen it hold
            slot.since = FAR_FUTURE_US
        if slot.on and not asked and unasked_us > _OVER_US:
            verdict = -1
        slot.asked = time if asked else slot.asked
        if verdict > 0:
            slot.since = min(slot.since, time)
        elif verdict < 0 or not asked:
            slot.since = FAR_FUTURE_US
        if verdict > 0 and not slot.on and time - slot.since >= rule.hold_us:
            slot.on = 1
            event = conclude(out, seen.asset, ANOMALY_BEGAN, time)
            event.evidence[_HELD_S] = (time - slot.since) / SECOND_US
        elif verdict < 0 and slot.on:
            slot.on = 0
            event = conclude(out, seen.asset, ANOMALY_ENDED, time)
        else:
            continue
        event.detector = FIRST_RULE + rule.number
        event.channel = rule.channel
        event.value = seen.said[VALUE]
        event.threshold = seen.said[THRESHOLD]


@compiled
def _is_asked(rule: Any, seen: Seen, conditions: Array) -> bool:
    """Whether all conditions of the rule are true of the reading; without a value none is."""
    for n in range(rule.conditions, rule.conditions_end):
        condition = conditions[n]
        if condition.channel < 0:
            value = 1.0 if seen.inside & (1 << condition.zone_kind) else 0.0
        else:
            value = seen.cleaned[condition.channel]
        if not condition.low <= value <= condition.high:
            return False
    return True
