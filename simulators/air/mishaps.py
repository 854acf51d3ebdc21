"""What goes wrong with aircraft, and how it looks in their motion and engines.

A fault acts on what is sampled in its time; two outlast it: a spoilt landing is known from its
flare on, and an aircraft that flew too fast flies slower until it is back on its plan.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulators.air.atmosphere import sound_kn
from simulators.air.legs import Legs, State
from simulators.fault import MASKED, Fault, Kind
from simulators.fleet import Span
from simulators.geo import MPS_PER_KN
from simulators.noise import Bools, Floats, Ints, Keys, smooth

KINDS = (
    Kind("hard_landing", "behaviour", "aircraft", "arriving", (60, 60), (2.15, 3.0), "alarm",
         "hard_landing", 120),
    Kind("fan_vibration", "behaviour", "aircraft", "under_power", (1_200, 3_600), (2.6, 3.6),
         "alarm", "limit|anomaly", 600, ("vib_n1",)),
    Kind("exhaust_rise", "behaviour", "aircraft", "under_power", (1_800, 5_400), (45.0, 95.0),
         "alarm", "anomaly|drift|limit", 900, ("egt_degc", "fuel_flow_kg_h")),
    Kind("oil_loss", "behaviour", "aircraft", "under_power", (1_800, 4_800), (14.0, 28.0), "alarm",
         "anomaly|drift|limit", 1_200, ("oil_press_psi", "oil_temp_degc")),
    Kind("gps_interference", "behaviour", "aircraft", "airborne", (300, 1_200), (300.0, 4_000.0),
         "warning", "gps_interference|position_jump", 180),
    Kind("overspeed", "behaviour", "aircraft", "level", (200, 330), (640.0, 680.0), "warning",
         "overspeed", 150),
)  # fmt: skip
_NAMES = frozenset(kind.name for kind in KINDS)
_FAST_RAMP_S, _BACK_S, _HIGHEST_MACH = 60.0, 1_140.0, 0.93
_M_PER_DEG = 111_195.0


class _Fast(NamedTuple):
    """Speed above the plan: knots `excess_kn` at `seconds` after the start, `way` flown by then."""

    seconds: Floats
    excess_kn: Floats
    way: Floats


class Mishaps:
    """The faults that act on a fleet."""

    def __init__(self, keys: Keys, legs: Legs, columns: dict[str, int]) -> None:
        self._keys, self._legs, self._columns = keys, legs, columns
        self._acting: dict[str, tuple[Fault, int]] = {}
        self._fast: dict[str, _Fast] = {}

    def take(self, faults: Sequence[Fault]) -> list[Span]:
        """Faults of the block about to be lived; tells of those whose true time is another."""
        new = [f for f in faults if f.kind.name in _NAMES and f.id not in self._acting]
        return [span for fault in new for span in self._begin(fault)]

    def forget(self, before: int) -> None:
        """Lets go of faults that are over."""
        for name in [name for name, (_, last) in self._acting.items() if last < before]:
            del self._acting[name]
            self._fast.pop(name, None)

    def _begin(self, fault: Fault) -> list[Span]:
        self._acting[fault.id] = (fault, fault.end)
        if fault.kind.name == "overspeed":
            self._fast[fault.id] = self._speed_up(fault)
            self._acting[fault.id] = (fault, fault.end + int(_BACK_S))
        if fault.kind.name == "hard_landing":
            return self._spoil(fault)
        return []

    def _spoil(self, fault: Fault) -> list[Span]:
        slot = int(self._legs.newest[fault.row])
        down = float(self._legs.flight(np.array([slot])).touch_down[0])
        sink_ft_min = 620.0 + 480.0 * (fault.size - 2.1)
        flare = self._legs.drop_in(slot, sink_ft_min, fault.size)
        self._acting[fault.id] = (fault, int(down) + 60)
        return [Span(fault.id, flare, int(down) + 60)]

    def _speed_up(self, fault: Fault) -> _Fast:
        state = self._legs.at(np.array([fault.row]), np.array([fault.start]))
        excess, lasts = fault.size - float(state.gs_kn[0]), float(fault.end - fault.start)
        ramp, back = min(_FAST_RAMP_S, lasts / 4), lasts + _BACK_S
        slower = excess * (lasts - ramp) / (_BACK_S - ramp)
        seconds = np.array([0, ramp, lasts - ramp, lasts, lasts + ramp, back - ramp, back])
        kn = np.array([0, excess, excess, 0, -slower, -slower, 0])
        return _Fast(seconds, kn, _way(seconds, kn))

    def moved(self, rows: Ints, times: Ints, state: State) -> State:
        """The state of those that fly too fast, and of those that make up for it."""
        for name, fast in self._fast.items():
            fault, last = self._acting[name]
            mine = np.flatnonzero((rows == fault.row) & (times >= fault.start) & (times < last))
            if len(mine):
                state = _moved(state, mine, fast, (times[mine] - fault.start).astype(np.float64))
        return state

    def show(self, rows: Ints, times: Ints, shown: Floats) -> None:
        """Alters what engines and receivers truly have, in place."""
        for fault, at, ramp in self._places(rows, times):
            effect = _EFFECTS.get(fault.kind.name)
            if effect:
                values = {name: shown[at, column] for name, column in self._columns.items()}
                for name, new in effect(values, fault.size * ramp).items():
                    shown[at, self._columns[name]] = new

    def wander(self, rows: Ints, times: Ints, lat: Floats, lon: Floats, shown: Floats) -> None:
        """What a disturbed receiver says of its place and of how well it knows it, in place."""
        for fault, at, ramp in self._places(rows, times):
            if fault.kind.name == "gps_interference":
                key = self._keys[rows[at]]
                north, east, doubt = (smooth(key, np.asarray(90 + k), times[at], np.asarray(150.0))
                                      for k in range(3))  # fmt: skip
                lon[at] += east * fault.size * ramp / _M_PER_DEG / np.cos(np.radians(lat[at]))
                lat[at] += north * fault.size * ramp / _M_PER_DEG
                if fault.variant != MASKED:
                    shown[at, self._columns["nac_p"]] = np.clip(np.rint(1.0 + doubt), 0, 2)

    def _places(self, rows: Ints, times: Ints) -> list[tuple[Fault, Ints, Floats]]:
        """The faults with their places among (rows, times), and how far they have grown there."""
        found = []
        for fault, _ in self._acting.values():
            mine: Bools = (rows == fault.row) & (times >= fault.start) & (times < fault.end)
            at = np.flatnonzero(mine)
            if len(at):
                grows_s = min(_GROWS_S.get(fault.kind.name, 30.0), (fault.end - fault.start) / 2)
                found.append((fault, at, np.minimum((times[at] - fault.start) / grows_s, 1.0)))
        return found


_GROWS_S = {"fan_vibration": 120.0, "exhaust_rise": 300.0, "oil_loss": 1_500.0}


def _more_vibration(true: dict[str, Floats], size: Floats) -> dict[str, Floats]:
    return {"vib_n1": true["vib_n1"] + size * (true["n1_pct"] / 90.0) ** 2}


def _hotter(true: dict[str, Floats], size: Floats) -> dict[str, Floats]:
    # Less efficient turbines need more fuel for the same fan speed: 1 % for 25 degC.
    load = np.minimum(true["n1_pct"] / 85.0, 1.1)
    return {"egt_degc": true["egt_degc"] + size * load,
            "fuel_flow_kg_h": true["fuel_flow_kg_h"] * (1.0 + size * load / 2_500.0)}  # fmt: skip


def _less_oil(true: dict[str, Floats], size: Floats) -> dict[str, Floats]:
    running = np.minimum(true["n1_pct"] / 60.0, 1.0)
    return {"oil_press_psi": true["oil_press_psi"] - size * running,
            "oil_temp_degc": true["oil_temp_degc"] + 1.1 * size * running}  # fmt: skip


_EFFECTS = {"fan_vibration": _more_vibration, "exhaust_rise": _hotter, "oil_loss": _less_oil}


def _way(seconds: Floats, kn: Floats) -> Floats:
    steps = (kn[1:] + kn[:-1]) / 2 * np.diff(seconds)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _moved(state: State, at: Ints, fast: _Fast, since: Floats) -> State:
    piece = np.clip(np.searchsorted(fast.seconds, since, side="right") - 1, 0, 5)
    excess = np.interp(since, fast.seconds, fast.excess_kn)
    within = since - fast.seconds[piece]
    way = fast.way[piece] + (fast.excess_kn[piece] + excess) / 2 * within
    along, gs, tas, n1 = (values + 0.0 for values in (state.along_m, state.gs_kn, state.tas_kn,
                                                      state.n1_pct))  # fmt: skip
    along[at] += way * MPS_PER_KN
    gs[at] += excess
    # What the engines cannot give, the core of a jet stream does.
    fastest = _HIGHEST_MACH * sound_kn(state.alt_ft[at], state.deviation_degc[at])
    tas[at] = np.minimum(tas[at] + excess, fastest)
    n1[at] = np.minimum(n1[at] + 12.0 * excess / fast.excess_kn.max(), 100.0)
    return state._replace(along_m=along, gs_kn=gs, tas_kn=tas, n1_pct=n1)
