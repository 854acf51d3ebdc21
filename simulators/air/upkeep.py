"""Wear and what is done about it: engines foul and age, washes and checks give some of it back.

Start values: EGT up 0.04 degC a cycle by fouling, which a wash at a night stop takes away, and
0.008 by wear that stays until a C check; A checks each 600 flight hours take one or two days, C
checks each 7,500 about ten (DOMAIN practice: 737-class, 3,000 flight hours a year).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulators.air.schedule import HOUR_S
from simulators.noise import Floats, Ints, Keys, uniform
from simulators.scenario import HealthyLife

_FOULING_DEGC, _AGEING_DEGC, _MOST_DEGC = 0.04, 0.008, 38.0
_A_CHECK_H, _C_CHECK_H = 600.0, 7_500.0
_A_HOURS, _C_HOURS = (24.0, 44.0), (8.5 * 24, 11.5 * 24)
_BEFORE_S, AFTER_S = 1_800.0, 3_600.0
_STREAMS = range(40, 56)


class Check(NamedTuple):
    """A stay in the hangar."""

    row: int
    level: str
    place: str
    start: int
    end: int


class Upkeep:
    """Counters and wear of every airframe with its engines, one row an aircraft."""

    def __init__(self, keys: Keys, life: HealthyLife) -> None:
        self._keys, self._wear = keys, life.wear
        rows = len(keys)
        self.hours = self._drawn(0, 2_000.0, 38_000.0)
        self.cycles = np.floor(self.hours / self._drawn(1, 1.7, 2.4))
        self._ageing = self._drawn(2, 2.0, 34.0)
        self._fouling = self._drawn(3, 0.0, 9.0)
        self._wash_at = self._drawn(4, 8.0, 13.0)
        self._a_left, self._c_left = self._drawn(5, 10.0, _A_CHECK_H), self._drawn(6, 30, 7_500.0)
        self.unbalance = self._drawn(7, 0.35, 0.85)
        self.oil_psi = self._drawn(8, -3.0, 3.0)
        self._visits = np.zeros(rows, dtype=np.int64)

    def _drawn(self, stream: int, low: float, high: float) -> Floats:
        return low + (high - low) * uniform(self._keys, _STREAMS[stream], 0)

    def egt_degc(self, rows: Ints) -> Floats:
        """How much hotter the engines run than new ones."""
        return np.minimum(self._ageing[rows] + self._fouling[rows], _MOST_DEGC)

    def fly(self, rows: Ints, hours: Floats) -> None:
        """One flight each."""
        self.hours[rows] += hours
        self.cycles[rows] += 1
        self._a_left[rows] -= hours
        self._c_left[rows] -= hours
        self._fouling[rows] += _FOULING_DEGC * self._wear
        self._ageing[rows] += _AGEING_DEGC * self._wear
        self.unbalance[rows] += 0.0004 * self._wear

    def night(self, rows: Ints, at: Floats, places: Sequence[str]) -> list[Check]:
        """What is done at night stops that begin `at`: washes at once, checks are returned."""
        washed = rows[self._fouling[rows] > self._wash_at[rows]]
        self._fouling[washed] = 1.5
        heavy, due = self._c_left[rows] <= 0, self._a_left[rows] <= 0
        stops = zip(rows.tolist(), at.tolist(), places, heavy.tolist(), due.tolist(), strict=True)
        return [self._check(row, time, place, c) for row, time, place, c, a in stops if c or a]

    def _check(self, row: int, at: float, place: str, heavy: bool) -> Check:
        key = self._keys[row : row + 1]
        self._visits[row] += 1
        low, high = _C_HOURS if heavy else _A_HOURS
        share = [float(uniform(key, _STREAMS[9 + k], int(self._visits[row]))[0]) for k in range(3)]
        self._a_left[row] = _A_CHECK_H
        self.unbalance[row] = 0.3 + 0.4 * share[1]  # the fan is balanced again
        if heavy:
            self._c_left[row] = _C_CHECK_H
            self._ageing[row], self._fouling[row] = 0.25 * self._ageing[row], 0.0
            self.oil_psi[row] = 6.0 * share[2] - 3.0
        start = at + _BEFORE_S
        end = start + (low + (high - low) * share[0]) * HOUR_S
        return Check(row, "C check" if heavy else "A check", place, int(start), int(end))
