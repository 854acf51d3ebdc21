"""Who sails: the fleet's own ships, then the strangers of each feed, then the ships' companions."""

import numpy as np

from simulators.fleet import COMPANION, STRANGER, keys_of
from simulators.noise import Bools, Floats, Ints, asset_key
from simulators.roughness import LookAlikes
from simulators.sea.identity import companion_names, names_of, stranger_codes
from simulators.sea.strangers import PER_FEED

_CLASS_CODE = 1
_STRANGERS_FROM, _COMPANIONS_FROM = 1_000_000, 100_000_000


class Roster:
    """One row a ship; `alive` rows come first: companions have no life of their own, only keys."""

    def __init__(self, seed: int, numbers: Ints, feeds: Ints, look: LookAlikes) -> None:
        codes, kept = stranger_codes(feeds), _with_company(numbers, look)
        self.assets = (*names_of(seed, numbers, feeds), *companion_names(seed, kept))
        others = [np.full(len(codes), STRANGER), np.full(len(kept), COMPANION)]
        self.numbers = np.concatenate([numbers, *others]).astype(np.int64)
        strangers_feeds = np.repeat(np.unique(feeds), PER_FEED)
        self.feeds = np.concatenate([feeds, strangers_feeds, feeds[: len(kept)]]).astype(np.int64)
        self.alive = len(numbers) + len(codes)
        strangers = [asset_key(seed, _CLASS_CODE, _STRANGERS_FROM + int(code)) for code in codes]
        self.every_key = np.concatenate([
            keys_of(seed, _CLASS_CODE, numbers),
            np.array(strangers, dtype=np.uint64),
            keys_of(seed, _CLASS_CODE, _COMPANIONS_FROM + kept),
        ])  # fmt: skip
        self.keys = self.every_key[: self.alive]

    @property
    def ours(self) -> Bools:
        """Rows of the fleet's own ships."""
        return np.asarray(self.numbers >= 0)

    @property
    def companions(self) -> Ints:
        """Rows of companions, in the order of the ships that they keep company."""
        return np.flatnonzero(self.numbers == COMPANION)

    def padded(self, own: Bools | Floats) -> Floats:
        """A number a row, of companions too: they have 0."""
        return np.concatenate([own, np.zeros(len(self.every_key) - len(own))])


def _with_company(numbers: Ints, look: LookAlikes) -> Ints:
    """The numbers of ships with companions: of all, or of none where no key asks for them."""
    return numbers if look.pilots or look.meetings or look.strangers else numbers[:0]
