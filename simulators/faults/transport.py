"""What happens to readings between the device and the line.

Readings are columns here: what each says is fixed, what is decided is whether it is said at all,
under whose name, with what time on it, when it arrives, and how often.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulators.fault import Fault
from simulators.faults.range import full_from
from simulators.fleet import Fleet
from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.scenario import Transport

MAX_HOLD_S = 4 * 3600
"""No fault holds a reading for longer; scenarios in which one would are refused."""

HEALTHY_HOLD_S = 3_600
"""No healthy feed does: `[transport]` 66 s, `[wire]` at its most 3,501 s and a repeat's 12 s."""

_LOSS, _LATE, _LATE_S, _TWICE, _SKEW = range(40, 45)  # noise streams of healthy feeds
_DROP, _DELAY, _REPEAT, _FADE = range(50, 54)  # and of faults
_REPEATED_WITHIN_S = 5


class Journey(NamedTuple):
    """How the readings of a block travel, one number a reading; `rows` and `times` are the truth.

    `name`: the row under whose name it goes; `clock`: the device's second; `at`: when it arrives;
    `lost`: never; `again`: when it arrives once more, or -1.
    """

    rows: Ints
    times: Ints
    name: Ints
    clock: Ints
    at: Ints
    lost: Bools
    again: Ints


def silenced(rows: Ints, times: Ints, faults: Sequence[Fault]) -> Bools:
    """Places at which the device itself is off, so that nothing is said."""
    off = np.zeros(len(rows), dtype=bool)
    for fault in faults:
        off |= (rows == fault.row) & _during(times, fault)
    return off


def _during(times: Ints, fault: Fault) -> Bools:
    return np.asarray((times >= fault.start) & (times < fault.end))


def healthy_journey(rows: Ints, times: Ints, keys: Keys, usual: Transport) -> Journey:
    """How a healthy, imperfect feed carries readings; `keys` holds one key a reading."""
    n = len(rows)
    lost, at, again = np.zeros(n, dtype=bool), times.copy(), np.full(n, -1, dtype=np.int64)
    if usual.loss:
        lost = uniform(keys, _LOSS, times) < usual.loss
    if usual.late:
        late = uniform(keys, _LATE, times) < usual.late
        at += late * _whole(uniform(keys, _LATE_S, times), 1, usual.late_s)
    if usual.duplicates:
        draw = uniform(keys, _TWICE, times)
        within = 1 + (draw / usual.duplicates * _REPEATED_WITHIN_S).astype(np.int64)
        again = np.where(draw < usual.duplicates, at + within, -1)
    clock = times.copy()
    if usual.clock_s:
        clock += _whole(uniform(keys, _SKEW, 0), -usual.clock_s, usual.clock_s)
    return Journey(rows, times, rows.copy(), clock, at, lost, again)


def _whole(share: Floats, low: int, high: int) -> Ints:
    return low + (share * (high - low + 1)).astype(np.int64)


def disturb(fleet: Fleet, journey: Journey, keys: Keys, faults: Sequence[Fault]) -> None:
    """Alters `journey` as `faults` do; `keys` holds one key a reading."""
    for fault in faults:
        mine = journey.rows == fault.row
        if fault.kind.name == "feed_outage":
            mine = fleet.feeds[journey.rows] == fleet.feeds[fault.row]
        elif fault.kind.name == "identity_swap":
            mine |= journey.rows == fault.other
        where = np.flatnonzero(mine & _during(journey.times, fault))
        if len(where):
            _DISTURBANCES[fault.kind.name](journey, where, keys[where], fault)


def _lose(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    journey.lost[where] |= uniform(keys, _DROP, journey.times[where]) < fault.size


def _repeat(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    draw = uniform(keys, _REPEAT, journey.times[where])
    within = 1 + (draw / fault.size * _REPEATED_WITHIN_S).astype(np.int64)
    repeated = journey.at[where] + within
    journey.again[where] = np.where(draw < fault.size, repeated, journey.again[where])


def _delay(journey: Journey, where: Ints, by_s: Ints) -> None:
    """What comes later is repeated later: a repeat never comes before the reading itself."""
    journey.at[where] += by_s
    journey.again[where] += np.where(journey.again[where] >= 0, by_s, 0)


def _shuffle(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    share = uniform(keys, _DELAY, journey.times[where])
    _delay(journey, where, (share * fault.size).astype(np.int64))


def _batch(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    """Readings wait and come together each `size` seconds."""
    every = int(fault.size)
    since = journey.times[where] - fault.start
    _delay(journey, where, fault.start + (since // every + 1) * every - journey.times[where])


def _skew(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    """The device's clock runs away, up to `size` seconds at the end."""
    share = (journey.times[where] - fault.start) / (fault.end - fault.start)
    journey.clock[where] += (share * fault.size).astype(np.int64)


def _jump(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    """The clock jumps; the most severe third falls back by 1,024 weeks, as GPS receivers did."""
    rollover = -1_024 * 7 * 86_400
    journey.clock[where] += rollover if fault.weight > 2 / 3 else int(fault.size)


def _outage(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    """Nothing of the feed arrives; the milder half was buffered and comes when it is over.

    Where it fades, ever more is missing until nothing arrives.
    """
    full_s = full_from(fault) - fault.start
    if full_s:
        draw = uniform(keys, _FADE, journey.times[where])
        where = where[draw < (journey.times[where] - fault.start) / full_s]
    if fault.weight < 0.5:
        journey.at[where] = fault.end
    else:
        journey.lost[where] = True
    journey.again[where] = -1


def _swap(journey: Journey, where: Ints, keys: Keys, fault: Fault) -> None:
    own = journey.rows[where] == fault.row
    journey.name[where] = np.where(own, fault.other, fault.row)


_Disturbance = Callable[[Journey, Ints, Keys, Fault], None]
_DISTURBANCES: Mapping[str, _Disturbance] = {
    "loss": _lose,
    "duplicates": _repeat,
    "reorder": _shuffle,
    "late_batches": _batch,
    "clock_skew": _skew,
    "clock_jump": _jump,
    "feed_outage": _outage,
    "identity_swap": _swap,
}

NAMES = frozenset(_DISTURBANCES)
"""The kinds of fault that act here."""

SILENCING = frozenset({"dark_period"})
"""The kinds that switch the device off."""
