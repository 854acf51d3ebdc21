"""What ships are about: a voyage, waiting at anchor, a call at a berth, a stay in dry dock.

Draught changes only while cargo is worked at a berth, and bunkers come aboard only there.
"""

from collections.abc import Iterator

import numpy as np

from simulators.fleet import Event
from simulators.geo import MPS_PER_KN
from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.routes import ROUTES
from simulators.sea.helm import Helm
from simulators.sea.particulars import Particulars, between
from simulators.sea.start import (
    ANCHORED,
    DAY_S,
    HOUR_S,
    MOORED,
    NEVER,
    NO_BERTH_SHARE,
    UNDER_WAY,
    outset,
)

_BRAKING_MPS2 = 0.0026  # 0.3 kn a minute: the approach is planned with it
_BUNKER_BELOW, _BUNKER_T_H, _BUNKER_AFTER_S = 0.62, 250.0, 3 * HOUR_S
_BETWEEN_DOCKS_S = (850 * DAY_S, 1_000 * DAY_S)
_DOCK_STAY_S = (12 * DAY_S, 26 * DAY_S)
DOCK = {"level": "dry dock"}


class Voyages:
    """Status, plans, cargo and tanks, one row a ship; `fleet_size` counts all, also unsimulated."""

    def __init__(self, keys: Keys, numbers: Ints, ships: Particulars, fleet_size: int) -> None:
        self._keys, self._ships = keys, ships
        self.events: list[Event] = []
        first = outset(keys, numbers, fleet_size)
        self.route, self.for_orders = first.route, first.for_orders
        self.begins_m, self.stop_m, self.anchor_m = first.along_m, first.stop_m, first.anchor_m
        self.status, self.wait_until = first.status, first.wait_until
        self.leg_share = uniform(keys, 54, 0)
        self.docked = np.zeros(len(keys), dtype=bool)
        self._fill(keys, first.along_m)
        self.dock_due = -between(keys, 60, 0, _BETWEEN_DOCKS_S[0])
        self.dock_due += between(keys, 61, *_BETWEEN_DOCKS_S)
        self._dock_some(keys, numbers)
        self.wait_until[numbers < 0] = NEVER

    def _fill(self, keys: Keys, along_m: Floats) -> None:
        deep = self._ships.deadweight_t
        laden = uniform(keys, 55, 0) < 0.6
        self.cargo_t = np.round(np.where(laden, deep * between(keys, 56, 0.85, 0.94), 0.0))
        liner = np.round(deep * between(keys, 56, 0.5, 0.9))
        self.cargo_t = np.where(self._ships.liner, liner, self.cargo_t)
        gone = along_m / ROUTES.tracks.length_m[self.route]
        gone = np.where(self.for_orders | self._about_to_sail(), 0.0, gone)
        self.fuel_t = self._ships.bunkers_t * (between(keys, 57, 0.72, 0.95) - 0.35 * gone)
        self.bunker_to_t, self.bunker_from = np.zeros((2, len(keys)))
        self.cargo_from_t, self.cargo_to_t = self.cargo_t.copy(), self.cargo_t.copy()
        self.work_from, self.work_until = np.zeros((2, len(keys)))
        lying = np.flatnonzero((self.status == MOORED) & (self.wait_until > HOUR_S))
        self._plan_cargo(lying, 0, self.wait_until[lying])
        self._plan_bunkers(lying, 0)

    def _about_to_sail(self) -> Bools:
        return np.asarray((self.status == MOORED) & (self.wait_until < HOUR_S))

    def _dock_some(self, keys: Keys, numbers: Ints) -> None:
        # A third of those that lie long at the start are in dry dock.
        lying = (self.status == MOORED) & (self.wait_until > HOUR_S) & (numbers >= 0)
        rows = np.flatnonzero(lying & (uniform(keys, 58, 0) < 0.33))
        self._dock(rows, 0)
        left_s = uniform(keys[rows], 59, 0) * (self.wait_until[rows] - 2 * HOUR_S)
        self.wait_until[rows] = (2 * HOUR_S + left_s).astype(np.int64)

    @property
    def moored(self) -> Bools:
        """Ships at a berth or in dock."""
        return np.asarray(self.status == MOORED)

    @property
    def draught_m(self) -> Floats:
        """By the cargo on board, between ballast and scantling draught."""
        ships = self._ships
        share = self.cargo_t / ships.deadweight_t
        return ships.ballast_m + (ships.draught_m - ships.ballast_m) * share / 0.95

    def to_port_m(self, helm: Helm) -> Floats:
        """Metres along the route to its nearer end; far for ships that wait for orders."""
        length = ROUTES.tracks.length_m[helm.route]
        gap = np.minimum(helm.along_m, length - helm.along_m)
        return np.where(self.for_orders, 1e7, gap)

    def goal_kn(self, helm: Helm, order_kn: Floats, dt: float) -> Floats:
        """The speed that the bridge wants: the order, slower near ports, none where it stops."""
        left_m = self.stop_m - helm.along_m - helm.along_mps * dt - 10.0
        left_m = np.where(self.for_orders, 1e9, left_m)
        braked_kn = np.sqrt(2 * _BRAKING_MPS2 * np.maximum(left_m, 0.0)) / MPS_PER_KN
        gap_km = self.to_port_m(helm) / 1000.0
        allowed_kn = np.interp(gap_km, (0.0, 1.5, 5.0, 12.0, 22.0), (5.0, 6.0, 8.5, 11.0, 30.0))
        goal = np.minimum(np.minimum(order_kn, allowed_kn), braked_kn)
        askew = np.abs((helm.course_deg - helm.heading_deg + 180) % 360 - 180) > 40
        swinging = askew & (gap_km < 2.0)
        return np.where((self.status == UNDER_WAY) & ~swinging, goal, 0.0)

    def work(self, until: int, dt: float, burnt_t_h: Floats) -> None:
        """Cargo and bunkers at the berth; fuel burnt everywhere."""
        span = np.maximum(self.work_until - self.work_from, 1.0)
        share = np.clip((until - self.work_from) / span, 0.0, 1.0)
        working = self.moored & (self.work_until > 0)
        cargo = self.cargo_from_t + (self.cargo_to_t - self.cargo_from_t) * share
        self.cargo_t = np.where(working, cargo, self.cargo_t)
        self.fuel_t = np.maximum(self.fuel_t - burnt_t_h * dt / HOUR_S, 0.0)
        taking = self.moored & (until > self.bunker_from)
        room = np.maximum(self.bunker_to_t - self.fuel_t, 0.0) * taking
        taken = np.minimum(room, _BUNKER_T_H * dt / HOUR_S)
        self.fuel_t += taken
        self.bunker_to_t = np.where(taking & (room <= taken), 0.0, self.bunker_to_t)

    def arrive(self, helm: Helm, now: int) -> Ints:
        """Stops ships that have come to an anchorage or a berth; returns those at a berth."""
        slow = (self.status == UNDER_WAY) & (helm.along_mps < 0.3) & ~helm.free & ~self.for_orders
        rows = np.flatnonzero(slow & (self.stop_m - helm.along_m < 120.0))
        if not len(rows):
            return rows
        helm.along_mps[rows] = helm.calm_kn[rows] = 0.0
        helm.drift_mps[:, rows] = 0.0
        berthed = self.stop_m[rows] >= ROUTES.tracks.length_m[helm.route[rows]] - 1.0
        self._anchor(rows[~berthed], now)
        self._moor(rows[berthed], now)
        return rows[berthed]

    def _anchor(self, rows: Ints, now: int) -> None:
        self.status[rows] = ANCHORED
        wait_s = HOUR_S * between(self._keys[rows], 62, 3, 42, now)
        self.wait_until[rows] = now + wait_s.astype(np.int64)

    def _moor(self, rows: Ints, now: int) -> None:
        self.status[rows] = MOORED
        longest = np.where(self._ships.liner[rows], 34.0, 70.0)
        hours = 14.0 + (longest - 14.0) * uniform(self._keys[rows], 63, now)
        self.wait_until[rows] = now + (hours * HOUR_S).astype(np.int64)
        self._plan_cargo(rows, now, self.wait_until[rows])
        self._plan_bunkers(rows, now)
        at_yard = np.array([ROUTES.end[route].startswith("YARD-") for route in self.route[rows]])
        self._dock(rows[at_yard.astype(bool)], now)

    def _plan_cargo(self, rows: Ints, now: int, until: Ints) -> None:
        keys, deep = self._keys[rows], self._ships.deadweight_t[rows]
        full = deep * between(keys, 65, 0.85, 0.94, now)
        other = np.where(self.cargo_t[rows] > 0.3 * deep, 0.0, full)
        some = deep * between(keys, 66, 0.5, 0.9, now)
        self.cargo_from_t[rows] = self.cargo_t[rows]
        self.cargo_to_t[rows] = np.round(np.where(self._ships.liner[rows], some, other))
        self.work_from[rows] = now + 1.5 * HOUR_S
        self.work_until[rows] = until - 1.5 * HOUR_S

    def _plan_bunkers(self, rows: Ints, now: int) -> None:
        low = rows[self.fuel_t[rows] < _BUNKER_BELOW * self._ships.bunkers_t[rows]]
        share = between(self._keys[low], 64, 0.85, 0.97, now)
        self.bunker_to_t[low] = self._ships.bunkers_t[low] * share
        self.bunker_from[low] = now + _BUNKER_AFTER_S

    def _dock(self, rows: Ints, now: int) -> None:
        self.docked[rows] = True
        self.status[rows] = MOORED
        self.work_until[rows] = self.bunker_to_t[rows] = 0.0
        stay = between(self._keys[rows], 67, *_DOCK_STAY_S, now)
        self.wait_until[rows] = now + stay.astype(np.int64)
        self._tell(rows, now, "maintenance_started")

    def _tell(self, rows: Ints, now: int, kind: str) -> None:
        places = [ROUTES.end[route] for route in self.route[rows]]
        self.events += [Event(now, row, kind, place, DOCK)
                        for row, place in zip(rows.tolist(), places, strict=True)]  # fmt: skip

    def leave(self, helm: Helm, now: int) -> Ints:
        """Sends ships on whose waiting is over; returns those that left a dry dock."""
        rows = np.flatnonzero((self.status != UNDER_WAY) & (self.wait_until <= now))
        undocked = rows[self.docked[rows]]
        for row in rows.tolist():
            self._leave(row, helm, now)
        return undocked

    def _leave(self, row: int, helm: Helm, now: int) -> None:
        self.bunker_to_t[row] = 0.0
        if self.status[row] == ANCHORED:
            self.status[row] = UNDER_WAY
            self.stop_m[row] = ROUTES.tracks.length_m[self.route[row]]
        elif self.docked[row]:
            self._undock(row, now)
            self._sail(row, helm, ROUTES.leaving(int(self.route[row])), now)
        elif self.dock_due[row] > now:
            self._sail(row, helm, ROUTES.leaving(int(self.route[row])), now)
        elif yards := ROUTES.leaving(int(self.route[row]), yard=True):
            self._sail(row, helm, yards, now)
        else:
            self._dock(np.array([row]), now)

    def _undock(self, row: int, now: int) -> None:
        self.docked[row] = False
        self._tell(np.array([row]), now, "maintenance_ended")
        key = self._keys[row : row + 1]
        self.dock_due[row] = now + between(key, 61, *_BETWEEN_DOCKS_S, now)[0]

    def _sail(self, row: int, helm: Helm, choices: list[int], now: int) -> None:
        pick, anchor, waits, leg = (
            float(uniform(self._keys[row : row + 1], stream, now)[0]) for stream in (68, 69, 70, 71)
        )
        # Short trades are sailed more often than long ones, or the fleet would always be at sea.
        nearest_first = sorted(choices, key=lambda other: float(ROUTES.tracks.length_m[other]))
        route = nearest_first[int(pick**2.5 * len(choices))]
        length = float(ROUTES.tracks.length_m[route])
        self.route[row], helm.along_m[row] = route, 0.0
        self.anchor_m[row] = length - 10_500 - 4_000 * anchor
        self.stop_m[row] = self.anchor_m[row] if waits < NO_BERTH_SHARE else length
        self.leg_share[row], self.status[row] = leg, UNDER_WAY

    def tell_all(self) -> Iterator[Event]:
        """What happened since it was last asked."""
        told, self.events = self.events, []
        yield from told
