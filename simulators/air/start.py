"""What aircraft are at when the world begins: of ten, five are en route, one lands and one climbs,
two leave soon and one sits.  After that the schedule takes over.
"""

import numpy as np

from simulators.air import profile as p
from simulators.air.profile import Knots
from simulators.noise import Floats, Ints, Keys, uniform

_SHARE = 15  # stream
_EN_ROUTE, _NEARING, _LANDING, _CLIMBING, _FIRST, _SECOND = 4, 4, 5, 6, 7, 8


def begin(numbers: Ints, keys: Keys, knots: Knots) -> tuple[Floats, Floats]:
    """How long ago the flights `knots` left, and until when those that stand do so, else nan."""
    kind, share = numbers % 10, uniform(keys, _SHARE, 0)
    time = knots.time - knots.time[:, :1]
    top, descent, down = (time[:, k] for k in (p.TOP_OF_CLIMB, p.TOP_OF_DESCENT, p.TOUCH_DOWN))
    elapsed = np.select(
        [kind < _EN_ROUTE, kind == _NEARING, kind == _LANDING, kind == _CLIMBING],
        [top + (descent - top) * (0.02 + 0.9 * share), down - 300 - 500 * share,
         down - 100 - 150 * share, time[:, p.LIFT_OFF] + 40 + 360 * share],
        default=time[:, p.GATE] + 2_400.0,
    )  # fmt: skip
    soon = np.select([kind == _FIRST, kind == _SECOND], [15 + 60 * share, 75 + 200 * share],
                     default=3_600 * (0.5 + 3 * share))  # fmt: skip
    return np.asarray(elapsed), np.where(kind < _FIRST, np.nan, soon)
