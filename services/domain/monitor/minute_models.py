"""The models that look at closed minutes: they come rarely, and stay in plain Python.

An asset has one a detector and channel; what it concludes follows the minute that it concluded it
from, so that it does not matter how the records were cut into batches.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from schemas import AssetClass
from services.domain.detectors import MINUTE_DETECTORS, MinuteDetector
from services.domain.detectors.drift import SCORE, LevelDrift
from services.domain.form import Array
from services.domain.monitor.events import (
    DETECTORS,
    DRIFT_BEGAN,
    DRIFT_ENDED,
    FIGURES,
    MINUTE_SUMMARY,
)

_KINDS = {"began": DRIFT_BEGAN, "ended": DRIFT_ENDED}


class _Watched(NamedTuple):
    """One level of the assets of a class, and the detector that looks at it."""

    key: str
    detector: MinuteDetector
    channel: int  # -1: the minute's score


class MinuteModels:
    """The models of a partition, by row of the asset and by key."""

    def __init__(
        self,
        asset_classes: Mapping[str, AssetClass],
        detectors: Sequence[MinuteDetector] = MINUTE_DETECTORS,
    ) -> None:
        for detector in detectors:
            if detector.channels:
                LevelDrift(detector)  # loads river now, not in the middle of a batch
        self._watched = [_watched(c, detectors) for c in asset_classes.values()]
        self._by_key = {w.key: w for of_class in self._watched for w in of_class}
        self._models: dict[int, dict[str, LevelDrift]] = {}

    def watch(self, events: Array, figures: Array) -> tuple[Array, Array]:
        """Shows the closed minutes among the events to the models; the events with theirs."""
        found: list[tuple[int, _Watched, str, float, float]] = []
        places = np.flatnonzero(events["kind"] == MINUTE_SUMMARY)
        columns = (events[field][places].tolist() for field in ("asset", "asset_class", "score"))
        for place, asset, of_class, score in zip(places.tolist(), *columns, strict=True):
            for watched in self._watched[of_class]:
                channel = watched.channel
                level = score if channel < 0 else figures[place, len(FIGURES) + channel].item()
                if math.isfinite(level):
                    model = self._model(asset, watched)
                    change = model.update(level)
                    if change:
                        found.append((place, watched, change, level, model.smooth))
        return _inserted(events, figures, found) if found else (events, figures)

    def state(self, asset: int) -> dict[str, Any]:
        """The models of an asset as plain data, by key."""
        return {key: model.state() for key, model in self._models.get(asset, {}).items()}

    def restore(self, asset: int, state: Mapping[str, Any]) -> None:
        """Takes back what `state` gave; a model that is no more, or has other parameters, not."""
        models = {
            key: LevelDrift.restored(model, self._by_key[key].detector)
            for key, model in state.items()
            if key in self._by_key
        }
        if models:
            self._models[asset] = models

    def _model(self, asset: int, watched: _Watched) -> LevelDrift:
        models = self._models.setdefault(asset, {})
        if watched.key not in models:
            models[watched.key] = LevelDrift(watched.detector)
        return models[watched.key]


def _watched(asset_class: AssetClass, detectors: Sequence[MinuteDetector]) -> list[_Watched]:
    names = [channel.name for channel in asset_class.channels]
    return [
        _Watched(
            _key(detector, channel), detector, names.index(channel) if channel in names else -1
        )
        for detector in detectors
        for channel in detector.channels
        if channel == SCORE or channel in names
    ]


def _key(detector: MinuteDetector, channel: str) -> str:
    """With everything that the meaning of a model's state depends on."""
    it = detector
    return json.dumps([it.name, channel, it.model, dict(it.parameters), it.calm, it.highest])


def _inserted(
    events: Array, figures: Array, found: Sequence[tuple[int, _Watched, str, float, float]]
) -> tuple[Array, Array]:
    copies = np.ones(len(events), np.int64)
    for place, *_ in found:
        copies[place] += 1
    events, figures = np.repeat(events, copies), np.repeat(figures, copies, axis=0)
    for nth, (place, watched, change, level, smooth) in enumerate(found, 1):
        event = events[place + nth]
        event["kind"] = _KINDS[change]
        event["detector"] = DETECTORS.index(watched.detector.name)
        event["channel"] = watched.channel
        of_score = watched.channel < 0
        event["value"], event["score"] = (np.nan, level) if of_score else (level, np.nan)
        event["evidence"][0] = smooth
    return events, figures
