"""Shares of a fleet that hold in small fleets too, where a draw for each asset would stray."""

import numpy as np

from simulators.noise import Bools, Ints, Keys, uniform

GOLDEN, SILVER = (5**0.5 - 1) / 2, 2**0.5 - 1
"""Multiples of either spread any number of assets evenly.  Ships begin by those of the golden one:
what else is shared out among them goes by the silver one, or the same ships would have it."""


def evenly(numbers: Ints, world: Keys, stream: int, share: float, ratio: float = GOLDEN) -> Bools:
    """Which of the assets by their numbers belong to `share` of them; `world` is one key.

    Whoever simulates a part of the fleet alone finds the same ones.
    """
    first = uniform(world, stream, 0)
    return np.asarray((numbers * ratio + first) % 1.0 < share)
