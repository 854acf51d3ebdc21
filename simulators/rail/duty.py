"""A duty in closed form: its legs from visit to visit of stops, and when they depart.

With T the timetable, a train leaves visit i at max(T[i], arrival + dwell needed): summed up, that
is a running maximum, so a whole duty needs no stepping.  Lateness arises from slow runs and long
dwells and is made up where the timetable is slack, above all at the terminals.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulators.fault import Fault
from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.rail.network import LINES
from simulators.rail.runs import Driver, Runs, drive
from simulators.rail.timetable import (
    SHORTEST_TURNBACK_S,
    TURNBACK_S,
    Duty,
    demand,
    planned_dwell_s,
    planned_run_s,
    stops_of,
)

_HELD, _HELD_S, _LAYOVER, _LAYOVER_S, _QUICK = range(742, 747)
_HELD_SHARE, _LAYOVER_SHARE = 0.006, 0.04
_QUICK_SHARE, _QUICKER_S = 0.6, 150.0  # turns at which the next driver stands ready
_DRIVER, _SLOWED, _SLOW_TOP, _LOAD, _DWELL = range(10, 15)
_SLOW_SHARE = 0.03  # runs slowed by signals
_FULL = 1_150.0  # passengers that are usual on the fullest section in the peak
TOO_FAST_MPS = 23.0


class Custom(NamedTuple):
    """How the line is run: how much drivers differ, strengths of holds and layovers."""

    habits: float
    holds: float = 0.0
    layovers: float = 0.0


class Draft(NamedTuple):
    """One entry a leg: leg i runs from `stop[i]` to `stop[i + 1]` and dwells there.

    Turning back is a leg of no distance.  Mishaps alter `top_mps` and `dwell_s` in place.
    """

    stop: Ints
    turning: Bools
    distance_m: Floats
    planned_s: Floats
    planned_arrival_s: Floats
    passengers: Floats
    top_mps: Floats
    dwell_s: Floats


class Legs(NamedTuple):
    """A draft driven: leg i leaves at `departs_s[i]`, stands at the next stop from `arrives_s[i]`.

    The duty ends when the last leg arrives.
    """

    draft: Draft
    runs: Runs
    departs_s: Floats
    arrives_s: Floats


def legs_of(
    keys: Keys, line: int, duty: Duty, ready_s: float, clock_s: int, custom: Custom
) -> tuple[Draft, Driver]:
    """What is planned for a duty (at seconds of the world) that cannot begin before `ready_s`."""
    stop = stops_of(line, duty.rounds)
    step = duty.serial * 4096 + np.arange(len(stop) - 1)
    turning = stop[1:] == stop[:-1]
    run_s = np.where(turning, TURNBACK_S, planned_run_s(line)[np.minimum(stop[1:], stop[:-1])])
    clock = clock_s + duty.out_s + np.cumsum(run_s + 28.0)
    arrival_s = duty.out_s + np.cumsum(run_s + planned_dwell_s(clock)) - planned_dwell_s(clock)
    planned_s = np.append(duty.out_s, (arrival_s + planned_dwell_s(clock))[:-1])
    load = _passengers(keys, line, stop, clock, step)
    crowd = (load + np.append(load[1:], 0.0)) / 2 / _FULL
    driver = _driver(keys, duty.serial, custom.habits)
    slowed = uniform(keys, _SLOWED, step) < _SLOW_SHARE
    top = np.where(slowed, 11.5 + 5 * uniform(keys, _SLOW_TOP, step), driver.line_mps)
    draft = Draft(
        stop, turning, np.abs(np.diff(LINES[line].chainage_m[stop])), planned_s, arrival_s, load,
        top, 20.0 + 10.0 * np.minimum(crowd, 1.2) + 7.0 * uniform(keys, _DWELL, step),
    )  # fmt: skip
    draft.planned_s[0] = max(duty.out_s, ready_s)
    _stand_longer(keys, step, draft, custom)
    return draft, driver


def _stand_longer(keys: Keys, step: Ints, draft: Draft, custom: Custom) -> None:
    """Some stops are held, which nobody planned; turns are planned to be quick, some to take long.

    New York's trains stand over 3 minutes 0.67 times an hour, terminals included.
    """
    if custom.holds:
        held = uniform(keys, _HELD, step) < _HELD_SHARE * custom.holds
        held_s = 150.0 + 120.0 * uniform(keys, _HELD_S, step)
        draft.dwell_s[:] += np.where(held & ~draft.turning, held_s, 0.0)
    if custom.layovers:
        longer = draft.turning & (uniform(keys, _LAYOVER, step) < _LAYOVER_SHARE * custom.layovers)
        longer_s = np.where(longer, 300.0 + 300.0 * uniform(keys, _LAYOVER_S, step), 0.0)
        quick = (
            draft.turning & ~longer & (uniform(keys, _QUICK, step) < _QUICK_SHARE * custom.layovers)
        )
        draft.dwell_s[:] += longer_s
        later_s = np.append(0.0, np.cumsum(longer_s - _QUICKER_S * quick)[:-1])
        draft.planned_s[:] += later_s
        draft.planned_arrival_s[:] += later_s


def driven(draft: Draft, driver: Driver, faults: Sequence[Fault] = ()) -> Legs:
    """The draft driven; `faults` alter only what lies after their starts."""
    runs = drive(draft.distance_m, draft.top_mps, driver)
    run_s = np.where(draft.turning, SHORTEST_TURNBACK_S, runs.duration_s.sum(axis=1))
    needed_s = np.append(0.0, np.cumsum(run_s + draft.dwell_s)[:-1])
    departs_s = needed_s + np.maximum.accumulate(draft.planned_s - needed_s)
    arrives_s = departs_s + run_s
    turning = np.flatnonzero(draft.turning)
    arrives_s[turning] = departs_s[turning + 1] - draft.dwell_s[turning]
    runs.duration_s[turning, 2] = arrives_s[turning] - departs_s[turning]
    legs = Legs(draft, runs, departs_s, arrives_s)
    if not faults:
        return legs
    _ALTER.get(faults[0].kind.name, _alter_nothing)(legs, faults[0])
    return driven(draft, driver, faults[1:])


def shown_s(legs: Legs, fault: Fault) -> tuple[float, float] | None:
    """From when to when a fault that alters the plan truly shows, or None if it alters none."""
    if fault.kind.name == "overspeed":
        return _overspeed_shown_s(legs, fault)
    if fault.kind.name == "door_hold":
        held = _held(legs, fault)
        return None if held is None else (legs.arrives_s[held], legs.departs_s[held + 1])
    return None


def _driver(keys: Keys, serial: int, habits: float) -> Driver:
    start, brake, line, coast = (
        habits * (uniform(keys, _DRIVER, serial * 4 + n)[0] - 0.5) for n in range(4)
    )
    return Driver(
        0.92 + min(0.12 * start, 0.08), 0.98 + min(0.16 * brake, 0.12),
        20.6 + 0.8 * line, 0.15 + 0.12 * coast,
    )  # fmt: skip


def _passengers(keys: Keys, line: int, stop: Ints, clock: Floats, step: Ints) -> Floats:
    # Fullest in the middle of the line; towards its first stop in the morning, back at night.
    last = LINES[line].depot - 1
    middle = np.sin(np.pi * np.clip((stop[:-1] + stop[1:]) / 2 / last, 0, 1))
    with_the_tide = (stop[1:] < stop[:-1]) == (clock % 86_400 < 46_800)
    usual = _FULL * demand(clock) * (0.3 + 0.7 * middle) * np.where(with_the_tide, 1.15, 0.85)
    load = np.rint(usual * (0.8 + 0.4 * uniform(keys, _LOAD, step)))
    empty = (stop[1:] == stop[:-1]) | (np.maximum(stop[:-1], stop[1:]) > last)
    return np.where(empty, 0.0, load)


def _alter_nothing(legs: Legs, fault: Fault) -> None:
    pass


def _drive_too_fast(legs: Legs, fault: Fault) -> None:
    # What a run gains by it is stood out at the next stop: the timetable holds.
    fast = (legs.departs_s >= fault.start) & (legs.departs_s < fault.end)
    legs.draft.top_mps[fast] = fault.size


def _hold_doors(legs: Legs, fault: Fault) -> None:
    held = _held(legs, fault)
    if held is not None:
        legs.draft.dwell_s[held] += fault.size


def _held(legs: Legs, fault: Fault) -> int | None:
    inside = (legs.arrives_s >= fault.start) & (legs.arrives_s < fault.end)
    found = np.flatnonzero(inside[:-1] & ~legs.draft.turning[:-1])
    return int(found[0]) if len(found) else None


def _overspeed_shown_s(legs: Legs, fault: Fault) -> tuple[float, float] | None:
    begun_s = legs.departs_s + legs.runs.duration_s[:, 0]
    fast = legs.runs.speed_mps.max(axis=1) > TOO_FAST_MPS
    fast &= (legs.departs_s >= fault.start) & (legs.departs_s < fault.end)
    return (begun_s[fast][0], legs.arrives_s[fast][-1]) if fast.any() else None


_ALTER = {"overspeed": _drive_too_fast, "door_hold": _hold_doors}
