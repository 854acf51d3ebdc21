"""A run from stop to stop in closed form: two stages of acceleration, cruise, coasting, brake.

Up to 11 m/s the acceleration is what passengers bear (1.0 m/s2 at most), above it is what the
motors' power allows; the service brake reaches 1.1 m/s2.  Every phase has constant acceleration.
"""

from typing import NamedTuple

import numpy as np

from simulators.noise import Floats

PHASES = 5
_POWER_FROM_MPS, _POWER_MPS2, _COAST_MPS2 = 11.0, 0.45, 0.035


class Driver(NamedTuple):
    """How a driver drives: m/s2 to start and to brake, m/s on the line, share of a run coasted."""

    start_mps2: float = 0.95
    brake_mps2: float = 1.0
    line_mps: float = 20.6
    coast: float = 0.15


class Runs(NamedTuple):
    """One row a run, one column a phase: duration, then what holds at the phase's beginning."""

    duration_s: Floats
    gone_m: Floats
    speed_mps: Floats
    accel_mps2: Floats


def drive(distance_m: Floats, top_mps: Floats, driver: Driver) -> Runs:
    """The runs over `distance_m` (0: standing) at `top_mps` where the distance allows it."""
    start, brake = driver.start_mps2, driver.brake_mps2
    coasted_m = driver.coast * distance_m
    lost = 2 * _COAST_MPS2 * coasted_m
    offset_m = _POWER_FROM_MPS**2 / 2 * (1 / _POWER_MPS2 - 1 / start)
    # Distance of all phases but the cruise, solved for the square of the highest speed.
    squared = (distance_m + offset_m - coasted_m + lost / (2 * brake)) / (
        0.5 / _POWER_MPS2 + 0.5 / brake
    )
    top = np.minimum(top_mps, np.sqrt(squared)) * (distance_m > 0)
    first = np.minimum(_POWER_FROM_MPS, top)
    last = np.sqrt(np.maximum(top**2 - lost, 0.0))
    started_m, powered_m = first**2 / (2 * start), (top**2 - first**2) / (2 * _POWER_MPS2)
    braked_m = last**2 / (2 * brake)
    cruised_m = np.maximum(distance_m - started_m - powered_m - coasted_m - braked_m, 0.0)
    return Runs(
        np.column_stack([first / start, (top - first) / _POWER_MPS2,
                         cruised_m / np.maximum(top, 1.0), (top - last) / _COAST_MPS2,
                         last / brake]),
        np.cumsum(np.column_stack([0 * top, started_m, powered_m, cruised_m, coasted_m]), axis=1),
        np.column_stack([0 * top, first, top, top, last]),
        np.broadcast_to([start, _POWER_MPS2, 0.0, -_COAST_MPS2, -brake], (len(top), PHASES)),
    )  # fmt: skip
