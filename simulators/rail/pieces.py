"""A train's life as pieces of time: in each, everything moves by a formula known beforehand."""

from typing import NamedTuple

import numpy as np

from simulators.noise import Floats, Ints

STABLED, DWELL, TURN, RUN = range(4)
MOTOR_LAG_S, AXLE_LAG_S, OIL_LAG_S = 700.0, 900.0, 300.0


class Pieces(NamedTuple):
    """Columns of pieces: what holds at `start_s`, and how it moves on until the next piece.

    Chainage `along_m` moves by `direction` times the way made, from `speed_mps` at constant
    `accel_mps2`; `effort` is 1 where motors or brakes act.  `section` is the track between two
    stops, `stop` the stop stood at (-1: none).  Pressure and passengers move at constant rates;
    `motor`, `axle` and `oil` are degC over the ambient, which near their `_goal` with their lags.
    `works` counts workshop stays, `wheel_km` is the odometer at the last turning of the wheels.
    """

    start_s: Floats
    state: Floats
    section: Floats
    stop: Floats
    direction: Floats
    along_m: Floats
    speed_mps: Floats
    accel_mps2: Floats
    effort: Floats
    odometer_km: Floats
    doors_open: Floats
    passengers: Floats
    passengers_per_s: Floats
    delay_s: Floats
    works: Floats
    wheel_km: Floats
    bar: Floats
    bar_per_s: Floats
    pumping: Floats
    motor: Floats
    motor_goal: Floats
    axle: Floats
    axle_goal: Floats
    oil: Floats
    oil_goal: Floats


def made_m(pieces: Pieces, since_s: Floats) -> Floats:
    """Metres made `since_s` seconds after the pieces began."""
    return np.asarray(pieces.speed_mps * since_s + pieces.accel_mps2 * since_s**2 / 2)


def split(pieces: Pieces, parent: Ints, times: Floats) -> Pieces:
    """The pieces cut anew: the i-th begins at `times[i]`, inside the old piece `parent[i]`.

    Motion, passengers, motor and axle boxes are carried on; air and oil are made afterwards.
    """
    old = Pieces(*(column[parent] for column in pieces))
    since_s = times - old.start_s
    way_m = made_m(old, since_s)
    return old._replace(
        start_s=times,
        along_m=old.along_m + old.direction * way_m,
        odometer_km=old.odometer_km + way_m / 1000,
        speed_mps=old.speed_mps + old.accel_mps2 * since_s,
        passengers=old.passengers + old.passengers_per_s * since_s,
        motor=near(old.motor, old.motor_goal, since_s, MOTOR_LAG_S),
        axle=near(old.axle, old.axle_goal, since_s, AXLE_LAG_S),
    )


def cut(pieces: Pieces, times: list[float], end_s: float) -> Pieces:
    """The pieces with further borders at `times`, as far as those lie inside."""
    inside = [time for time in times if pieces.start_s[0] < time < end_s]
    if not inside:
        return pieces
    borders = np.sort(np.concatenate([pieces.start_s, inside]), kind="stable")
    return split(pieces, np.searchsorted(pieces.start_s, borders, side="right") - 1, borders)


def near(start: Floats, goal: Floats, since_s: Floats, lag_s: float) -> Floats:
    """Where something that started at `start` towards `goal` is after `since_s` seconds."""
    return np.asarray(goal + (start - goal) * np.exp(-since_s / lag_s))
