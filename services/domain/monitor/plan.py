"""The asset classes as arrays of records, so that the kernel looks up no names.

All classes have the same width, that of the widest: a new class or channel compiles nothing.
Classes and channels are numbered as listed; movement states from 1, 0 is UNKNOWN.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np

from schemas.asset_classes import AssetClass, Channel, Condition
from schemas.asset_classes.model import Thresholds
from schemas.zones import ZoneKind
from services.domain.detectors.baseline import JUDGED, judged_channels
from services.domain.form import Array
from services.domain.monitor.concerns.rule_table import NAMES
from services.domain.place import KM_PER_NM

SECOND_US = 1_000_000
FAR_FUTURE_US = 1 << 62
"""A time, or a duration, that no clock reaches."""
NEVER_US = -FAR_FUTURE_US
"""The time of what has not happened yet: long before any clock."""

ZONE_KINDS: tuple[str, ...] = get_args(ZoneKind)

RULE_READS = 6
"""So many channels a rule reads at most, beside the one that it is about."""

_WINDOW_S = 5.0
_ALARM_HYSTERESIS = 0.02

_THRESHOLDS = tuple(
    (name.removesuffix("_s") + "_us", name, "i8") if name.endswith("_s") else (name, name, "f8")
    for name in Thresholds.model_fields
)
"""Field of CLASS, name in the class data, and dtype: times are in microseconds here."""

CLASS = np.dtype(
    [
        *((field, dtype) for field, _, dtype in _THRESHOLDS),
        ("channels", "i4"),
        ("judged", "i4"),
        ("rules", "i4"),
        ("states", "i4"),
        ("speed", "i4"),  # its channel
        ("speed_km_s", "f8"),  # a unit of it
        ("reach_km_s", "f8"),  # what the class can cover
        ("rest_kind", "i4"),  # zone kind that a trip ends in; -1: anywhere
        ("fast_channel", "i4"),
        ("fast_limit", "f8"),
        ("fast_margin", "f8"),
        ("fast_hold_us", "i8"),
        ("works", "i4"),  # the first condition of being at work, and the one after the last
        ("works_end", "i4"),
        ("window_us", "i8"),  # over which readings are averaged for the detectors
    ],
    align=True,
)

CHANNEL = np.dtype(
    [
        ("low", "f8"),  # impossible below, above
        ("high", "f8"),
        ("interval_us", "i8"),
        ("alarm_low", "f8"),  # an anomaly below, above; and where it ends
        ("alarm_high", "f8"),
        ("calm_low", "f8"),
        ("calm_high", "f8"),
        ("typical_low", "f8"),
        ("typical_span", "f8"),
        ("watched", "u1"),
        ("monotonic", "u1"),
        ("limited", "u1"),  # has an alarm limit
    ],
    align=True,
)

STATE = np.dtype(
    [
        ("moving", "u1"),
        ("hold_us", "i8"),
        ("silence_us", "i8"),
        ("conditions", "i4"),  # the first of its conditions, and the one after the last
        ("conditions_end", "i4"),
    ],
    align=True,
)

CONDITION = np.dtype(
    [
        ("channel", "i4"),  # -1: whether it is inside a zone of that kind
        ("zone_kind", "i4"),
        ("low", "f8"),  # both included
        ("high", "f8"),
    ],
    align=True,
)


RULE = np.dtype(
    [
        ("number", "i4"),  # in rule_table
        ("channel", "i4"),  # that it is about; -1: the whole asset
        ("reads", "i4", (RULE_READS,)),  # the other channels, in the order that its file names
        ("limit", "f8"),
        ("hold_us", "i8"),
        ("conditions", "i4"),  # as of a state
        ("conditions_end", "i4"),
    ],
    align=True,
)


class Plan(NamedTuple):
    """Every class, by its number; what a class has less than the widest is zero."""

    classes: Array  # of CLASS
    channels: Array  # of CHANNEL, (classes, channels)
    states: Array  # of STATE, (classes, states)
    conditions: Array  # of CONDITION, (classes, conditions): the states', the rules', of work
    judged: Array  # of JUDGED, (classes, judged channels)
    rules: Array  # of RULE, (classes, rules)


def plan_of(asset_classes: Mapping[str, AssetClass]) -> Plan:
    """The classes in their order as records."""
    classes = list(asset_classes.values())
    judged = [judged_channels(c) for c in classes]
    return Plan(
        np.array([_class(c, len(j)) for c, j in zip(classes, judged, strict=True)], CLASS),
        _table(CHANNEL, [[_channel(channel) for channel in c.channels] for c in classes]),
        _table(STATE, [_states(c) for c in classes]),
        _table(CONDITION, [_conditions(c) for c in classes]),
        _table(JUDGED, judged),
        _table(RULE, [_rules(c) for c in classes]),
    )


def _table(dtype: np.dtype[Any], lines: Sequence[Sequence[Any]]) -> Array:
    table = np.zeros((len(lines), max(1, *map(len, lines))), dtype)
    for row, line in zip(table, lines, strict=True):
        row[: len(line)] = np.array(list(line), dtype)
    return table


def _class(c: AssetClass, judged: int) -> tuple[Any, ...]:
    names = [channel.name for channel in c.channels]
    fastest = c.channel(c.speed_channel).interval_s
    return (
        *(_threshold(c.thresholds, name) for _, name, _ in _THRESHOLDS),
        len(c.channels),
        judged,
        len(c.rules),
        len(c.movement) + 1,
        names.index(c.speed_channel),
        c.knots_per_speed_unit * KM_PER_NM / 3600,
        c.max_implied_speed_kn * KM_PER_NM / 3600,
        -1 if c.trip.rest_zone is None else ZONE_KINDS.index(c.trip.rest_zone),
        names.index(c.overspeed.channel),
        c.overspeed.limit,
        c.overspeed.margin,
        _us(c.overspeed.hold_s),
        *_works(c),
        max(_us(_WINDOW_S), _us(fastest)),
    )


def _threshold(thresholds: Thresholds, name: str) -> float:
    value: float = getattr(thresholds, name)
    return _us(value) if name.endswith("_s") else value


def _rules(c: AssetClass) -> list[tuple[Any, ...]]:
    names = [channel.name for channel in c.channels]
    first, rules = sum(len(state.when) for state in c.movement), []
    for rule in c.rules:
        if rule.name not in NAMES:
            raise ValueError(f"{c.name} names the rule {rule.name}, which is not in rule_table")
        asked = [each.quantity for each in rule.when if not each.quantity.startswith("in:")]
        about = () if rule.channel is None else (rule.channel,)
        if strange := {*asked, *rule.reads, *about} - {*names}:
            raise ValueError(f"{c.name}: {rule.name} reads {sorted(strange)}, which it has not")
        if len(rule.reads) > RULE_READS:
            raise ValueError(f"{c.name}: {rule.name} reads more than {RULE_READS} channels")
        reads = [names.index(name) for name in rule.reads]
        reads += [-1] * (RULE_READS - len(reads))
        channel = names.index(rule.channel) if rule.channel else -1
        last = first + len(rule.when)
        number = NAMES.index(rule.name)
        rules.append((number, channel, reads, rule.limit, _us(rule.hold_s), first, last))
        first = last
    return rules


def _channel(channel: Channel) -> tuple[Any, ...]:
    low, high = _bounds(channel.impossible)
    alarm_low, alarm_high = _bounds(channel.alarm)
    typical_low, typical_high = channel.typical
    return (
        low,
        high,
        _us(channel.interval_s),
        alarm_low,
        alarm_high,
        alarm_low + _margin(alarm_low),
        alarm_high - _margin(alarm_high),
        typical_low or 0.0,
        1.0 if typical_high is None else typical_high - (typical_low or 0.0),
        channel.watched,
        channel.monotonic,
        channel.alarm != (None, None),
    )


def _states(c: AssetClass) -> list[tuple[Any, ...]]:
    """UNKNOWN is judged as the most talkative moving state."""
    limits = [state.silence_after_s for state in c.movement if state.moving]
    states: list[tuple[Any, ...]] = [
        (False, 0, _limit_us(min((s for s in limits if s is not None), default=None)), 0, 0)
    ]
    for state in c.movement:
        first = states[-1][4]
        silence_us, hold_us = _limit_us(state.silence_after_s), _us(state.hold_s)
        states.append((state.moving, hold_us, silence_us, first, first + len(state.when)))
    return states


def _conditions(c: AssetClass) -> list[tuple[Any, ...]]:
    of_states = [when for state in c.movement for when in state.when]
    of_rules = [when for rule in c.rules for when in rule.when]
    return [_condition(when, c) for when in [*of_states, *of_rules, *c.works_when]]


def _works(c: AssetClass) -> tuple[int, int]:
    """Where the conditions of being at work are among all of them."""
    end = len(_conditions(c))
    return end - len(c.works_when), end


def _condition(when: Condition, c: AssetClass) -> tuple[Any, ...]:
    value = when.value
    low, high = {
        "<": (-np.inf, np.nextafter(value, -np.inf)),
        "<=": (-np.inf, value),
        "==": (value, value),
        ">=": (value, np.inf),
        ">": (np.nextafter(value, np.inf), np.inf),
    }[when.operator]
    kind = when.quantity.removeprefix("in:")
    if kind != when.quantity:
        return -1, ZONE_KINDS.index(kind), low, high
    return [channel.name for channel in c.channels].index(when.quantity), -1, low, high


def _bounds(bounds: tuple[float | None, float | None]) -> tuple[float, float]:
    low, high = bounds
    return -np.inf if low is None else low, np.inf if high is None else high


def _margin(bound: float) -> float:
    return _ALARM_HYSTERESIS * abs(bound) if np.isfinite(bound) else 0.0


def _us(seconds: float) -> int:
    return int(seconds * SECOND_US)


def _limit_us(seconds: float | None) -> int:
    return FAR_FUTURE_US if seconds is None else _us(seconds)
