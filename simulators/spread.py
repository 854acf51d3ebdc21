"""Shares of a fleet that hold in small fleets too, where a draw for each asset would stray."""

import numpy as np

from simulators.noise import Bools, Ints, Keys, uniform

# Its multiples spread any number of assets evenly, and otherwise than the golden ratio's, by which
# it is settled where assets begin.
_SILVER = 2**0.5 - 1


def evenly(numbers: Ints, world: Keys, stream: int, share: float) -> Bools:
    """Which of the assets by their numbers belong to `share` of them; `world` is one key.

    Whoever simulates a part of the fleet alone finds the same ones.
    """
    first = uniform(world, stream, 0)
    return np.asarray((numbers * _SILVER + first) % 1.0 < share)
