"""What goes wrong with trains: the catalogue, and what instruments show of it.

Words of `MetroTrains.ready`: `any`; `in_service`: out of the depot for half an hour more at least;
`running` and `dwelling`: in service and moving, or standing at a station; `stabled`: in the depot;
`leaving`: about to begin a run of more than 1.3 km; `arriving`: at a stop within 100 s, to go on.
Overspeed and held doors alter the plan of a duty (see duty), a leak the air (see spell); the others
are here: they add to what is true, in proportion to how the train runs.
"""

from collections.abc import Callable, Mapping

import numpy as np

from simulators.fault import Fault, Kind
from simulators.noise import Floats, Ints
from simulators.rail.pieces import RUN, Pieces

AXLE_BOXES = tuple(f"axle_box_{n}_degc" for n in range(1, 5))
_COOLING_S, _FORGOTTEN_S = 900.0, 7200
_RAMP_SHARE, _LONGEST_RAMP_S = 0.7, 2400.0
_USUAL_AXLE_DEGC, _USUAL_MOTOR_DEGC = 17.0, 50.0


def _kind(
    name: str, needs: str, duration_s: tuple[int, int], size: tuple[float, float], severity: str,
    expect: str, notice_within_s: int, channels: tuple[str, ...] = (), one: bool = False,
) -> Kind:  # fmt: skip
    return Kind(name, "behaviour", "metro", needs, duration_s, size, severity, expect,
                notice_within_s, channels, one)  # fmt: skip


KINDS = (
    # Size: m/s that the driver lets the train reach.
    _kind("overspeed", "leaving", (600, 1500), (24.0, 26.0), "alarm", "overspeed", 120),
    # Size: g at 20 m/s, from one second to the next.
    _kind("wheel_flat", "running", (3600, 14_400), (0.6, 2.0), "warning",
          "anomaly|drift", 900, ("bogie_vib_g",)),
    # Size: degC over the peers at usual speed, at the end of the ramp.
    _kind("bearing_heating", "in_service", (1200, 3600), (30.0, 60.0), "alarm",
          "anomaly|limit|drift", 2400, AXLE_BOXES, True),
    # Size: bar/s lost; above about 0.04 the compressor cannot hold 7 bar.
    _kind("compressor_leak", "in_service", (1800, 5400), (0.012, 0.05), "warning",
          "anomaly|limit|drift", 2400, ("main_res_bar", "compressor_a", "compressor_oil_degc")),
    # Size: degC at usual load, at the end of the ramp.
    _kind("motor_overheating", "in_service", (2400, 7200), (35.0, 80.0), "warning",
          "anomaly|limit|drift", 3600, ("motor_degc",)),
    # Doors reported open while the train moves.
    _kind("door_open", "running", (90, 600), (1.0, 1.0), "alarm", "limit|anomaly", 60,
          ("doors_open",)),
    # Size: seconds for which the doors of one stop will not close.
    _kind("door_hold", "arriving", (300, 600), (180.0, 480.0), "warning", "limit|anomaly", 600),
)  # fmt: skip
NAMES = frozenset(kind.name for kind in KINDS)
PLANNED = frozenset({"overspeed", "door_hold", "compressor_leak"})


def shows(fault: Fault, second: int) -> bool:
    """Whether a fault still shows at a second: what is hot takes its time to cool."""
    return second < fault.end + _FORGOTTEN_S


def befall(faults: list[Fault], rows: Ints, times: Ints, pieces: Pieces,
           true: Mapping[str, Floats]) -> None:  # fmt: skip
    """Alters the `true` values of places (row, time), channel by channel, as faults have it."""
    for fault in faults:
        effect = _EFFECTS.get(fault.kind.name)
        mine = np.flatnonzero((rows == fault.row) & (times >= fault.start))
        if effect is None or not len(mine):
            continue
        channel = fault.channels[0] if fault.channels else fault.kind.channels[0]
        here = Pieces(*(column[mine] for column in pieces))
        true[channel][mine] = effect(fault, times[mine], here, true[channel][mine])


def _grown(fault: Fault, times: Ints) -> Floats:
    # Grows along a ramp while the fault acts, cools after.
    ramp_s = min(_LONGEST_RAMP_S, _RAMP_SHARE * (fault.end - fault.start))
    grown = np.clip((np.minimum(times, fault.end) - fault.start) / ramp_s, 0.0, 1.0)
    return np.asarray(grown * np.exp(-np.maximum(times - fault.end, 0) / _COOLING_S))


def _shake(fault: Fault, times: Ints, here: Pieces, true: Floats) -> Floats:
    speed = here.speed_mps + here.accel_mps2 * (times - here.start_s)
    hit = fault.size * (np.maximum(speed, 0.0) / 20.0) ** 1.5
    return np.asarray(true + np.where(times < fault.end, hit, 0.0))


def _heat_bearing(fault: Fault, times: Ints, here: Pieces, true: Floats) -> Floats:
    running = np.clip(here.axle / _USUAL_AXLE_DEGC, 0.0, 1.25)
    return np.asarray(true + fault.size * running * _grown(fault, times))


def _heat_motor(fault: Fault, times: Ints, here: Pieces, true: Floats) -> Floats:
    load = np.clip(here.motor / _USUAL_MOTOR_DEGC, 0.0, 1.6)
    return np.asarray(true + fault.size * load * _grown(fault, times))


def _open_doors(fault: Fault, times: Ints, here: Pieces, true: Floats) -> Floats:
    return np.where((here.state == RUN) & (times < fault.end), 1.0, true)


_Effect = Callable[[Fault, Ints, Pieces, Floats], Floats]
_EFFECTS: Mapping[str, _Effect] = {
    "wheel_flat": _shake,
    "bearing_heating": _heat_bearing,
    "motor_overheating": _heat_motor,
    "door_open": _open_doors,
}
