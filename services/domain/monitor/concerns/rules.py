"""The rules of the class data: one that has held for a while begins an anomaly.

since, on  since when it holds (FAR_FUTURE_US: it does not), and whether that was signalled
"""

from collections.abc import Sequence
from typing import Any

from services.domain.detectors.form import Array
from services.domain.monitor.compiled import compiled
from services.domain.monitor.concerns.rule_table import RULES, Judge
from services.domain.monitor.events import (
    ANOMALY_BEGAN,
    ANOMALY_ENDED,
    FIRST_RULE,
    Out,
    conclude,
)
from services.domain.monitor.plan import FAR_FUTURE_US


def _one_of(judges: Sequence[Judge], first: int) -> Judge:
    """The judges as one compiled function that asks the one whose number the rule has."""
    judge, others = judges[0], judges[1:]
    if not others:
        return judge
    ask_others = _one_of(others, first + 1)

    @compiled
    def ask(rule: Any, cleaned: Array, plan: Any) -> int:
        if rule.number == first:
            return judge(rule, cleaned, plan)
        return ask_others(rule, cleaned, plan)

    return ask


_judge = _one_of(tuple(RULES.values()), 0)


@compiled
def step(
    reading: Any, asset: Any, slots: Array, cleaned: Array, plan: Any, rules: Array,
    conditions: Array, out: Out,
) -> None:  # fmt: skip
    """Judges a reading by every rule of its class."""
    time = reading.time_us
    for n in range(plan.rules):
        rule, slot = rules[n], slots[n]
        asked = _is_asked(rule, cleaned, conditions)
        verdict = _judge(rule, cleaned, plan) if asked else 0
        if verdict > 0:
            slot.since = min(slot.since, time)
        elif verdict < 0 or not asked:  # what is not seen to hold throughout does not
            slot.since = FAR_FUTURE_US
        if verdict > 0 and not slot.on and time - slot.since >= rule.hold_us:
            slot.on = 1
            event = conclude(out, asset, ANOMALY_BEGAN, time)
        elif verdict < 0 and slot.on:
            slot.on = 0
            event = conclude(out, asset, ANOMALY_ENDED, time)
        else:
            continue
        event.detector = FIRST_RULE + rule.number
        event.channel = rule.channel
        event.value = cleaned[rule.channel]


@compiled
def _is_asked(rule: Any, cleaned: Array, conditions: Array) -> bool:
    """Whether all conditions of the rule are true of the reading; without a value none is."""
    for n in range(rule.conditions, rule.conditions_end):
        condition = conditions[n]
        if not condition.low <= cleaned[condition.channel] <= condition.high:
            return False
    return True
