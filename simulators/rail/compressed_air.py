"""Compressed air: brakes and doors draw on the main reservoir, a compressor fills it in cycles.

Cut-in at 7.6 bar and cut-out at 9.4 bar as in MetroPT; rates are start values of ours.
"""

from typing import NamedTuple

import numpy as np

from simulators.noise import Floats
from simulators.rail.pieces import DWELL, RUN, STABLED, Pieces, split

CUT_IN_BAR, CUT_OUT_BAR, _LEAST_BAR = 7.6, 9.4, 5.8
_PUMP_BAR_PER_S = 0.045
_ASLEEP, _AWAKE, _BRAKE, _DOORS = 0.00008, 0.0015, 0.009, 0.02  # bar/s


class Switch(NamedTuple):
    """The compressor starts or stops at `start_s`, inside piece `piece`."""

    piece: int
    start_s: float
    bar: float
    pumping: bool


def drawn_bar_per_s(pieces: Pieces) -> Floats:
    """What brakes, doors and the rest draw in each piece."""
    braking = (pieces.state == RUN) & (pieces.accel_mps2 < -0.5)
    doors = (pieces.state == DWELL) & (pieces.doors_open == 0)
    rest = np.where(pieces.state == STABLED, _ASLEEP, _AWAKE)
    return np.asarray(rest + _BRAKE * braking + _DOORS * doors)


def breathed(
    pieces: Pieces, end_s: float, drawn: Floats, bar: float, pumping: bool
) -> tuple[Pieces, float, bool]:
    """The pieces cut where the compressor starts and stops; pressure and pump at the end."""
    last_s = np.diff(np.append(pieces.start_s, end_s))
    falls, rises = -drawn * last_s, (_PUMP_BAR_PER_S - drawn) * last_s
    bars, pumps = [], []  # as each piece begins
    switches: list[Switch] = []
    for piece, (fall, rise) in enumerate(zip(falls.tolist(), rises.tolist(), strict=True)):
        bars.append(bar)
        pumps.append(pumping)
        then = bar + (rise if pumping else fall)
        if (_LEAST_BAR <= then <= CUT_OUT_BAR) if pumping else then >= CUT_IN_BAR:
            bar = then
        else:
            here = Switch(piece, float(pieces.start_s[piece]), bar, pumping)
            bar, pumping = _switch(switches, here, float(drawn[piece]), float(last_s[piece]))
    whole = [np.arange(len(bars)), pieces.start_s, np.array(bars), np.array(pumps, dtype=np.bool_)]
    return _cut_at(switches, pieces, whole, end_s, bar), bar, pumping


def _switch(switches: list[Switch], here: Switch, draw: float, last_s: float) -> tuple[float, bool]:
    # One piece in which the compressor switches, or air is short; what holds at its end.
    piece, start_s, bar, pumping = here
    while True:
        rate = _PUMP_BAR_PER_S - draw if pumping else -draw
        edge = CUT_OUT_BAR if pumping else CUT_IN_BAR
        switch_s = (edge - bar) / rate if (rate > 0) == pumping else last_s
        if switch_s >= last_s:
            # Where air runs out, the brakes would by then hold the train.
            return max(bar + rate * last_s, _LEAST_BAR), pumping
        start_s, last_s, bar, pumping = start_s + switch_s, last_s - switch_s, edge, not pumping
        switches.append(Switch(piece, start_s, bar, pumping))


def _cut_at(
    switches: list[Switch], pieces: Pieces, whole: list[Floats], end_s: float, last_bar: float
) -> Pieces:
    # Both in order of pieces, those that begin a piece first; rates are what lies in between.
    more = [np.array(column) for column in zip(*switches, strict=True)] or [np.empty(0)] * 4
    both = [np.concatenate(pair) for pair in zip(whole, more, strict=True)]
    order = np.argsort(both[0], kind="stable")
    parents, starts, bars, pumps = (column[order] for column in both)
    lasting_s = np.maximum(np.diff(np.append(starts, end_s)), 1e-9)
    rates = np.diff(np.append(bars, last_bar)) / lasting_s
    made = split(pieces, parents.astype(np.int64), starts)
    return made._replace(bar=bars, bar_per_s=rates, pumping=pumps * 1.0)
