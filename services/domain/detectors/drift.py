"""Drift of an asset's level, minute by minute: a change test of river's, made safe to live with.

The level is a minute's largest anomaly score, or the mean of a channel. The test notices that its
mean has risen; the drift ends when the smoothed level has been back near the mean of before for a
quarter of an hour, and the test starts anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from services.domain.detectors import river_models

Change = Literal["began", "ended"]
_SMOOTHING = 0.2
_CALM_MINUTES = 15

SCORE = "score"
"""Instead of a channel: the minute's largest anomaly score."""


@dataclass(frozen=True)
class MinuteDetector:
    """A model of river that looks at closed minutes: which, with what, and at what."""

    name: str
    model: str  # module and class below river
    parameters: Mapping[str, Any] = field(default_factory=dict)
    channels: tuple[str, ...] = (SCORE,)
    calm: float = 0.5  # above the mean of before; nearer than that is calm
    highest: float = 5.0  # a louder minute is an anomaly of its own, not a drift


PAGE_HINKLEY = MinuteDetector(
    name="page_hinkley/1",
    model="drift.page_hinkley.PageHinkley",
    parameters=MappingProxyType(
        {
            "min_instances": 20,
            "delta": 0.5,  # a rise of the mean level that is no drift, in standard deviations
            "threshold": 25.0,  # of the rises beyond it: half an hour of one and a half of them
            "alpha": 1.0,
            "mode": "up",
        }
    ),
)


class LevelDrift:
    """The test of one level of one asset."""

    def __init__(self, detector: MinuteDetector = PAGE_HINKLEY) -> None:
        self._detector = detector
        self._test = self._new_test()
        self.smooth = 0.0
        """The smoothed level."""
        self._mean, self._minutes = 0.0, 0  # of the levels that the test has seen
        self._usual: float | None = None  # the mean level when the drift began; None: no drift
        self._calm = 0

    def update(self, level: float) -> Change | None:
        """Takes a minute's level (NaN: none); what it changed."""
        if not level <= self._detector.highest:
            return None
        self.smooth += _SMOOTHING * (level - self.smooth)
        return self._look_for_rise(level) if self._usual is None else self._look_for_calm()

    def _look_for_rise(self, level: float) -> Change | None:
        usual = self._mean
        self._minutes += 1
        self._mean += 1 / self._minutes * (level - self._mean)
        self._test.update(level)
        if not self._test.drift_detected:
            return None
        self._usual, self._calm = usual, 0
        return "began"

    def _look_for_calm(self) -> Change | None:
        assert self._usual is not None
        self._calm = self._calm + 1 if self.smooth < self._usual + self._detector.calm else 0
        if self._calm < _CALM_MINUTES:
            return None
        self._usual, self._test = None, self._new_test()
        self._mean, self._minutes = 0.0, 0
        return "ended"

    def _new_test(self) -> Any:
        return river_models.make(self._detector.model, **self._detector.parameters)

    def state(self) -> dict[str, Any]:
        """Plain data for a checkpoint; `restored` takes it."""
        return {
            "smooth": self.smooth, "mean": self._mean, "minutes": self._minutes,
            "usual": self._usual, "calm": self._calm, "test": river_models.state_of(self._test),
        }  # fmt: skip

    @staticmethod
    def restored(state: Mapping[str, Any], detector: MinuteDetector) -> "LevelDrift":
        """The test whose `state` that was; raises KeyError or TypeError on anything else."""
        drift = LevelDrift(detector)
        drift.smooth, drift._mean, drift._minutes = state["smooth"], state["mean"], state["minutes"]
        drift._usual, drift._calm = state["usual"], state["calm"]
        river_models.set_state(drift._test, state["test"])
        return drift
