"""What broken instruments make of true values, and what a spoofed receiver makes of a place.

Each distortion is handed the places of one asset within the fault's time and alters the values of
the channels that the fault names, nothing else.  Sizes are shares of the channel's typical span, so
that one row of the catalogue fits all channels.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from schemas.asset_classes import ASSET_CLASSES
from simulators.fault import MOTION, Fault
from simulators.fleet import Fleet, Sample
from simulators.geo import MPS_PER_KN
from simulators.noise import Floats, Ints, Keys, asset_key, uniform, white

_FAULT_CODE = 77
_DEGREES_PER_KM = 1 / 111.2
_SPIKE_SHARE = 0.06
_WALK_S = 3_600.0
_PACE_KN = {"ship": 3.0, "aircraft": 90.0}  # of spoofers that fake motion too

# What a wrong unit in the converter makes of a value: factor, then offset.
_UNITS: Mapping[str, tuple[float, float]] = {
    "degc": (1.8, 32.0),  # shown in degF
    "kn": (0.514444, 0.0),  # m/s
    "mps": (3.6, 0.0),  # km/h
    "bar": (14.5038, 0.0),  # psi
    "psi": (0.0689476, 0.0),  # bar
    "m": (3.28084, 0.0),  # ft
    "ft": (0.3048, 0.0),  # m
    "h": (1000.0, 0.0),  # kg for t an hour
}


class At(NamedTuple):
    """One fault's places in a sample: positions in it, their seconds, and the column altered."""

    fault: Fault
    where: Ints
    times: Ints
    column: int
    span: float


Memory = dict[str, float]
"""What an instrument stuck at, by fault."""


def distort(fleet: Fleet, sample: Sample, faults: list[Fault], memory: Memory) -> None:
    """Alters `sample` to what the broken instruments of `faults` show."""
    for fault in faults:
        inside = (sample.rows == fault.row) & (sample.times >= fault.start)
        where = np.flatnonzero(inside & (sample.times < fault.end))
        if len(where):
            _DISTORTIONS[fault.kind.name](fleet, sample, fault, where, memory)
    if faults:
        touched = np.isin(sample.rows, [fault.row for fault in faults])
        sample.values[touched] = fleet.panel.rounded(sample.values[touched])


def _places(fleet: Fleet, sample: Sample, fault: Fault, where: Ints) -> list[At]:
    names = fleet.panel.names
    typical = ASSET_CLASSES[fleet.asset_class].channel
    spans = []
    for name in fault.channels:
        low, high = typical(name).typical
        assert low is not None and high is not None, f"{name} has no typical range to go by"
        spans.append(At(fault, where, sample.times[where], names.index(name), high - low))
    return spans


def _key(fault: Fault) -> Keys:
    code = zlib.crc32(fault.id.encode())
    return np.array([asset_key(code, _FAULT_CODE, 0)], dtype=np.uint64)


def _each(alter: Callable[[At, Floats], Floats]) -> "_Distortion":
    """A distortion that alters each named channel by itself: `alter` returns the new values."""

    def distortion(fleet: Fleet, sample: Sample, fault: Fault, where: Ints, memory: Memory) -> None:
        for at in _places(fleet, sample, fault, where):
            sample.values[where, at.column] = alter(at, sample.values[where, at.column])

    return distortion


def _share_done(at: At) -> Floats:
    return np.asarray((at.times - at.fault.start) / (at.fault.end - at.fault.start))


def _drift(at: At, values: Floats) -> Floats:
    return values + at.fault.size * at.span * _share_done(at)


def _bias(at: At, values: Floats) -> Floats:
    return values + at.fault.size * at.span


def _spike(at: At, values: Floats) -> Floats:
    key = _key(at.fault)
    hit = uniform(key, 1, at.times) < _SPIKE_SHARE
    sign = np.where(uniform(key, 2, at.times) < 0.5, -1.0, 1.0)
    return values + hit * sign * at.fault.size * at.span


def _noise(at: At, values: Floats) -> Floats:
    return values + white(_key(at.fault), np.asarray(3), at.times) * at.fault.size * at.span


def _impossible(at: At, values: Floats) -> Floats:
    channels = ASSET_CLASSES[at.fault.kind.asset_class].channels
    name = at.fault.channels[0]
    low, high = next(channel.impossible for channel in channels if channel.name == name)
    assert low is not None and high is not None, f"{name} can be anything"
    return np.full(len(values), high + at.fault.size * (high - low))


def _units(at: At, values: Floats) -> Floats:
    factor, offset = _UNITS[at.fault.channels[0].rpartition("_")[2]]
    return values * factor + offset


def _stuck(fleet: Fleet, sample: Sample, fault: Fault, where: Ints, memory: Memory) -> None:
    for at in _places(fleet, sample, fault, where):
        held = memory.setdefault(fault.id, float(sample.values[where[0], at.column]))
        sample.values[where, at.column] = held


def _swapped(fleet: Fleet, sample: Sample, fault: Fault, where: Ints, memory: Memory) -> None:
    one, other = (at.column for at in _places(fleet, sample, fault, where))
    sample.values[where, one], sample.values[where, other] = (
        sample.values[where, other],
        sample.values[where, one].copy(),
    )


def _spoofed(fleet: Fleet, sample: Sample, fault: Fault, where: Ints, memory: Memory) -> None:
    """Half of the spoofers that have an hour walk the receiver away, all others jump at once.

    Those that fake motion too walk so slowly that speed and course can be made to fit.
    """
    if fault.variant == MOTION:
        _walk_slowly(fleet, sample, fault, where)
        return
    walks = fault.weight < 0.5 and fault.end - fault.start > _WALK_S
    walked = np.minimum((sample.times[where] - fault.start) / _WALK_S, 1.0)
    far_km = fault.size * (walked if walks else 1.0)
    towards_equator = np.where(sample.lat[where] < 0, 1.0, -1.0)
    sample.lat[where] += towards_equator * far_km * _DEGREES_PER_KM


def _walk_slowly(fleet: Fleet, sample: Sample, fault: Fault, where: Ints) -> None:
    pace_kn = _PACE_KN[fleet.asset_class]
    pace_km_s = pace_kn * MPS_PER_KN / 1000.0
    elapsed_s = (sample.times[where] - fault.start).astype(np.float64)
    north = np.where(sample.lat[where] < 0, 1.0, -1.0)
    walking = elapsed_s * pace_km_s < fault.size
    far_km = np.minimum(elapsed_s * pace_km_s, fault.size)
    sample.lat[where] += north * far_km * _DEGREES_PER_KM
    speed, course = (fleet.panel.names.index(name) for name in fault.channels[2:])
    kn, angle = sample.values[where, speed], np.radians(sample.values[where, course])
    shown_north = kn * np.cos(angle) + north * pace_kn * walking
    shown_east = kn * np.sin(angle)
    sample.values[where, speed] = np.hypot(shown_north, shown_east)
    sample.values[where, course] = np.degrees(np.arctan2(shown_east, shown_north)) % 360.0


_Distortion = Callable[[Fleet, Sample, Fault, Ints, Memory], None]
_DISTORTIONS: Mapping[str, _Distortion] = {
    "stuck": _stuck,
    "drift": _each(_drift),
    "bias": _each(_bias),
    "spike": _each(_spike),
    "noise": _each(_noise),
    "unit_mixup": _each(_units),
    "impossible": _each(_impossible),
    "swapped": _swapped,
    "spoofed_position": _spoofed,
}

NAMES = frozenset(_DISTORTIONS)
"""The kinds of fault that act here."""

REMEMBERING = frozenset({"stuck"})
"""Those whose first value matters later."""
