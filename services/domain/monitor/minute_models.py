"""The models that look at closed minutes: they come rarely, and stay in plain Python.

Each asset has one of each; what they conclude follows the minute that they concluded it from.
"""

from collections.abc import Callable

import numpy as np

from services.domain.detectors.drift import LevelDrift
from services.domain.detectors.form import Array
from services.domain.monitor.events import (
    DRIFT_BEGAN,
    DRIFT_ENDED,
    MINUTE_SUMMARY,
    PAGE_HINKLEY,
)

_KINDS = {"began": DRIFT_BEGAN, "ended": DRIFT_ENDED}


class MinuteModels:
    """The drift test of each asset with a score, by row."""

    def __init__(self, make: Callable[[], LevelDrift] = LevelDrift) -> None:
        self._make = make
        self.drifts: dict[int, LevelDrift] = {}

    def watch(self, events: Array, figures: Array) -> tuple[Array, Array]:
        """Shows the closed minutes among the events to the models; the events with theirs."""
        minutes = (events["kind"] == MINUTE_SUMMARY) & np.isfinite(events["score"])
        found: list[tuple[int, str, float]] = []
        for place in np.flatnonzero(minutes).tolist():
            asset, score = int(events["asset"][place]), float(events["score"][place])
            test = self.drifts.get(asset)
            if test is None:
                test = self.drifts[asset] = self._make()
            change = test.update(score)
            if change:
                found.append((place, change, test.smooth))
        return _inserted(events, figures, found) if found else (events, figures)


def _inserted(
    events: Array, figures: Array, found: list[tuple[int, str, float]]
) -> tuple[Array, Array]:
    copies = np.ones(len(events), np.int64)
    copies[[place for place, _, _ in found]] = 2
    events, figures = np.repeat(events, copies), np.repeat(figures, copies, axis=0)
    for nth, (place, change, level) in enumerate(found, 1):
        event = events[place + nth]
        event["kind"], event["detector"] = _KINDS[change], PAGE_HINKLEY
        event["value"], event["evidence"][0] = np.nan, level
    return events, figures
