"""What healthy ships do at sea that looks like trouble: wait, drift, steam slowly, stop hard.

A ship that steams far off its ports begins one now and then, by its key and the time.  Rates fit
eight tankers: 0.26 stretches a ship-day of half an hour below 2.2 kn at sea, 0.19 hard stops.
"""

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.roughness import LookAlikes
from simulators.sea.bridge import Bridge
from simulators.sea.helm import Helm
from simulators.sea.start import HOUR_S
from simulators.sea.weather import Conditions

NONE, WAITING, DRIFTING, SLOW, CRASH_STOP = range(5)
_BEGINS, _KIND, _LENGTH, _PACE, _SIDE, _SIGNALS, _STOPS, _WHEN = range(730, 738)
_PAUSE_SHARE, _STOP_SHARE = 0.0065, 0.0030  # of the looks, every ten minutes, while steaming
_HOURS = {WAITING: (0.8, 8.0), DRIFTING: (0.8, 10.0), SLOW: (2.0, 12.0), CRASH_STOP: (0.12, 0.3)}
_KNOTS = {WAITING: (0.6, 1.9), DRIFTING: (0.5, 1.5), SLOW: (4.0, 7.0), CRASH_STOP: (0.5, 3.0)}
_NOT_UNDER_COMMAND, _SIGNAL_SHARE = 2, 0.3


class Pauses:
    """One row a ship: what it does, from when to when, and how fast."""

    def __init__(self, keys: Keys, strengths: LookAlikes) -> None:
        self._keys, self._strengths = keys, strengths
        count = len(keys)
        self.kind, self.start, self.end = np.zeros((3, count), dtype=np.int64)
        self._kn = np.zeros(count)

    @property
    def wanted(self) -> bool:
        """Whether ships do such things in this world at all."""
        return bool(self._strengths.pauses or self._strengths.crash_stops)

    def look(self, now: int, within_s: int, steaming: Bools) -> None:
        """Ends what is over and lets some of the ships that are `steaming` begin something."""
        self.kind[self.end <= now] = NONE
        free = np.flatnonzero(steaming & (self.kind == NONE))
        keys = self._keys[free]
        pauses = uniform(keys, _BEGINS, now) < _PAUSE_SHARE * self._strengths.pauses
        stops = uniform(keys, _STOPS, now) < _STOP_SHARE * self._strengths.crash_stops
        picked = np.searchsorted([0.4, 0.7], uniform(keys, _KIND, now)) + WAITING
        kinds = np.where(stops, CRASH_STOP, np.where(pauses, picked, NONE))
        for kind in _HOURS:
            self._begin(free[kinds == kind], kind, now, within_s)

    def _begin(self, rows: Ints, kind: int, now: int, within_s: int) -> None:
        keys = self._keys[rows]
        start = now + (uniform(keys, _WHEN, now) * within_s).astype(np.int64)
        shortest, longest = _HOURS[kind]
        hours = shortest * (longest / shortest) ** uniform(keys, _LENGTH, now)
        self.kind[rows], self.start[rows] = kind, start
        self.end[rows] = start + (hours * HOUR_S).astype(np.int64)
        slowest, fastest = _KNOTS[kind]
        self._kn[rows] = slowest + (fastest - slowest) * uniform(keys, _PACE, now)

    def acting(self, now: int) -> Bools:
        """Ships that do something of the kind now."""
        return np.asarray((self.kind != NONE) & (self.start <= now) & (now < self.end))

    def act(self, now: int, bridge: Bridge, helm: Helm, sea: Conditions) -> None:
        """Gives the bridge the orders for the step that begins now; mishaps may overrule them."""
        acting = self.acting(now)
        wait, drift, slow, stop = (
            np.flatnonzero(acting & (self.kind == kind))
            for kind in (WAITING, DRIFTING, SLOW, CRASH_STOP)
        )
        if len(wait):
            turns = 2_500 + 2_500 * self._own(wait, _SIDE)
            circling = 360.0 * (now - self.start[wait]) / turns
            bridge.free_kn[wait] = self._kn[wait]
            bridge.free_deg[wait] = (helm.course_deg[wait] + circling) % 360.0
        if len(drift):
            away = np.degrees(np.arctan2(sea.east_kn[drift], sea.north_kn[drift])) % 360.0
            bridge.free_kn[drift], bridge.free_deg[drift] = self._kn[drift], away
            bridge.beam_deg[drift] = away + 60.0 + 60.0 * self._own(drift, _SIDE)
            bridge.stopped[drift] = True
            signals = drift[self._own(drift, _SIGNALS) < _SIGNAL_SHARE]
            bridge.status[signals] = _NOT_UNDER_COMMAND
        bridge.slow_kn[slow] = self._kn[slow]
        bridge.rush_kn[stop] = self._kn[stop]

    def _own(self, rows: Ints, stream: int) -> Floats:
        return uniform(self._keys[rows], stream, self.start[rows])
