"""What every channel of an aircraft truly is at a place and time, before its instrument's noise."""

import numpy as np

from simulators.air import engine
from simulators.air.atmosphere import sound_kn, temperature_k
from simulators.air.legs import Flight, State, flown
from simulators.air.profile import PARKED
from simulators.noise import Floats, Ints, Keys, smooth

_THROTTLE_PCT, _THROTTLE_S = 0.35, 75.0  # how the thrust hunts in flight
_BUMP_G, _BUMP_S = 0.05, 40.0
_NAC_P, _NAC_P_S = (9.5, 0.5), 400.0
_THROTTLE, _BUMP, _ACCURACY = 82, 81, 80  # streams


def true_values(
    keys: Keys, times: Ints, state: State, flight: Flight, track_deg: Floats, rough: float,
    report_s: int,
) -> Floats:  # fmt: skip
    """(place, channel) in the panel's order; keys, times, state and flight hold one a place.

    `rough` scales the turbulence; the peak of a touch-down is told for `report_s` seconds after
    it, by every report in them.
    """
    hours, cycles, airborne = flown(flight, times)
    mach = state.tas_kn / sound_kn(state.alt_ft, state.deviation_degc)
    middle, spread = _NAC_P
    nac_p = np.rint(middle + spread * _slow(keys, _ACCURACY, times, _NAC_P_S))
    hunting = _THROTTLE_PCT * _slow(keys, _THROTTLE, times, _THROTTLE_S) * airborne
    bumps = np.abs(_slow(keys, _BUMP, times, _BUMP_S)) * _BUMP_G * rough
    since = times - flight.touch_down
    told = (since >= 0) & (since < report_s)
    load_g = np.where(told, flight.touch_g, 1.0 + bumps * (state.gs_kn > 2))
    engines = _engines(times, state._replace(n1_pct=state.n1_pct + hunting), flight, mach)
    return np.column_stack([
        state.gs_kn, track_deg, state.alt_ft, state.rate_ft_min, ~airborne, nac_p, mach, *engines,
        state.fuel_kg, hours, cycles, load_g,
    ])  # fmt: skip


def _slow(keys: Keys, stream: int, times: Ints, period_s: float) -> Floats:
    return smooth(keys, np.asarray(stream), times, np.asarray(period_s))


def _engines(times: Ints, state: State, flight: Flight, mach: Floats) -> tuple[Floats, ...]:
    """n1, n2, EGT, fuel flow, oil pressure and temperature, vibration."""
    n1 = state.n1_pct
    ratio = engine.theta(state.alt_ft, mach, state.deviation_degc)
    n2 = engine.core_speed_pct(n1, ratio)
    flow = engine.fuel_flow_kg_h(n1, ratio, state.alt_ft, mach) * flight.wear_flow
    running = np.minimum(n1 / engine.GROUND_IDLE, 1.0)
    wear = running * flight.wear_degc * (0.3 + 0.7 * n1 / 92.0)
    outside = temperature_k(state.alt_ft, state.deviation_degc) - engine.ZERO_DEGC_K
    parked = state.phase == PARKED
    off_s = np.where(parked, times - flight.gate, 0.0)
    warmth = parked * (engine.IDLE_EGT_DEGC - outside) * np.exp(-off_s / engine.EGT_COOLING_S)
    oil = outside + (state.oil_degc - outside) * np.exp(-off_s / engine.OIL_COOLING_S)
    psi = engine.oil_pressure_psi(n2, oil) + flight.oil_psi * running
    vibration = engine.vibration(n1, flight.unbalance)
    return n1, n2, engine.egt_degc(n1, ratio) + wear + warmth, flow, psi, oil, vibration
