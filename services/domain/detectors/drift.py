"""Drift of an asset's level, minute by minute: river's Page-Hinkley test, made safe to live with.

The level is a minute's largest anomaly score. Page-Hinkley notices that its mean has risen; the
drift ends when the smoothed level has been back near the mean of before for a quarter of an hour,
and the test starts anew.
"""

from typing import Any, Literal

from services.domain.detectors import river_models

NAME = "page_hinkley/1"
Change = Literal["began", "ended"]
_WARM_UP_MINUTES = 20
_ALLOWED = 0.5  # a rise of the mean level that is no drift, in standard deviations
_SUM = 25.0  # of the rises beyond it: half an hour of one and a half standard deviations
_HIGHEST = 5.0  # a louder minute is an anomaly of its own, not a drift
_SMOOTHING = 0.2
_CALM_MINUTES = 15


class LevelDrift:
    """The test of one asset."""

    def __init__(self) -> None:
        self._test = _new_test()
        self._smooth = 0.0
        self._usual: float | None = None  # the mean level when the drift began; None: no drift
        self._calm = 0

    def update(self, level: float) -> Change | None:
        """Takes a minute's level (NaN: none); what it changed."""
        if not level <= _HIGHEST:
            return None
        self._smooth += _SMOOTHING * (level - self._smooth)
        return self._look_for_rise(level) if self._usual is None else self._look_for_calm()

    @property
    def smooth(self) -> float:
        """The smoothed level."""
        return self._smooth

    def _look_for_rise(self, level: float) -> Change | None:
        usual = self._test._x_mean.get()
        self._test.update(level)
        if not self._test.drift_detected:
            return None
        self._usual, self._calm = usual, 0
        return "began"

    def _look_for_calm(self) -> Change | None:
        assert self._usual is not None
        self._calm = self._calm + 1 if self._smooth < self._usual + _ALLOWED else 0
        if self._calm < _CALM_MINUTES:
            return None
        self._usual, self._test = None, _new_test()
        return "ended"

    def state(self) -> dict[str, Any]:
        """Plain data for a checkpoint; `restored` takes it."""
        test = river_models.state_of(self._test)
        return {
            "smooth": self._smooth, "usual": self._usual, "calm": self._calm, "test": test,
        }  # fmt: skip

    @staticmethod
    def restored(state: dict[str, Any]) -> "LevelDrift":
        """The test whose `state` that was."""
        drift = LevelDrift()
        drift._smooth, drift._usual, drift._calm = state["smooth"], state["usual"], state["calm"]
        river_models.set_state(drift._test, state["test"])
        return drift


def _new_test() -> Any:
    return river_models.make(
        "drift.page_hinkley.PageHinkley",
        min_instances=_WARM_UP_MINUTES,
        delta=_ALLOWED,
        threshold=_SUM,
        alpha=1.0,
        mode="up",
    )
