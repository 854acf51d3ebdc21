"""A turbofan by similarity: its channels follow the corrected fan speed and the air it breathes.

n1 / sqrt(theta) fixes EGT / theta and fuel flow / (delta sqrt(theta)), theta and delta being total
temperature and pressure over those at sea level.  The curve is a start value inside the limits of
two CFM56 type pages: idle 400-500 degC, cruise 550-750, take-off below 950; 300 kg/h at idle,
1,000-1,400 in cruise, 4,000-4,600 at take-off.
"""

import numpy as np

from simulators.air.atmosphere import SEA_LEVEL_K, pressure_ratio, temperature_k
from simulators.noise import Floats

GROUND_IDLE, FLIGHT_IDLE = 21.0, 33.0
IDLE_EGT_DEGC, EGT_COOLING_S, OIL_COOLING_S, OIL_WARMING_S = 430.0, 900.0, 5_400.0, 300.0
ZERO_DEGC_K = 273.15

# corrected n1 %, n2 %, EGT K, fuel flow kg/h
_CURVE = np.array(
    [
        (0, 0, 288, 0), (6, 30, 560, 120), (21, 60, 715, 300), (33, 70, 730, 480),
        (50, 80, 775, 860), (70, 87.5, 885, 1_750), (85, 93, 992, 3_000), (92, 96, 1_052, 3_850),
        (98, 99, 1_108, 4_500), (106, 103, 1_180, 5_300),
    ],
    dtype=np.float64,
).T  # fmt: skip


def theta(alt_ft: Floats, mach: Floats, deviation_degc: Floats) -> Floats:
    """Total temperature at the intake over 288.15 K."""
    heating = 1.0 + 0.2 * mach**2
    return np.asarray(temperature_k(alt_ft, deviation_degc) * heating / SEA_LEVEL_K)


def core_speed_pct(n1_pct: Floats, ratio: Floats) -> Floats:
    """n2, per cent."""
    root = np.sqrt(ratio)
    return np.asarray(np.interp(n1_pct / root, _CURVE[0], _CURVE[1]) * root)


def egt_degc(n1_pct: Floats, ratio: Floats) -> Floats:
    """Exhaust gas temperature of an engine as new."""
    kelvin = np.interp(n1_pct / np.sqrt(ratio), _CURVE[0], _CURVE[2]) * ratio
    return np.asarray(kelvin - ZERO_DEGC_K)


def fuel_flow_kg_h(n1_pct: Floats, ratio: Floats, alt_ft: Floats, mach: Floats) -> Floats:
    """Fuel flow of one engine as new."""
    root = np.sqrt(ratio)
    delta = pressure_ratio(alt_ft) * (1.0 + 0.2 * mach**2) ** 3.5
    return np.asarray(np.interp(n1_pct / root, _CURVE[0], _CURVE[3]) * delta * root)


def oil_goal_degc(n1_pct: Floats, outside_degc: Floats) -> Floats:
    """Where the oil temperature settles at this fan speed."""
    return np.asarray(62.0 + 0.42 * n1_pct + 0.25 * outside_degc)


def oil_pressure_psi(n2_pct: Floats, oil_temp_degc: Floats) -> Floats:
    """The pump turns with the core; hot oil is thin."""
    thin = 1.0 - 0.0018 * (oil_temp_degc - 90.0)
    running = np.minimum(n2_pct / 60.0, 1.0)
    return np.asarray(running * (12.0 + 0.36 * n2_pct * thin))


def vibration(n1_pct: Floats, unbalance: Floats) -> Floats:
    """Fan vibration, AVM units: an unbalance's force grows with the square of its speed."""
    running = np.minimum(n1_pct / GROUND_IDLE, 1.0)
    return np.asarray(running * (0.2 + unbalance * (n1_pct / 90.0) ** 2))
