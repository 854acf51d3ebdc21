"""Who the ships are: IMO numbers of ours, and radio numbers of the strangers that a feed hears."""

import numpy as np

from simulators.noise import Ints
from simulators.sea.strangers import PER_FEED


def imo_number(base: int) -> str:
    """Seven digits: six of `base` and the check digit (IMO resolution A.1117(30))."""
    digits = f"{base:06d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True))
    return f"{digits}{check % 10}"


def companion_names(seed: int, numbers: Ints) -> tuple[str, ...]:
    """The ids of ships that keep company with those of `numbers`."""
    return tuple(f"mmsi-{375_000_000 + (seed * 104_729 + 31 * int(n)) % 5_000_000:09d}"
                 for n in numbers)  # fmt: skip


def names_of(seed: int, numbers: Ints, feeds: Ints) -> tuple[str, ...]:
    """The ids of ships by their numbers, and then of the strangers of their feeds."""
    first = 100_000 + seed * 7_919 % 100_000
    ours = [f"ship-{imo_number(900_000 + (first + 37 * int(n)) % 99_991)}" for n in numbers]
    others = [f"mmsi-{370_000_000 + (seed * 104_729 + int(code)) % 5_000_000:09d}"
              for code in stranger_codes(feeds)]  # fmt: skip
    return (*ours, *others)


def stranger_codes(feeds: Ints) -> Ints:
    """A number of its own for each stranger, feed by feed."""
    codes = np.unique(feeds)[:, None] * PER_FEED + np.arange(PER_FEED)
    return np.asarray(codes.ravel() * 7_919)
