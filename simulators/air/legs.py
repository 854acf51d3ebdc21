"""The table that tells where an aircraft is at any second: two legs a row, the old and the new.

A leg is a flight and the stay after it, cut into pieces between knots; a place in the table is a
leg's slot (2 x row + 0 or 1) and a piece.
"""

from typing import NamedTuple

import numpy as np

from simulators.air.circle import Circles
from simulators.air.profile import CIRCUIT, GATE, LIFT_OFF, PARKED, PHASES, TOUCH_DOWN, Knots
from simulators.compiled import entry
from simulators.geo import MPS_PER_KN
from simulators.noise import Bools, Floats, Ints

_LOOK_S, _REFUEL_S = 600.0, 900.0  # seconds that people get off, then fuel is taken
_APART_S = 4e8  # between the times of two slots: they were sought in one row once, and say the same
_PIECES = GATE + 3
_PHASE: Ints = np.concatenate([PHASES, [PARKED] * 3])
_GS, _RATE, _FLOW = 0, 1, 2


class Flight(NamedTuple):
    """What holds for a whole leg, one number a leg in every field."""

    off_block: Floats
    lift_off: Floats
    touch_down: Floats
    gate: Floats
    until: Floats
    hours: Floats
    cycles: Floats
    wear_degc: Floats
    wear_flow: Floats
    unbalance: Floats
    oil_psi: Floats
    touch_g: Floats


class State(NamedTuple):
    """Where aircraft are and how they move, one number a place in every field.

    `circuit` is the share flown of a missed approach's circuit, which takes `circuit_s` (0: none).
    """

    slot: Ints
    phase: Ints
    along_m: Floats
    alt_ft: Floats
    fuel_kg: Floats
    gs_kn: Floats
    rate_ft_min: Floats
    tas_kn: Floats
    n1_pct: Floats
    deviation_degc: Floats
    oil_degc: Floats
    circuit: Floats
    circuit_s: Floats


