"""What motion costs: traction current, and the heat that it leaves in motors and axle boxes."""

import numpy as np

from simulators.noise import Floats
from simulators.rail.pieces import (
    AXLE_LAG_S,
    MOTOR_LAG_S,
    OIL_LAG_S,
    RUN,
    STABLED,
    Pieces,
)

_TARE_KG, _PERSON_KG, _INERTIA = 216_000.0, 65.0, 1.05
_NOMINAL_V, _MOTORING, _REGENERATING, _MOST_REGENERATED_A = 1500.0, 0.88, 0.6, -2_400.0
AUXILIARY_A, _ASLEEP_A = 70.0, 12.0
_MOTOR_DEGC_PER_A, _MOTOR_AWAKE_DEGC, _AXLE_DEGC_PER_MPS = 0.085, 14.0, 1.65
_OIL_IDLE_DEGC, _OIL_PUMPING_DEGC = 32.0, 68.0


def traction_a(
    state: Floats, speed: Floats, accel: Floats, effort: Floats, passengers: Floats
) -> Floats:
    """Current of the train: force (mass with load, Davis resistance) times speed over 1,500 V.

    The brake feeds back what the line takes; the rest goes into the friction brake.
    """
    mass_kg = _TARE_KG + _PERSON_KG * passengers
    force_n = effort * mass_kg * (_INERTIA * accel + 0.014 + 0.00013 * speed**2)
    share = np.where(force_n > 0, 1 / _MOTORING, _REGENERATING)
    traction = np.maximum(force_n * speed * share / _NOMINAL_V, _MOST_REGENERATED_A)
    return np.asarray(traction + np.where(state == STABLED, _ASLEEP_A, AUXILIARY_A))


def heated(pieces: Pieces, end_s: float, motor: float, axle: float) -> Pieces:
    """The pieces with motor and axle boxes, which are so warm (over ambient) at the start."""
    borders = np.append(pieces.start_s, end_s)
    speed = pieces.speed_mps + pieces.accel_mps2 * np.diff(borders) / 2
    current = traction_a(pieces.state, speed, pieces.accel_mps2, pieces.effort, pieces.passengers)
    loss = _MOTOR_DEGC_PER_A * np.abs(current - AUXILIARY_A) * (pieces.state == RUN)
    motor_goal = loss + _MOTOR_AWAKE_DEGC * (pieces.state != STABLED)
    axle_goal = _AXLE_DEGC_PER_MPS * speed
    return pieces._replace(
        motor=_lagged(borders, motor_goal, MOTOR_LAG_S, motor), motor_goal=motor_goal,
        axle=_lagged(borders, axle_goal, AXLE_LAG_S, axle), axle_goal=axle_goal,
    )  # fmt: skip


def oiled(pieces: Pieces, end_s: float, oil: float) -> Pieces:
    """The pieces with the compressor's oil, which is so warm (over ambient) at the start."""
    borders = np.append(pieces.start_s, end_s)
    idle = _OIL_IDLE_DEGC * (pieces.state != STABLED)
    goal = np.where(pieces.pumping > 0, _OIL_PUMPING_DEGC, idle)
    return pieces._replace(oil=_lagged(borders, goal, OIL_LAG_S, oil), oil_goal=goal)


def _lagged(borders: Floats, goal: Floats, lag_s: float, start: float) -> Floats:
    # x' = (goal - x) / lag summed up in closed form; exp() holds for 58 hours of the shortest lag.
    growth = np.exp((borders - borders[0]) / lag_s)
    gained = np.concatenate([[0.0], np.cumsum(goal * np.diff(growth))[:-1]])
    return np.asarray((start + gained) / growth[:-1])
