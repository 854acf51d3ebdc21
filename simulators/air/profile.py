"""A flight gate to gate as knots in time: speeds and rates are straight between two knots.

Way is the integral of ground speed, height of vertical rate and fuel of flow, so they agree at any
second.  Every flight has the same number of knots, so flights are made together.
"""

from typing import NamedTuple

import numpy as np

from simulators.air import engine
from simulators.air.atmosphere import (
    Weather,
    mach_of_cas,
    sound_kn,
    temperature_k,
)
from simulators.air.circle import Circles
from simulators.geo import MPS_PER_KN
from simulators.noise import Floats, Ints

PARKED, TAXI_OUT, TAKE_OFF, CLIMB, CRUISE, DESCENT, LANDING, TAXI_IN = range(8)
_LEVEL_FT = 900.0  # levelling off, and leaving a level, takes so many feet
_TAXI_KN, _QUEUE_KN, _LINE_UP_KN, _FAST_TURN_OFF_KN = 14.0, 5.0, 9.0, 40.0
_ROLL_KN_S, _BRAKE_KN_S = 4.2, 3.3
_CLIMB_FT = (0, 100, 1_500, 3_000, 6_000, 10_000, 12_500, 17_000, 22_000, 27_000)
_CLIMB_CAS_KN = (150, 155, 175, 215, 244, 245, 285, 290, 290, 290, 290, 400)
_DESCENT_FT = (27_000, 20_000, 14_000, 10_000, 6_000, 3_000, 1_500, 1_500, 50, 0)
_DESCENT_CAS_KN = (400, 285, 285, 285, 275, 245, 225, 180, 146, 146, 137, 134)
_APPROACH_N1 = np.array([52.0, 57.0, 57.0, 55.0, 40.0])
_CRUISE_LEGS = 16
_GLIDE_FT_MIN_PER_KN = np.tan(np.radians(3.0)) * MPS_PER_KN * 60.0 / 0.3048
_OUT, _UP, _DOWN, _IN = 7, 12, 12, 6  # knots of the parts; the cruise lies between
LIFT_OFF, TOP_OF_CLIMB = _OUT, _OUT + _UP - 1
TOP_OF_DESCENT = TOP_OF_CLIMB + _CRUISE_LEGS
TOUCH_DOWN = TOP_OF_DESCENT + _DOWN - 1
CIRCUIT = TOUCH_DOWN - 3  # the piece in which a missed approach is flown: else it takes no time
FLARE, GATE = TOUCH_DOWN - 1, TOUCH_DOWN + _IN
PHASES: Ints = np.repeat(
    [TAXI_OUT, TAKE_OFF, CLIMB, CRUISE, DESCENT, LANDING, TAXI_IN],
    [5, 2, _UP - 1, _CRUISE_LEGS, _DOWN - 1, 3, 3],
)


class Plan(NamedTuple):
    """What is known of flights at their departure; one number a flight in every field.

    Fan speeds are corrected ones; `off_block` is in seconds of the world.
    """

    off_block: Floats
    cruise_ft: Floats
    cruise_mach: Floats
    climb_ft_min: Floats
    take_off_n1: Floats
    climb_n1: Floats
    taxi_out_s: Floats
    queue_s: Floats
    taxi_in_s: Floats
    sink_ft_min: Floats
    fuel_kg: Floats
    oil_degc: Floats
    wear_flow: Floats
    circuit_s: Floats


class Knots(NamedTuple):
    """The flights' values at their knots, (flight, knot)."""

    time: Floats
    along_m: Floats
    alt_ft: Floats
    fuel_kg: Floats
    gs_kn: Floats
    rate_ft_min: Floats
    flow_kg_s: Floats
    tas_kn: Floats
    n1_pct: Floats
    deviation_degc: Floats
    oil_degc: Floats

    def later(self, seconds: Floats) -> "Knots":
        """The same flights so much later, one number a flight."""
        return self._replace(time=self.time + seconds[:, None])