class Legs:
    """Two legs each for `rows` aircraft."""

    def __init__(self, rows: int) -> None:
        slots = 2 * rows
        self.newest: Ints = np.arange(rows) * 2
        apart = np.arange(slots) * _APART_S
        self._times = np.repeat(apart[:, None], _PIECES, axis=1)
        self._starts = np.zeros((slots, _PIECES))
        self._sums = np.zeros((slots, _PIECES, 3))
        self._lines = np.zeros((slots, _PIECES, 7))
        self._slopes = np.zeros((slots, _PIECES, 7))
        self._flights = np.zeros((slots, len(Flight._fields)))
        self._flights[:, 0] = np.inf
        self.circles = Circles(np.zeros((slots, 3)), np.zeros((slots, 3)), np.zeros(slots))

    def flight(self, slots: Ints) -> Flight:
        """What holds for the legs of `slots`."""
        return Flight(*self._flights[slots].T)

    def write(
        self, rows: Ints, knots: Knots, flight: Flight, circles: Circles, refuel_kg: Floats,
        warmer_degc: Floats,
    ) -> None:  # fmt: skip
        """The next legs of `rows`; those before the newest are forgotten.

        The stay takes on `refuel_kg` of fuel and grows `warmer_degc` warmer.
        """
        slots = self.newest[rows] ^ 1
        self.newest[rows] = slots
        for mine, new in zip(self.circles, circles, strict=True):
            mine[slots] = new
        self._flights[slots] = np.column_stack(flight)
        self._write_flight(slots, knots)
        self._write_stay(slots, knots, flight, refuel_kg, warmer_degc)
        self._times[slots] = self._starts[slots] + (slots * _APART_S)[:, None]

    def _write_flight(self, slots: Ints, knots: Knots) -> None:
        self._starts[slots, :GATE] = knots.time[:, :-1]
        sums, lines = np.stack(knots[1:4], axis=2), np.stack(knots[4:], axis=2)
        self._sums[slots, :GATE] = sums[:, :-1]
        self._lines[slots, :GATE] = lines[:, :-1]
        lasts = np.diff(knots.time, axis=1)
        per_s = np.where(lasts > 0, 1.0 / np.maximum(lasts, 1e-9), 0.0)
        self._slopes[slots, :GATE] = np.diff(lines, axis=1) * per_s[:, :, None]

    def _write_stay(
        self, slots: Ints, knots: Knots, flight: Flight, refuel_kg: Floats, warmer_degc: Floats
    ) -> None:
        stay, gate = slice(GATE, _PIECES), flight.gate[:, None]
        self._starts[slots, stay] = gate + np.array([0.0, _LOOK_S, _LOOK_S + _REFUEL_S])
        self._sums[slots, stay] = np.stack([k[:, -1:] for k in knots[1:4]], axis=2)
        self._sums[slots, -1, 2] += refuel_kg
        self._lines[slots, stay] = 0.0
        self._lines[slots, GATE + 1, _FLOW] = -refuel_kg / _REFUEL_S
        per_s = warmer_degc / (flight.until - flight.gate)
        waited = self._starts[slots, stay] - gate
        self._lines[slots, stay, 5] = knots.deviation_degc[:, -1:] + waited * per_s[:, None]
        self._lines[slots, stay, 6] = knots.oil_degc[:, -1:]
        self._slopes[slots, stay] = 0.0
        self._slopes[slots, stay, 5] = per_s[:, None]

    def drop_in(self, slot: int, sink_ft_min: float, touch_g: float) -> int:
        """Spoils the landing of a leg: it floats, then drops; the second at which the flare began.

        Height and time of the touch-down stay, so the vertical rate is steeper at its end.
        """
        lasts = self._starts[slot, TOUCH_DOWN] - self._starts[slot, TOUCH_DOWN - 1]
        mean = -self._sums[slot, TOUCH_DOWN - 1, 1] / lasts * 60.0
        first = 2 * mean + sink_ft_min
        self._lines[slot, TOUCH_DOWN - 1, _RATE] = first
        self._slopes[slot, TOUCH_DOWN - 1, _RATE] = (-sink_ft_min - first) / lasts
        self._flights[slot, Flight._fields.index("touch_g")] = touch_g
        return int(np.floor(self._starts[slot, TOUCH_DOWN - 1]))

    def slot_time(self, slots: Ints, knot: int) -> Floats:
        """When the flights of `slots` pass a knot."""
        return np.asarray(self._starts[slots, knot])

    def circles_of(self, slots: Ints) -> Circles:
        """The great circles of `slots`."""
        return Circles(*(part[slots] for part in self.circles))

    def _find(self, rows: Ints, times: Ints) -> tuple[Ints, Ints]:
        new = self.newest[rows]
        slot = np.where(times >= self._flights[new, 0], new, new ^ 1)
        return slot, _piece(self._times, slot, times + slot * _APART_S)

    def phases(self, rows: Ints, times: Ints) -> Ints:
        """What aircraft do at `times`."""
        return np.asarray(_PHASE[self._find(rows, times)[1]])

    def at(self, rows: Ints, times: Ints) -> State:
        """Where aircraft are at `times`, of the block just lived or shortly before."""
        slot, piece = self._find(rows, times)
        since = times - self._starts[slot, piece]
        start, slope = self._lines[slot, piece], self._slopes[slot, piece]
        line = start + slope * since[:, None]
        mean = (start[:, :3] + line[:, :3]) / 2 * since[:, None]
        along, alt, fuel = self._sums[slot, piece].T
        gs, rate, _, tas, n1, deviation, oil = line.T
        # In a circuit height and way do not follow from the pieces: see go_around.
        around = piece == CIRCUIT
        lasts = np.where(around, self._starts[slot, CIRCUIT + 1] - self._starts[slot, CIRCUIT], 0.0)
        mean[around, :2] = 0.0
        return State(
            slot, _PHASE[piece], along + mean[:, _GS] * MPS_PER_KN, alt + mean[:, _RATE] / 60.0,
            fuel - mean[:, _FLOW], gs, rate, tas, n1, deviation, oil,
            np.where(around, since / np.maximum(lasts, 1.0), 0.0), lasts,
        )  # fmt: skip


@entry
def _piece(starts: Floats, slot: Ints, times: Floats) -> Ints:
    """The last piece of each slot that has begun; the first before it has."""
    found = np.zeros(len(slot), dtype=np.int64)
    for i in range(len(slot)):
        begun, behind = 0, starts.shape[1]
        while behind - begun > 1:
            middle = (begun + behind) // 2
            if starts[slot[i], middle] <= times[i]:
                begun = middle
            else:
                behind = middle
        found[i] = begun
    return found


def flown(flight: Flight, times: Ints) -> tuple[Floats, Floats, Bools]:
    """Hours and cycles on the counters at `times`, and whether the aircraft is in the air."""
    air_s = np.clip(times - flight.lift_off, 0.0, flight.touch_down - flight.lift_off)
    airborne = (times >= flight.lift_off) & (times < flight.touch_down)
    return flight.hours + air_s / 3600.0, flight.cycles + (times >= flight.touch_down), airborne


def moments(knots: Knots) -> tuple[Floats, Floats, Floats, Floats]:
    """When flights leave the gate, lift off, touch down, and stop their engines."""
    return (
        knots.time[:, 0],
        knots.time[:, LIFT_OFF],
        knots.time[:, TOUCH_DOWN],
        knots.time[:, GATE],
    )
