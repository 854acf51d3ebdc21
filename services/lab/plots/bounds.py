"""The figures behind the published ranges, each from the tracks of one class."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from services.lab.plots.aircraft import in_phase
from services.lab.plots.figures import (
    change_rates,
    cruise,
    dwells_s,
    flights,
    joined,
    km_a_day,
    taxi_kn,
    vertical_rates,
)
from services.lab.plots.ranges import RANGES
from services.lab.plots.tracks import DAY_S, Track
from simulators.noise import Bools, Floats

Tracks = Sequence[Track]
Figure = Callable[[Tracks], Floats]


def _where(channel: str, holds: Callable[[Track], Bools]) -> Figure:
    return lambda tracks: joined(track.channels[channel][holds(track)] for track in tracks)


def _always(channel: str) -> Figure:
    return lambda tracks: joined(track.told(channel)[1][0] for track in tracks)


def _at_sea(field: str) -> Figure:
    return lambda tracks: joined(getattr(cruise(track), field) for track in tracks)


def _in(phase: str, channel: str) -> Figure:
    return lambda tracks: in_phase(list(tracks), channel, phase)


def _runs(track: Track) -> Bools:
    """A ship under way at sea speed: her engine is warm."""
    return np.asarray((track.channels["nav_status"] == 0) & (track.channels["sog_kn"] > 8))


def _flies(track: Track) -> Bools:
    return np.asarray(track.channels["on_ground"] == 0)


def _serves(track: Track) -> Bools:
    """A train that moved within the last ten minutes."""
    moved = track.times[track.channels["speed_mps"] > 1]
    last = np.searchsorted(moved, track.times, side="right") - 1
    since = track.times - moved[np.maximum(last, 0)]
    return np.asarray((last >= 0) & (since < 600))


def _hours_a_day(tracks: Tracks) -> Floats:
    """Flight hours of each day, by the day of lift-off."""
    return joined(np.bincount(day, hours)[1:-1].astype(float) for day, hours in map(_flown, tracks))


def _flights_a_day(tracks: Tracks) -> Floats:
    return joined(np.bincount(day)[1:-1].astype(float) for day, _ in map(_flown, tracks))


def _flown(track: Track) -> tuple["np.typing.NDArray[np.int64]", Floats]:
    of = flights(track)
    return (of.lift_off // DAY_S).astype(np.int64), (of.touch_down - of.lift_off) / 3600


FIGURES: Mapping[str, Figure] = {
    "ship speed": _always("sog_kn"),
    "ship sea speed": _at_sea("sog_kn"),
    "ship acceleration": lambda tracks: change_rates(tracks, "sog_kn", 60),
    "ship rate of turn": _always("rot_deg_min"),
    "ship draught": _always("draught_m"),
    "ship fuel under way": _at_sea("fuel_t_day"),
    "ship load under way": _at_sea("load_pct"),
    "ship rpm under way": _at_sea("rpm"),
    "ship exhaust under way": _at_sea("exhaust_degc"),
    "ship lubricating oil pressure": _where("lo_press_bar", _runs),
    "ship lubricating oil": _where("lo_temp_degc", _runs),
    "ship jacket water": _where("jacket_cw_degc", _runs),
    "ship main bearing": _where("main_brg_degc", _runs),
    "ship turbocharger": _where("tc_rpm", _runs),
    "aircraft altitude": _always("alt_baro_ft"),
    "aircraft speed in the air": _where("gs_kn", _flies),
    "aircraft speed on taxiways": lambda tracks: joined(map(taxi_kn, tracks)),
    "aircraft vertical rate": vertical_rates,
    "aircraft cruise Mach": _in("cruise", "mach"),
    "aircraft N1 in the air": _where("n1_pct", _flies),
    "aircraft N2 in the air": _where("n2_pct", _flies),
    "aircraft EGT idle": _in("idle on ground", "egt_degc"),
    "aircraft EGT in cruise": _in("cruise", "egt_degc"),
    "aircraft EGT at take-off": lambda tracks: joined(flights(t).egt_degc for t in tracks),
    "aircraft fuel flow in cruise": _in("cruise", "fuel_flow_kg_h"),
    "aircraft fuel flow at take-off": _in("take-off", "fuel_flow_kg_h"),
    "aircraft oil pressure": _where("oil_press_psi", _flies),
    "aircraft oil temperature": _where("oil_temp_degc", _flies),
    "aircraft fan vibration": _where("vib_n1", _flies),
    "aircraft hours a day": _hours_a_day,
    "aircraft flights a day": _flights_a_day,
    "train speed": _always("speed_mps"),
    "train acceleration": _always("accel_mps2"),
    "train dwell": lambda tracks: joined(map(dwells_s, tracks)),
    "train km a day": lambda tracks: joined(map(km_a_day, tracks)),
    "train line voltage": _always("line_voltage_v"),
    "train traction current": _always("traction_current_a"),
    "train reservoir": _always("main_res_bar"),
    "train axle box": _always("axle_box_1_degc"),
    "train motor": _where("motor_degc", _serves),
    "train bogie vibration": _always("bogie_vib_g"),
    "train compressor current": _always("compressor_a"),
    "train compressor oil": _where("compressor_oil_degc", _serves),
    "train passengers": _always("passengers"),
    "train delay": _always("delay_s"),
}
"""By the names of RANGES; the first word says whose tracks."""


def share_inside(name: str, values: Floats) -> float:
    """The share of `values` within the published range of a figure."""
    low, high, _, _ = RANGES[name]
    told = values[np.isfinite(values)]
    return float(np.mean((told >= low) & (told <= high)))
