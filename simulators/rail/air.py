"""Compressed air: brakes and doors draw on the main reservoir, a compressor fills it in cycles.

Cut-in at 7.6 bar and cut-out at 9.4 bar as in MetroPT; rates are start values of ours.
"""

import numpy as np

from simulators.noise import Floats
from simulators.rail.pieces import DWELL, RUN, STABLED, Pieces, split

CUT_IN_BAR, CUT_OUT_BAR, _LEAST_BAR = 7.6, 9.4, 5.8
_PUMP_BAR_PER_S = 0.045
_ASLEEP, _AWAKE, _BRAKE, _DOORS = 0.00008, 0.0015, 0.009, 0.02  # bar/s


# From a second on, inside a parent piece, the pressure moves at a rate: (parent, start_s, bar,
# bar_per_s, pumping).  Plain tuples: there are a thousand to a duty.
_Knot = tuple[int, float, float, float, bool]


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
    knots: list[_Knot] = []
    last_s = np.diff(np.append(pieces.start_s, end_s))
    idle, filling = -drawn, _PUMP_BAR_PER_S - drawn
    columns = (pieces.start_s, idle, idle * last_s, filling, filling * last_s)
    for parent, (start_s, fall, fallen, rise, risen) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        then = bar + (risen if pumping else fallen)
        if (_LEAST_BAR <= then <= CUT_OUT_BAR) if pumping else then >= CUT_IN_BAR:
            knots.append((parent, start_s, bar, rise if pumping else fall, pumping))
            bar = then
        else:
            first = (parent, start_s, bar, fall, pumping)
            bar, pumping = _switch(knots, first, float(last_s[parent]))
    parents, starts, bars, rates, pumps = (np.array(column) for column in zip(*knots, strict=True))
    made = split(pieces, parents, starts)
    return made._replace(bar=bars, bar_per_s=rates, pumping=pumps * 1.0), bar, pumping


def _switch(knots: list[_Knot], first: _Knot, last_s: float) -> tuple[float, bool]:
    # One piece in which the compressor switches: as many knots as it does so, and one.
    parent, start_s, bar, draw, pumping = first
    while True:
        rate = draw + _PUMP_BAR_PER_S if pumping else draw
        edge = CUT_OUT_BAR if pumping else CUT_IN_BAR
        switch_s = (edge - bar) / rate if (rate > 0) == pumping else last_s
        if switch_s >= last_s:
            break
        knots.append((parent, start_s, bar, rate, pumping))
        start_s, last_s, bar, pumping = start_s + switch_s, last_s - switch_s, edge, not pumping
    if bar + rate * last_s < _LEAST_BAR:  # by then the train's brakes would hold it
        rate = (_LEAST_BAR - bar) / last_s
    knots.append((parent, start_s, bar, rate, pumping))
    return bar + rate * last_s, pumping