def fly(plan: Plan, circles: Circles, weather: Weather) -> Knots:
    """The knots of flights along `circles`, from off-block to engines off."""
    alt, mach, n1c = _heights(plan), _mach(plan), _fan_speed(plan)
    along = _way_guess(alt, circles.length_m)
    lat, lon, track = circles.at(along)
    when = plan.off_block[:, None] + 700.0 + along / 215.0
    deviation = weather.deviation_degc(lat, lon, alt, when)
    tas = mach * sound_kn(alt, deviation)
    gs = tas + weather.tail_wind_kn(lat, lon, track, alt, when)
    gs = _on_ground_too(gs)
    rate = _rates(plan, alt, gs)
    lasts, along = _durations(plan, alt, gs, rate, circles.length_m)
    tas = np.where(_ON_GROUND, gs, tas)
    mach = tas / sound_kn(alt, deviation)
    ratio = engine.theta(alt, mach, deviation)
    n1 = n1c * np.sqrt(ratio)
    flow = 2 * engine.fuel_flow_kg_h(n1, ratio, alt, mach) / 3600.0 * plan.wear_flow[:, None]
    time = _running(plan.off_block, lasts)
    fuel = _running(plan.fuel_kg, -_means(flow) * lasts)
    outside = temperature_k(alt, deviation) - engine.ZERO_DEGC_K
    oil = _oil(plan.oil_degc, engine.oil_goal_degc(n1, outside), lasts)
    return Knots(time, along, alt, fuel, gs, rate, flow, tas, n1, deviation, oil)


_ON_GROUND = np.zeros(GATE + 1, dtype=bool)
_ON_GROUND[:LIFT_OFF], _ON_GROUND[TOUCH_DOWN + 1 :] = True, True


def _means(values: Floats) -> Floats:
    return (values[:, 1:] + values[:, :-1]) / 2


def _running(first: Floats, steps: Floats) -> Floats:
    return np.cumsum(np.column_stack([first, steps]), axis=1)


def _parts(flights: int, *parts: Floats) -> Floats:
    """Parts of flights side by side: (knots,) for all alike, or (flight, knots)."""
    return np.concatenate([np.broadcast_to(p, (flights, np.shape(p)[-1])) for p in parts], axis=1)


def _heights(plan: Plan) -> Floats:
    level = plan.cruise_ft[:, None]
    return _parts(
        len(level), np.zeros(_OUT), np.array(_CLIMB_FT, float), level - _LEVEL_FT,
        np.repeat(level, _CRUISE_LEGS + 1, axis=1), level - _LEVEL_FT,
        np.array(_DESCENT_FT, float), np.zeros(_IN),
    )  # fmt: skip


def _mach(plan: Plan) -> Floats:
    cas = np.concatenate([
        np.zeros(_OUT), _CLIMB_CAS_KN, np.full(_CRUISE_LEGS - 1, 400.0), _DESCENT_CAS_KN,
        np.zeros(_IN),
    ])  # fmt: skip
    return np.minimum(mach_of_cas(cas, _heights(plan)), plan.cruise_mach[:, None])


def _fan_speed(plan: Plan) -> Floats:
    flights = len(plan.cruise_ft)
    idle, out = engine.GROUND_IDLE, np.full(_OUT, engine.GROUND_IDLE)
    out[0] = 0.0
    cruise = 90.6 + 80.0 * (plan.cruise_mach - 0.78)
    burnt = np.linspace(0.0, 1.6, _CRUISE_LEGS + 1)  # a lighter aircraft needs less thrust
    power = np.repeat(plan.take_off_n1[:, None], 4, axis=1)
    return _parts(
        flights, out[:-1], power, np.repeat(plan.climb_n1[:, None], _UP - 4, axis=1),
        cruise[:, None] - burnt, np.full(_DOWN - 6, engine.FLIGHT_IDLE), _APPROACH_N1,
        np.full(_IN, idle),
    )  # fmt: skip


