"""Alarm limits of the class data: outside for 30 s begins an anomaly, 2 % inside ends it."""

import numpy as np

from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, number, numbers
from services.domain.monitor.plan import FAR_FUTURE_US, SECOND_US, ClassPlan

NAME = "limit/1"
_HOLD_US = 30 * SECOND_US
_HYSTERESIS = 0.02


class Limits:
    """The channels of a class that have an alarm limit."""

    def __init__(self, plan: ClassPlan) -> None:
        self._plan = plan
        bounds = [channel.alarm for channel in plan.asset_class.channels]
        self._channels = np.flatnonzero([bound != (None, None) for bound in bounds])
        chosen = [bounds[n] for n in self._channels]
        self._low = np.array([-np.inf if low is None else low for low, _ in chosen])
        self._high = np.array([np.inf if high is None else high for _, high in chosen])
        self._low_end = self._low + _margin(self._low)
        self._high_end = self._high - _margin(self._high)

    def table(self) -> dict[str, Column]:
        """Columns: since when outside (FAR_FUTURE_US: inside), and whether that was signalled."""
        count = len(self._channels)
        return {
            "beyond_since": Column("i8", FAR_FUTURE_US, count),
            "beyond": Column("?", False, count),
        }

    def step(self, round_: Round) -> None:
        """Judges each reading; a missing value changes nothing."""
        columns, rows = round_.columns, round_.rows
        value, time = round_.values[:, self._channels], round_.time[:, None]
        outside = (value < self._low) | (value > self._high)
        back = (value >= self._low_end) & (value <= self._high_end)
        since = columns["beyond_since"][rows]
        since = np.where(outside, np.minimum(since, time), np.where(back, FAR_FUTURE_US, since))
        columns["beyond_since"][rows] = since
        on = columns["beyond"][rows]
        began, ended = outside & ~on & (time - since >= _HOLD_US), on & back
        if (began | ended).any():
            columns["beyond"][rows] = (on | began) & ~ended
            self._signal(round_, began, ended, value)

    def _signal(self, round_: Round, began: Array, ended: Array, value: Array) -> None:
        for place, n in zip(*np.nonzero(began | ended), strict=True):
            high = np.isfinite(self._high[n]) and value[place, n] > self._low[n]
            movement = round_.columns["state"][round_.rows[place]]
            round_.add(
                int(place),
                "anomaly_began" if began[place, n] else "anomaly_ended",
                detector=NAME,
                channel=self._plan.channels[self._channels[n]],
                value=number(value[place, n]),
                threshold=number(self._high[n] if high else self._low[n]),
                evidence=numbers(movement=self._plan.states[movement]),
            )


def _margin(bound: Array) -> Array:
    return np.where(np.isfinite(bound), _HYSTERESIS * np.abs(bound), 0.0)
