"""A spell of a train's life: it rests in the depot, goes out on a duty, comes back.

A spell is made whole when the one before it ends, and made anew from its beginning when a mishap
alters it; what lies before the mishap comes out the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulators.fault import Fault
from simulators.noise import Floats, Keys
from simulators.rail.compressed_air import breathed, drawn_bar_per_s
from simulators.rail.duty import Custom, Legs, driven, legs_of
from simulators.rail.network import LINES
from simulators.rail.pieces import (
    AXLE_LAG_S,
    DWELL,
    MOTOR_LAG_S,
    OIL_LAG_S,
    RUN,
    STABLED,
    TURN,
    Pieces,
    cut,
    near,
)
from simulators.rail.power import heated, oiled
from simulators.rail.runs import PHASES
from simulators.rail.timetable import Duty

_OPENING_S, _CLOSING_S = 2.0, 4.0
_PARTS = PHASES + 3  # of a leg: the phases of the run; doors closed, open, closed


class Condition(NamedTuple):
    """A train in the depot at `at_s`; `degc` of motor, axle boxes and oil is over the ambient."""

    at_s: float
    odometer_km: float
    bar: float
    pumping: bool
    degc: tuple[float, float, float]
    works: int
    wheel_km: float


class Spell(NamedTuple):
    """What happens from `begin.at_s` to `end.at_s`; without a duty the train only rests."""

    begin: Condition
    end: Condition
    table: Floats
    duty: Duty | None = None
    legs: Legs | None = None


class Train(NamedTuple):
    """What a train is for life."""

    keys: Keys
    number: int
    line: int


def rest(train: Train, begin: Condition, end_s: float, faults: Sequence[Fault]) -> Spell:
    """A spell in the depot until `end_s`."""
    end = begin._replace(at_s=end_s)
    return _finished(Spell(begin, end, np.stack(_resting(train, begin))), faults)


def work(
    train: Train, begin: Condition, duty: Duty, clock_s: int, custom: Custom,
    faults: Sequence[Fault],
) -> Spell:  # fmt: skip
    """A spell with a duty (at seconds of the world), until the train is back in the depot."""
    draft, driver = legs_of(train.keys, train.line, duty, begin.at_s + 600, clock_s, custom)
    legs = driven(draft, driver, faults)
    table = np.hstack([np.stack(_resting(train, begin)), _working(train, begin, legs)])
    odometer_km = begin.odometer_km + draft.distance_m.sum() / 1000
    end = begin._replace(at_s=float(legs.arrives_s[-1]), odometer_km=float(odometer_km))
    return _finished(Spell(begin, end, table, duty, legs), faults)


def _finished(spell: Spell, faults: Sequence[Fault]) -> Spell:
    # Motion is there; heat and air follow from it.
    begin, end_s = spell.begin, spell.end.at_s
    leaks = [fault for fault in faults if fault.kind.name == "compressor_leak"]
    borders = [float(second) for leak in leaks for second in (leak.start, leak.end)]
    pieces = heated(Pieces(*spell.table), end_s, *begin.degc[:2])
    pieces = cut(pieces, borders, end_s)
    drawn = drawn_bar_per_s(pieces)
    for leak in leaks:
        drawn += leak.size * ((pieces.start_s >= leak.start) & (pieces.start_s < leak.end))
    pieces, bar, pumping = breathed(pieces, end_s, drawn, begin.bar, begin.pumping)
    pieces = oiled(pieces, end_s, begin.degc[2])
    end = spell.end._replace(bar=bar, pumping=pumping, degc=_last_degc(pieces, end_s))
    return spell._replace(end=end, table=np.stack(pieces))


def _last_degc(pieces: Pieces, end_s: float) -> tuple[float, float, float]:
    last = Pieces(*(column[-1] for column in pieces))
    since_s = end_s - last.start_s
    return (
        float(near(last.motor, last.motor_goal, since_s, MOTOR_LAG_S)),
        float(near(last.axle, last.axle_goal, since_s, AXLE_LAG_S)),
        float(near(last.oil, last.oil_goal, since_s, OIL_LAG_S)),
    )


def _resting(train: Train, begin: Condition) -> Pieces:
    depot = LINES[train.line].depot
    nothing = Pieces(*np.zeros((len(Pieces._fields), 1)))
    told = {
        "start_s": begin.at_s, "state": STABLED, "section": depot - 1, "stop": depot,
        "direction": -1, "along_m": LINES[train.line].chainage_m[depot],
        "odometer_km": begin.odometer_km, "works": begin.works, "wheel_km": begin.wheel_km,
    }  # fmt: skip
    return nothing._replace(**{name: np.array([float(value)]) for name, value in told.items()})


def _working(train: Train, begin: Condition, legs: Legs) -> Floats:
    draft, runs = legs.draft, legs.runs
    count = len(draft.turning)
    where = LINES[train.line].chainage_m[draft.stop]
    direction = np.sign(np.diff(where))
    direction[draft.turning] = np.append(direction[1:], 0.0)[draft.turning]
    gone_m = np.column_stack([runs.gone_m, *[draft.distance_m] * 3])
    before_m = np.append(0.0, np.cumsum(draft.distance_m)[:-1])
    parts = np.zeros((len(Pieces._fields), count, _PARTS))
    made = Pieces(*parts)
    made.start_s[:], lasting_s = _starts(legs)
    made.state[:, :PHASES] = np.where(draft.turning, TURN, RUN)[:, None]
    made.state[:, PHASES:] = DWELL
    made.section[:] = np.minimum(draft.stop[1:], draft.stop[:-1])[:, None]
    made.stop[:] = draft.stop[1:, None]
    made.stop[:, :PHASES][~draft.turning] = -1
    made.direction[:] = direction[:, None]
    made.along_m[:] = where[:-1, None] + direction[:, None] * gone_m
    made.along_m[:, PHASES:] = where[1:, None]
    made.speed_mps[:, :PHASES] = runs.speed_mps
    made.accel_mps2[:, :PHASES] = runs.accel_mps2
    made.effort[:, [0, 1, 2, 4]] = 1.0
    made.odometer_km[:] = begin.odometer_km + (before_m[:, None] + gone_m) / 1000
    made.doors_open[:, PHASES + 1] = 1.0
    _board(made, draft.passengers, lasting_s)
    made.delay_s[:, :PHASES] = (legs.departs_s - draft.planned_s)[:, None]
    made.delay_s[:, PHASES:] = (legs.arrives_s - draft.planned_arrival_s)[:, None]
    made.works[:], made.wheel_km[:] = begin.works, begin.wheel_km
    # The last leg ends in the depot; parts that take no time are nobody's.
    real = (lasting_s > 0).ravel()
    return np.asarray(parts.reshape(len(Pieces._fields), -1)[:, real])


def _starts(legs: Legs) -> tuple[Floats, Floats]:
    # When the parts of each leg begin, and how long they last.
    stands_s = np.append(legs.departs_s[1:], legs.arrives_s[-1]) - legs.arrives_s
    standing = stands_s[:, None] > 0
    doors_s = np.where(standing, [_OPENING_S, 0.0, _CLOSING_S], 0.0)
    doors_s[:, 1] = stands_s - doors_s.sum(axis=1)
    lasting_s = np.column_stack([legs.runs.duration_s, doors_s])
    begun_s = np.cumsum(lasting_s, axis=1) - lasting_s
    starts_s = legs.departs_s[:, None] + begun_s
    starts_s[:, PHASES:] += (legs.arrives_s - starts_s[:, PHASES])[:, None]
    return starts_s, lasting_s


def _board(made: Pieces, passengers: Floats, lasting_s: Floats) -> None:
    # Passengers change while the doors are open.
    following = np.append(passengers[1:], 0.0)
    made.passengers[:, : PHASES + 2] = passengers[:, None]
    made.passengers[:, PHASES + 2] = following
    open_s = np.maximum(lasting_s[:, PHASES + 1], 1.0)
    made.passengers_per_s[:, PHASES + 1] = (following - passengers) / open_s
