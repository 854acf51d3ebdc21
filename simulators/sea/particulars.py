"""What kind of ship each one is: hull, engine, tanks, and the habits of its crew.

Main dimensions, powers and speeds are those of typical ships of the type as builders and class
registers publish them; consumption follows from power and specific consumption (`engine`).
"""

from typing import NamedTuple

import numpy as np

from simulators.names import TRADES
from simulators.noise import Floats, Ints, Keys, uniform


class Hull(NamedTuple):
    """A type: sizes in m and t, design speed at 85 % of MCR laden in kn, usual orders in kn."""

    dwt: float
    length_m: float
    draught_m: float
    ballast_m: float
    design_kn: float
    slowest_kn: float
    fastest_kn: float
    mcr_kw: float
    mcr_rpm: float
    turbo_rpm: float
    bunkers_t: float
    auxiliaries_t_h: float
    liner: bool


HULLS = (
    Hull(82_000, 229, 14.4, 7.4, 14.2, 11.8, 13.8, 11_300, 90, 17_500, 2_400, 0.11, False),
    Hull(208_000, 300, 18.4, 9.6, 14.6, 11.4, 13.6, 17_500, 78, 14_500, 3_900, 0.14, False),
    Hull(157_000, 274, 17.0, 8.8, 15.0, 11.8, 14.0, 15_700, 80, 14_800, 3_600, 0.18, False),
    Hull(114_000, 250, 15.0, 8.0, 15.0, 11.8, 14.2, 12_500, 90, 16_200, 2_800, 0.17, False),
    Hull(147_000, 366, 15.5, 10.2, 22.0, 15.5, 18.6, 45_000, 82, 12_500, 3_950, 0.25, True),
    Hull(63_500, 200, 13.3, 6.8, 14.2, 11.6, 13.5, 8_600, 89, 18_000, 2_100, 0.10, False),
    Hull(50_000, 183, 13.0, 6.9, 14.5, 11.8, 13.8, 7_600, 96, 18_200, 1_900, 0.13, False),
    Hull(37_000, 186, 11.5, 7.2, 20.0, 14.0, 17.0, 21_000, 100, 16_800, 2_200, 0.15, True),
)


class Particulars:
    """The ships' types and habits as arrays, one row a ship; `habits` scales how crews differ."""

    def __init__(self, keys: Keys, numbers: Ints, habits: float) -> None:
        types = TRADES["ship"].types
        sizes = [types[int(number) % len(types)].details["dwt"] for number in numbers]
        chosen = [min(HULLS, key=lambda hull: abs(hull.dwt - dwt)) for dwt in sizes]
        table = np.array(chosen, dtype=np.float64).reshape(len(numbers), len(Hull._fields))
        columns = dict(zip(Hull._fields, table.T, strict=True))
        self.deadweight_t = np.array(sizes, dtype=np.float64)
        self.length_m, self.draught_m = columns["length_m"], columns["draught_m"]
        self.ballast_m, self.design_kn = columns["ballast_m"], columns["design_kn"]
        self.slowest_kn, self.fastest_kn = columns["slowest_kn"], columns["fastest_kn"]
        self.mcr_kw, self.mcr_rpm = columns["mcr_kw"], columns["mcr_rpm"]
        self.turbo_rpm = columns["turbo_rpm"] * between(keys, 1, 0.96, 1.04)
        self.bunkers_t = columns["bunkers_t"]
        self.auxiliaries_t_h = columns["auxiliaries_t_h"] * between(keys, 2, 0.85, 1.15)
        self.liner = columns["liner"] > 0
        # A loaded merchant ship gains half a knot a minute at most; cautious crews take longer.
        self.gain_kn_min = 0.36 + 0.1 * habits * (uniform(keys, 3, 0) - 0.5)
        self.loss_kn_min = self.gain_kn_min + 0.08


def between(keys: Keys, stream: int, low: float, high: float, step: int = 0) -> Floats:
    """Numbers in [low, high), one a key."""
    return low + (high - low) * uniform(keys, stream, step)
