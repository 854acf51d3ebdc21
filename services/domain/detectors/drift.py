"""Drift of an asset's level, minute by minute: a Page-Hinkley test, made safe to live with.

The level is a minute's largest anomaly score. Page-Hinkley notices that its mean has risen; the
drift ends when the smoothed level has been back near the mean of before for a quarter of an hour,
and the test starts anew.

The test is that of E. S. Page, Continuous Inspection Schemes, Biometrika 41 (1954), in the upward
form of `river.drift.PageHinkley` with alpha 1, to which a test compares it. It is ours because
river's package takes three seconds of processor time to import, at every start of the monitor.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

NAME = "page_hinkley/1"
Change = Literal["began", "ended"]
_WARM_UP_MINUTES = 20
_ALLOWED = 0.5  # a rise of the mean level that is no drift, in standard deviations
_SUM = 25.0  # of the rises beyond it: half an hour of one and a half standard deviations
_HIGHEST = 5.0  # a louder minute is an anomaly of its own, not a drift
_SMOOTHING = 0.2
_CALM_MINUTES = 15


@dataclass
class LevelDrift:
    """The test of one asset."""

    smooth: float = 0.0  # the smoothed level
    usual: float | None = None  # the mean level when the drift began; None: no drift
    calm_minutes: int = 0
    minutes: int = 0  # that the test has seen, and their mean level
    mean: float = 0.0
    rise: float = 0.0  # the sum of the deviations beyond what is allowed, and its minimum so far
    lowest_rise: float = 0.0

    def update(self, level: float) -> Change | None:
        """Takes a minute's level (NaN: none); what it changed."""
        if not level <= _HIGHEST:
            return None
        self.smooth += _SMOOTHING * (level - self.smooth)
        return self._look_for_rise(level) if self.usual is None else self._look_for_calm()

    def _look_for_rise(self, level: float) -> Change | None:
        mean_before = self.mean
        self.minutes += 1
        self.mean += 1 / self.minutes * (level - self.mean)
        self.rise += level - self.mean - _ALLOWED
        self.lowest_rise = min(self.lowest_rise, self.rise) if self.minutes > 1 else self.rise
        if self.minutes < _WARM_UP_MINUTES or self.rise - self.lowest_rise <= _SUM:
            return None
        self.usual, self.calm_minutes = mean_before, 0
        return "began"

    def _look_for_calm(self) -> Change | None:
        assert self.usual is not None
        calm = self.smooth < self.usual + _ALLOWED
        self.calm_minutes = self.calm_minutes + 1 if calm else 0
        if self.calm_minutes < _CALM_MINUTES:
            return None
        self.usual = None
        self.minutes, self.mean, self.rise = 0, 0.0, 0.0
        return "ended"

    def to_bytes(self) -> bytes:
        """For a snapshot; `from_bytes` takes it."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def from_bytes(data: bytes) -> "LevelDrift":
        """The test that `to_bytes` wrote; raises ValueError or TypeError on anything else."""
        return LevelDrift(**json.loads(data))
