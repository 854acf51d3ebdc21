"""Channels that no class declares: told of once for an asset and channel, and never fed on."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np

from services.domain.form import Array
from services.domain.monitor.events import READING_FLAGGED, UNKNOWN, UNKNOWN_CHANNELS

_NAMES_KEPT = 32


class StrangeChannels:
    """The names seen so far, shortened, by row of the asset."""

    def __init__(self) -> None:
        self.seen: dict[int, set[str]] = {}

    def expand(
        self,
        unknown: Mapping[int, Sequence[tuple[str, float]]],
        events: Array,
        figures: Array,
    ) -> tuple[Array, Array]:
        """Puts a flag for each new name in the place of every UNKNOWN_CHANNELS.

        The flag's `channel` is a place in what is unknown of its reading.
        """
        copies = np.ones(len(events), np.int64)
        flags: list[tuple[int, float]] = []
        for place in np.flatnonzero(events["kind"] == UNKNOWN_CHANNELS).tolist():
            event = events[place]
            new = list(self._new(int(event["asset"]), unknown[int(event["reading"])]))
            copies[place] = len(new)
            flags += new
        events, figures = np.repeat(events, copies), np.repeat(figures, copies, axis=0)
        mine = np.flatnonzero(events["kind"] == UNKNOWN_CHANNELS)
        events["kind"][mine], events["flaw"][mine] = READING_FLAGGED, UNKNOWN
        for place, (channel, value) in zip(mine.tolist(), flags, strict=True):
            events["channel"][place], events["value"][place] = channel, value
        return events, figures

    def _new(self, asset: int, given: Sequence[tuple[str, float]]) -> list[tuple[int, float]]:
        seen, new = self.seen.setdefault(asset, set()), []
        for place, (name, value) in enumerate(given):
            short = _short(name)
            if short not in seen and len(seen) < _NAMES_KEPT:
                seen.add(short)
                new.append((place, value))
        return new


def _short(name: str) -> str:
    """Instead of a name, which may be long: a checkpoint has to fit into one record."""
    return blake2b(name.encode(), digest_size=6).hexdigest()
