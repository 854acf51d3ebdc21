"""The timetable: who works when, how full trains are by hour, and the order of stops of a duty.

The lines run from about 05:00 to about 00:30 of their local clock.  A train has one of four turns a
day, which change from day to day; one of them runs in the peaks alone.  Where a scenario names no
start (a live demo), the local clock stands at 08:10 at the world's first second whatever the wall
clock says, and nine in ten trains are in service then: a visitor at night sees moving trains.
"""

from datetime import datetime
from functools import cache
from typing import NamedTuple

import numpy as np

from simulators.noise import Floats, Ints
from simulators.rail.network import LINES
from simulators.rail.runs import Driver, drive

HOUR_S, DAY_S = 3600, 86_400
TURNBACK_S, SHORTEST_TURNBACK_S = 260.0, 120.0
_LOCAL_S = 8 * HOUR_S  # all three lines keep UTC+8
_LIVE_CLOCK_S = 8 * HOUR_S + 600
_MEAN_DWELL_S = 28.0
_GOLDEN = 0.618033988749895  # its multiples spread any number of trains evenly
_TURNS = (
    ((5.0, 15.5),),
    ((5.8, 10.5), (15.2, 20.6)),
    ((6.3, 20.2),),
    ((13.0, 24.5),),
)


class Duty(NamedTuple):
    """Out of the depot at `out_s` for `rounds` round trips; `serial` tells it from others."""

    out_s: float
    rounds: int
    serial: int


def clock_s(start: datetime, live: bool) -> int:
    """The local clock, in seconds of the day, at the world's first second."""
    if live:
        return _LIVE_CLOCK_S
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return (int((start - midnight).total_seconds()) + _LOCAL_S) % DAY_S


@cache
def planned_run_s(line: int) -> Floats:
    """Seconds the timetable gives from each stop of a line to the next."""
    distance = np.diff(LINES[line].chainage_m)
    driver = Driver()
    planned = drive(distance, np.full(len(distance), driver.line_mps), driver)
    return np.asarray(planned.duration_s.sum(axis=1))


@cache
def round_s(line: int) -> float:
    """Seconds of a round trip between the terminals."""
    runs = planned_run_s(line)[:-1]
    return float(2 * runs.sum() + 2 * (len(runs) + 1) * _MEAN_DWELL_S + 2 * TURNBACK_S)


def duties(number: int, line: int, day: int, first_live: bool) -> list[Duty]:
    """The duties of train `number` on `day`, in seconds since that day's midnight.

    `first_live`: this is the day on which a world without a set start begins.
    """
    spread = number * _GOLDEN % 1.0
    hours = _live_turn(number, spread) if first_live else _TURNS[(number // 3 + day) % len(_TURNS)]
    found = []
    for nth, (out_h, back_h) in enumerate(hours):
        out_s = out_h * HOUR_S + (0.0 if first_live else spread * round_s(line))
        rounds = int((back_h * HOUR_S - out_s) / round_s(line))
        found.append(Duty(out_s, max(rounds, 1), (day + 2) * 2 + nth))
    return found


def _live_turn(number: int, spread: float) -> tuple[tuple[float, float], ...]:
    if number % 10 == 9:
        return ((8.35 + 0.5 * spread, 24.0),)
    return ((5.0 + 2.5 * spread, 18.0 + 6.5 * (number * _GOLDEN**2 % 1.0)),)


def stops_of(line: int, rounds: int) -> Ints:
    """Stops in order, terminals twice (arrival and departure), from the depot to the depot."""
    depot = LINES[line].depot
    there = np.arange(depot - 1, -1, -1)
    both = np.concatenate([there, there[::-1]])
    return np.concatenate([[depot], np.tile(both, rounds), [depot]])


def peak(clock: Floats) -> Floats:
    """0 to 1: how much it is rush hour, by the local clock in seconds."""
    hour = clock / HOUR_S % 24
    return np.asarray(np.exp(-(((hour - 8) / 1.3) ** 2)) + np.exp(-(((hour - 18) / 1.6) ** 2)))


def demand(clock: Floats) -> Floats:
    """0 to 1: how full trains are, by the local clock in seconds."""
    hour = clock / HOUR_S % 24
    by_day = np.clip(np.minimum(hour - 5, 23 - hour) / 3, 0, 1)
    return np.asarray(0.08 + 0.3 * by_day + 0.6 * peak(clock))


def planned_dwell_s(clock: Floats) -> Floats:
    """Dwell that the timetable gives, longer in the peaks, by the local clock in seconds."""
    return np.asarray(24.0 + 8.0 * peak(clock))
