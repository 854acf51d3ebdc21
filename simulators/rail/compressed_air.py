"""Compressed air: brakes and doors draw on the main reservoir, a compressor fills it in cycles.

Cut-in at 7.6 bar and cut-out at 9.4 bar as in MetroPT; rates are start values of ours.
"""

import numpy as np

from simulators.compiled import entry
from simulators.noise import Floats, Ints
from simulators.rail.pieces import DWELL, RUN, STABLED, Pieces, split

CUT_IN_BAR, CUT_OUT_BAR, _LEAST_BAR = 7.6, 9.4, 5.8
_PUMP_BAR_PER_S = 0.045
_ASLEEP, _AWAKE, _BRAKE, _DOORS = 0.00008, 0.0015, 0.009, 0.02  # bar/s


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
    lasting_s = np.diff(np.append(pieces.start_s, end_s))
    parents, starts, bars, pumps, bar, pumping = _switched(
        pieces.start_s, lasting_s, drawn, bar, pumping
    )
    lasting_s = np.maximum(np.diff(np.append(starts, end_s)), 1e-9)
    rates = np.diff(np.append(bars, bar)) / lasting_s
    made = split(pieces, parents, starts)
    return made._replace(bar=bars, bar_per_s=rates, pumping=pumps), bar, pumping


@entry
def _switched(
    start_s: Floats, lasting_s: Floats, drawn: Floats, bar: float, pumping: bool
) -> tuple[Ints, Floats, Floats, Floats, float, bool]:
    """Where air moves anew, at the start of each piece or inside it: the piece, the second, what
    holds then; and what holds at the end.
    """
    parents, starts, bars, pumps = [0], [0.0], [0.0], [0.0]
    for piece in range(len(start_s)):
        at_s, left_s = start_s[piece], lasting_s[piece]
        while True:
            parents.append(piece)
            starts.append(at_s)
            bars.append(bar)
            pumps.append(1.0 if pumping else 0.0)
            rate = _PUMP_BAR_PER_S - drawn[piece] if pumping else -drawn[piece]
            edge = CUT_OUT_BAR if pumping else CUT_IN_BAR
            switch_s = (edge - bar) / rate if (rate > 0) == pumping else left_s
            if switch_s >= left_s:
                # Where air runs out, the brakes would by then hold the train.
                bar = max(bar + rate * left_s, _LEAST_BAR)
                break
            at_s, left_s, bar, pumping = at_s + switch_s, left_s - switch_s, edge, not pumping
    told = np.array(parents)[1:], np.array(starts)[1:], np.array(bars)[1:], np.array(pumps)[1:]
    return *told, bar, pumping
