"""Channels that no class declares: told of once for an asset and channel, and never fed on."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.domain.detectors.form import Array
from services.domain.monitor.events import READING_FLAGGED, UNKNOWN, UNKNOWN_CHANNELS

_NAMES_KEPT = 32


class StrangeChannels:
    """The names seen so far, by row of the asset."""

    def __init__(self) -> None:
        self.seen: dict[int, set[str]] = {}

    def expand(
        self,
        unknown: Mapping[int, Sequence[tuple[str, float]]],
        events: Array,
        figures: Array,
    ) -> tuple[Array, Array, list[str]]:
        """Puts a flag for each new name in the place of every UNKNOWN_CHANNELS.

        The flag's `channel` is a number in the list of names, the third of what is returned.
        """
        names: list[str] = []
        values: list[float] = []
        copies = np.ones(len(events), np.int64)
        for place in np.flatnonzero(events["kind"] == UNKNOWN_CHANNELS).tolist():
            event = events[place]
            new = self._new(int(event["asset"]), unknown[int(event["reading"])])
            copies[place] = len(new)
            names += [name for name, _ in new]
            values += [value for _, value in new]
        events, figures = np.repeat(events, copies), np.repeat(figures, copies, axis=0)
        flags = np.flatnonzero(events["kind"] == UNKNOWN_CHANNELS)
        events["kind"][flags], events["flaw"][flags] = READING_FLAGGED, UNKNOWN
        events["value"][flags], events["channel"][flags] = values, np.arange(len(names))
        return events, figures, names

    def _new(self, asset: int, given: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        seen, new = self.seen.setdefault(asset, set()), []
        for name, value in given:
            if name not in seen and len(seen) < _NAMES_KEPT:
                seen.add(name)
                new.append((name, value))
        return new
