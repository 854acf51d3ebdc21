"""Trips: a voyage, a flight, a run from terminal to terminal.

A trip begins when the asset makes way outside the class's rest zone and ends when it rests inside
it (anywhere, for a class without a rest zone). Its distance adds up the steps between accepted
fixes.
"""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, numbers
from services.domain.monitor.plan import SECOND_US


def table() -> dict[str, Column]:
    """Columns: whether a trip is on, when it began, and the distance sailed by then and in all."""
    return {
        "on_trip": Column("?", False),
        "trip_since": Column("i8", 0),
        "trip_from_km": Column("f8", 0.0),
        "track_km": Column("f8", 0.0),
    }


def step(round_: Round, in_rest_zone: Array) -> Array:
    """`in_rest_zone` per reading (all true without such a zone); km made since the last fix."""
    columns, rows, plan = round_.columns, round_.rows, round_.plan
    state = columns["state"][rows]
    moving = plan.moving[state]
    step_km = np.where(moving, columns["step_km"][rows], 0.0)  # at rest fixes only jitter
    columns["track_km"][rows] += step_km
    on_trip = columns["on_trip"][rows]
    anywhere = plan.asset_class.trip.rest_zone is None
    begun = ~on_trip & moving & (anywhere | ~in_rest_zone)
    ended = on_trip & ~moving & (state > 0) & (anywhere | in_rest_zone)
    for place in np.flatnonzero(begun | ended).tolist():
        (_begin if begun[place] else _end)(round_, place, int(rows[place]))
    return step_km


def _begin(round_: Round, place: int, row: int) -> None:
    columns = round_.columns
    columns["on_trip"][row] = True
    columns["trip_since"][row] = round_.time[place]
    columns["trip_from_km"][row] = columns["track_km"][row]
    round_.add(place, "trip_began", evidence={"trip": round_.plan.asset_class.trip.name})


def _end(round_: Round, place: int, row: int) -> None:
    columns = round_.columns
    columns["on_trip"][row] = False
    evidence = numbers(
        trip=round_.plan.asset_class.trip.name,
        distance_km=columns["track_km"][row] - columns["trip_from_km"][row],
        duration_s=(round_.time[place] - columns["trip_since"][row]) / SECOND_US,
    )
    round_.add(place, "trip_ended", evidence=evidence)
