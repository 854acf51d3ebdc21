"""Workshop stays by km: inspections about every 30,000 km, a rare overhaul every 700,000 km.

After a stay the wheels are turned and parts exchanged: the baselines of the channels shift.
Intervals are those of metro practice (three-month inspection, overhaul at 600-800 thousand km).
"""

from typing import NamedTuple

from simulators.noise import Keys, uniform

INSPECTION, OVERHAUL = "three-month inspection", "intermediate overhaul"
_INSPECTION_KM, _OVERHAUL_KM = 30_000.0, 700_000.0
_HOUR_S, _DAY_S = 3600.0, 86_400.0
_DUE, _LENGTH, _PHASE, _BEFORE, _SINCE = range(30, 35)


class Stay(NamedTuple):
    """Out of use in the workshop of the depot, in whole seconds of the world."""

    start_s: int
    end_s: int
    level: str


def counters(keys: Keys) -> tuple[float, int, float]:
    """Odometer, workshop stays behind it, and the odometer at the last one, as a world begins."""
    odometer_km = 60_000 + 690_000 * float(uniform(keys, _BEFORE, 0)[0])
    since_km = 0.9 * _INSPECTION_KM * float(uniform(keys, _SINCE, 0)[0])
    return odometer_km, int(odometer_km / _INSPECTION_KM), odometer_km - since_km


def stay_due(
    keys: Keys, at_s: float, odometer_km: float, works: int, wheel_km: float
) -> Stay | None:
    """The stay that a train begins after it comes to the depot at `at_s`, if one is due."""
    due_km = _INSPECTION_KM * (0.9 + 0.2 * uniform(keys, _DUE, works)[0])
    if odometer_km - wheel_km < due_km:
        return None
    phase_km = _OVERHAUL_KM * uniform(keys, _PHASE, 0)[0]
    overhaul = (odometer_km + phase_km) // _OVERHAUL_KM > (wheel_km + phase_km) // _OVERHAUL_KM
    length = 0.75 + 0.5 * uniform(keys, _LENGTH, works)[0]
    start_s = at_s + _HOUR_S
    end_s = start_s + length * (24 * _DAY_S if overhaul else _DAY_S)
    return Stay(int(start_s), int(end_s), OVERHAUL if overhaul else INSPECTION)