def _way_guess(alt_ft: Floats, length_m: Floats) -> Floats:
    """Where about the knots lie, good enough to ask for the weather there."""
    length = length_m[:, None]
    rising, falling = alt_ft * 5.6, length - alt_ft * 5.8
    guess = np.where(np.arange(GATE + 1) <= TOP_OF_CLIMB, rising, falling)
    start, end = guess[:, TOP_OF_CLIMB], guess[:, TOP_OF_DESCENT]
    guess[:, TOP_OF_CLIMB : TOP_OF_DESCENT + 1] = np.linspace(start, end, _CRUISE_LEGS + 1, axis=1)
    return np.asarray(guess)


def _on_ground_too(gs_kn: Floats) -> Floats:
    gs = gs_kn + 0.0
    gs[:, :_OUT] = (0.0, 0.0, _TAXI_KN, _TAXI_KN, _QUEUE_KN, _QUEUE_KN, _LINE_UP_KN)
    gs[:, TOUCH_DOWN + 1] = gs[:, TOUCH_DOWN]
    gs[:, TOUCH_DOWN + 2 :] = (_FAST_TURN_OFF_KN, _TAXI_KN, _TAXI_KN, 0.0, 0.0)
    return gs


def _rates(plan: Plan, alt_ft: Floats, gs_kn: Floats) -> Floats:
    rate = np.zeros_like(gs_kn)
    up, down = slice(LIFT_OFF + 1, TOP_OF_CLIMB), slice(TOP_OF_DESCENT + 1, TOUCH_DOWN)
    rate[:, up] = plan.climb_ft_min[:, None] * (1.0 - 0.38 * alt_ft[:, up] / 40_000.0)
    rate[:, down] = -gs_kn[:, down] * _GLIDE_FT_MIN_PER_KN
    rate[:, TOUCH_DOWN] = -plan.sink_ft_min
    return rate


def _durations(
    plan: Plan, alt_ft: Floats, gs_kn: Floats, rate_ft_min: Floats, length_m: Floats
) -> tuple[Floats, Floats]:
    """Seconds from knot to knot, and metres along at the knots."""
    mean_mps, rise = _means(gs_kn) * MPS_PER_KN, np.diff(alt_ft, axis=1)
    lasts = np.zeros_like(mean_mps)
    sloping = rise != 0
    lasts[sloping] = rise[sloping] / _means(rate_ft_min)[sloping] * 60.0
    lasts[:, :_OUT] = _parts(
        len(lasts), np.array([60.0, 15.0]), plan.taxi_out_s[:, None], np.array([10.0]),
        plan.queue_s[:, None], np.array([8.0]),
        (gs_kn[:, LIFT_OFF, None] - _LINE_UP_KN) / _ROLL_KN_S,
    )  # fmt: skip
    lasts[:, TOUCH_DOWN + 1 :] = _parts(
        len(lasts), (gs_kn[:, TOUCH_DOWN, None] - _FAST_TURN_OFF_KN) / _BRAKE_KN_S,
        np.array([14.0]), plan.taxi_in_s[:, None], np.array([12.0, 60.0]),
    )  # fmt: skip
    lasts[:, CIRCUIT] = plan.circuit_s
    way = mean_mps * lasts
    way[:, CIRCUIT] = 0.0  # it ends where it began
    level = slice(TOP_OF_CLIMB, TOP_OF_DESCENT)
    way[:, level] = ((length_m - np.cumsum(way, axis=1)[:, -1]) / _CRUISE_LEGS)[:, None]
    lasts[:, level] = way[:, level] / mean_mps[:, level]
    return lasts, _running(np.zeros(len(way)), way)


def _oil(first_degc: Floats, goal_degc: Floats, lasts: Floats) -> Floats:
    """First order towards the goal of each piece: the lag's integral in closed form."""
    grown = np.exp(_running(np.zeros(len(lasts)), lasts) / engine.OIL_WARMING_S)
    return _running(first_degc, _means(goal_degc) * np.diff(grown, axis=1)) / grown
