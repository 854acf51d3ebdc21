"""What the models of closed minutes conclude follows the minute that it was concluded from."""

from itertools import pairwise

import numpy as np
import pytest

from schemas import ASSET_CLASSES
from services.domain.detectors import MinuteDetector
from services.domain.detectors.drift import PAGE_HINKLEY
from services.domain.form import Array
from services.domain.monitor.events import (
    DETECTORS,
    DRIFT_BEGAN,
    DRIFT_ENDED,
    EVENT,
    FIGURES,
    MINUTE_SUMMARY,
    TRIP_BEGAN,
)
from services.domain.monitor.minute_models import MinuteModels

SHIP = ASSET_CLASSES["ship"]
CHANNEL = [channel.name for channel in SHIP.channels].index("main_brg_degc")
DETECTOR = MinuteDetector(
    PAGE_HINKLEY.name, PAGE_HINKLEY.model, {"min_instances": 20, "threshold": 5.0, "mode": "up"},
    channels=("main_brg_degc",), highest=100.0,
)  # fmt: skip
CALM, WARM, AFTER = 60, 30, 60
LEVELS = [50.0] * CALM + [60.0] * WARM + [50.0] * AFTER


def minutes() -> tuple[Array, Array]:
    """The minutes of two ships in turns, the second always calm; each begins a trip before it."""
    events = np.zeros(4 * len(LEVELS), EVENT)
    events["kind"] = [TRIP_BEGAN, MINUTE_SUMMARY] * (2 * len(LEVELS))
    events["asset"] = [0, 0, 1, 1] * len(LEVELS)
    events["asset_class"] = list(ASSET_CLASSES).index("ship")
    events["cause"] = np.arange(len(events)) // 2
    figures = np.full((len(events), len(FIGURES) + len(SHIP.channels)), np.nan)
    figures[1::4, len(FIGURES) + CHANNEL] = LEVELS
    figures[3::4, len(FIGURES) + CHANNEL] = 50.0
    return events, figures


def watched(cuts: list[int]) -> Array:
    events, figures = minutes()
    models = MinuteModels(ASSET_CLASSES, [DETECTOR])
    parts = [models.watch(events[a:b], figures[a:b]) for a, b in pairwise([0, *cuts, len(events)])]
    for found, shown in parts:
        assert len(found) == len(shown)
    return np.concatenate([found for found, _ in parts])


def test_a_drift_begins_and_ends_right_after_its_minute() -> None:
    events = watched([])
    places = np.flatnonzero((events["kind"] == DRIFT_BEGAN) | (events["kind"] == DRIFT_ENDED))
    assert events["kind"][places].tolist() == [DRIFT_BEGAN, DRIFT_ENDED]
    for place in places.tolist():
        minute, drift = events[place - 1], events[place]
        assert minute["kind"] == MINUTE_SUMMARY
        assert (drift["asset"], drift["cause"]) == (0, minute["cause"])
        assert DETECTORS[drift["detector"]] == DETECTOR.name
        assert drift["channel"] == CHANNEL
        assert np.isnan(drift["score"])
    began, ended = events["cause"][places].tolist()
    assert 2 * CALM <= began < 2 * (CALM + WARM) < ended
    assert events["value"][places].tolist() == [60.0, 50.0]
    assert len(events) == 4 * len(LEVELS) + 2


@pytest.mark.parametrize("step", [1, 3, 50])
def test_the_cuts_of_the_batches_change_nothing(step: int) -> None:
    cuts = list(range(step, 4 * len(LEVELS), step))
    assert repr(watched(cuts).tolist()) == repr(watched([]).tolist())
