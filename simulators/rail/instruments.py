"""What the instruments of trains show of their pieces; thermal values are start values of ours."""

from typing import NamedTuple

import numpy as np

from simulators.fleet import Instrument, Panel
from simulators.noise import Floats, Ints, Keys, Own, uniform
from simulators.rail.mishaps import AXLE_BOXES
from simulators.rail.network import course_deg
from simulators.rail.pieces import (
    AXLE_LAG_S,
    MOTOR_LAG_S,
    OIL_LAG_S,
    STABLED,
    Pieces,
    made_m,
    near,
)
from simulators.rail.power import traction_a

PANEL = Panel((
    Instrument("speed_mps", 2, 0.03, low=0),
    Instrument("bearing_deg", 1, 0.1),
    Instrument("chainage_m", 1),
    Instrument("accel_mps2", 2, 0.015),
    Instrument("odometer_km", 3),
    Instrument("line_voltage_v", 0, 6, 8, 30),
    Instrument("traction_current_a", 0, 12),
    Instrument("motor_degc", 1, 0.2, 0.5, 60),
    Instrument("bogie_vib_g", 3, 0.012, 0.01, 30, low=0),
    Instrument("main_res_bar", 2, 0.01),
    Instrument("compressor_a", 2, 0.05, 0.03, 30, low=0),
    Instrument("compressor_oil_degc", 1, 0.2, 0.4, 60),
    Instrument("doors_open", 0),
    Instrument("passengers", 0, low=0),
    *(Instrument(channel, 1, 0.2, 0.5, 60) for channel in AXLE_BOXES),
    Instrument("delay_s", 0),
))  # fmt: skip
COLUMN = {name: column for column, name in enumerate(PANEL.names)}
_NO_LOAD_V, _LINE_OHM = 1_545.0, 0.03
_WEAR_PER_KM = 0.5 / 30_000
_AXLE, _MOTOR, _VIBRATION, _COMPRESSOR = 40, 44, 45, 46


class Place(NamedTuple):
    """Where and when trains are looked at: one entry a place."""

    keys: Keys
    line: Ints
    times: Ints
    pieces: Pieces
    ambient_degc: Floats
    wear: float


def along_m(place: Place) -> Floats:
    """Metres along the line."""
    pieces = place.pieces
    way_m = made_m(pieces, place.times - pieces.start_s)
    return np.asarray(pieces.along_m + pieces.direction * way_m)


def true_values(place: Place) -> Floats:
    """What is true of the channels of the PANEL, one row a channel."""
    pieces = place.pieces
    since_s = place.times - pieces.start_s
    way_m = made_m(pieces, since_s)
    speed = np.maximum(pieces.speed_mps + pieces.accel_mps2 * since_s, 0.0)
    people = pieces.passengers + pieces.passengers_per_s * since_s
    current = traction_a(pieces.state, speed, pieces.accel_mps2, pieces.effort, people)
    bar = pieces.bar + pieces.bar_per_s * since_s
    section = pieces.section.astype(np.int64)
    motor = near(pieces.motor, pieces.motor_goal, since_s, MOTOR_LAG_S)
    axle = near(pieces.axle, pieces.axle_goal, since_s, AXLE_LAG_S)
    oil = near(pieces.oil, pieces.oil_goal, since_s, OIL_LAG_S)
    return np.stack([
        speed,
        course_deg(place.line, section, pieces.direction),
        pieces.along_m + pieces.direction * way_m,
        pieces.accel_mps2,
        pieces.odometer_km + way_m / 1000,
        _NO_LOAD_V - _LINE_OHM * current,
        current,
        place.ambient_degc + motor * (0.9 + 0.2 * _own(place, _MOTOR)),
        _vibration_g(place, speed, pieces.odometer_km - pieces.wheel_km),
        bar,
        pieces.pumping * (6.9 + 0.4 * _own(place, _COMPRESSOR) + 0.35 * (bar - 7.6)) + 0.15,
        8.0 + 0.8 * place.ambient_degc + oil,
        pieces.doors_open,
        people,
        *(place.ambient_degc + 2.0 + axle * (0.92 + 0.16 * _own(place, _AXLE + n))
          for n in range(len(AXLE_BOXES))),
        pieces.delay_s,
    ])  # fmt: skip


def read(place: Place, true: Floats, own: Own) -> Floats:
    """What is shown of what is true, one row a place; `own` tells the trains' sensors apart."""
    still = true[COLUMN["speed_mps"]] == 0
    awake = np.where(place.pieces.state == STABLED, 0.4, 1.0)
    values = PANEL.read(place.keys, place.times, true.T, awake, own)
    values[:, COLUMN["bearing_deg"]] %= 360.0
    values[still, COLUMN["speed_mps"]] = 0.0
    return values


def _own(place: Place, stream: int) -> Floats:
    # A number of each train between two workshop stays.
    return uniform(place.keys, stream, place.pieces.works.astype(np.int64))


def _vibration_g(place: Place, speed: Floats, since_turned_km: Floats) -> Floats:
    # Wheels grow out of round by the km until they are turned.
    worn = 1.0 + place.wear * _WEAR_PER_KM * since_turned_km
    return np.asarray(0.03 + 0.022 * speed * worn * (0.85 + 0.3 * _own(place, _VIBRATION)))
