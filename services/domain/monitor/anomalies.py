"""Anomalies: the detectors' scores turned into few, lasting alarms.

Readings are averaged over windows of event time (5 s, or a reading's own interval where that is
longer), so that a detector's row means the same for every feed. A score is smoothed; it must stay
over the bar for several rows to begin an anomaly, and well under it to end one. Every near-alarm
raises the asset's own bar for about 300 rows, and after an anomaly the channel is left alone for
100 rows.
"""

from collections.abc import Mapping

import numpy as np

from services.domain.detectors import DETECTORS, Detector
from services.domain.detectors.form import Array, Column, Look
from services.domain.monitor.columns import Columns
from services.domain.monitor.emit import Round, number, numbers
from services.domain.monitor.plan import NEVER_US, SECOND_US, ClassPlan

_WINDOW_S = 5.0
_SMOOTHING = 0.2
_BAR = 5.0
_END = 0.5  # of the bar
_ROWS_OVER = 6
_COOL_DOWN_ROWS = 100
_NEAR, _RAISE, _MOST_RAISED = 0.6, 0.05, 10.0
_BRIEF_REST_US = 120 * SECOND_US
_FALL = 1 - 1 / 300


class Anomalies:
    """The detectors of one class, and the alarm logic that all of them share."""

    def __init__(self, plan: ClassPlan) -> None:
        self._plan = plan
        self._detectors = {name: make(plan.asset_class) for name, make in DETECTORS.items()}
        self._drivers = {d.name: _drivers(plan, d.channels) for d in self._detectors.values()}
        fastest = plan.interval_us[plan.speed]
        self._window_us = max(int(_WINDOW_S * SECOND_US), int(fastest))

    def table(self) -> dict[str, Column]:
        """Columns: the open window's sums, then each detector's state and its alarms'."""
        channels = len(self._plan.channels)
        columns = {
            "window": Column("i8", NEVER_US),
            "window_sum": Column("f8", 0.0, channels),
            "window_count": Column("i4", 0, channels),
            "top_score": Column("f8", np.nan),
            "moved": Column("i8", NEVER_US),
        }
        for name, detector in self._detectors.items():
            columns |= _prefixed(name, detector.table())
            columns |= _prefixed(name, _alarm_table(len(detector.channels)))
        return columns

    def step(self, round_: Round) -> None:
        """Closes the windows that a reading is beyond, and adds the reading to its own."""
        columns, rows = round_.columns, round_.rows
        window = round_.time // self._window_us
        closing = window != columns["window"][rows]
        if closing.any():
            self._close(round_, np.flatnonzero(closing))
            fresh = rows[closing]
            columns["window"][fresh] = window[closing]
            columns["window_sum"][fresh] = 0.0
            columns["window_count"][fresh] = 0
        present = ~np.isnan(round_.values)
        columns["window_sum"][rows] += np.where(present, round_.values, 0.0)
        columns["window_count"][rows] += present

    def _close(self, round_: Round, places: Array) -> None:
        columns = round_.columns
        count = columns["window_count"][round_.rows[places]]
        filled = count.any(axis=1)
        places, count = places[filled], count[filled]
        if not len(places):
            return
        rows = round_.rows[places]
        total = columns["window_sum"][rows]
        values = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        working = self._working(columns, rows, round_.time[places])
        for name, detector in self._detectors.items():
            state = _View(columns, name)
            look = detector.look(state, rows, values, working)
            self._alarm(detector, state, _Judged(round_, places, rows, values, look))
            look.learn()

    def _working(self, columns: Columns, rows: Array, time: Array) -> Array:
        """Making way, or come to rest only just now (a station stop)."""
        moving = self._plan.moving[columns["state"][rows]]
        columns["moved"][rows] = np.where(moving, time, columns["moved"][rows])
        rested_us: Array = time - columns["moved"][rows]
        return rested_us < _BRIEF_REST_US

    def _alarm(self, detector: Detector, state: "_View", judged: "_Judged") -> None:
        """Judges the assets of which the detector has an opinion; the others stay as they were."""
        asked = np.flatnonzero(~np.isnan(judged.look.score).all(axis=1))
        if not len(asked):
            return
        rows, score = judged.rows[asked], judged.look.score[asked]
        opinion = ~np.isnan(score)
        smooth = state["smooth"][rows]
        smooth = smooth + _SMOOTHING * np.where(opinion, score - smooth, 0.0)
        state["smooth"][rows] = smooth
        size, on = np.abs(smooth), state["on"][rows]
        bar = _BAR + state["raised"][rows]
        over = np.where((size > bar) & opinion, state["over"][rows] + 1, 0)
        cool = np.maximum(state["cool"][rows] - 1, 0)
        began = ~on & (over >= _ROWS_OVER) & (cool == 0) & ~self._led_astray(detector, over, size)
        ended = on & (size < _END * bar)
        near = ~on & ~began & (size > _NEAR * bar)
        raised = np.where(near, bar - _BAR + _RAISE, (bar - _BAR) * _FALL)
        state["raised"][rows] = np.minimum(raised, _MOST_RAISED)
        state["over"][rows] = over
        state["cool"][rows] = np.where(ended, _COOL_DOWN_ROWS, cool)
        state["on"][rows] = (on | began) & ~ended
        judged.round_.columns["top_score"][rows] = size.max(axis=1)
        if (began | ended).any():
            judged.signal(self._plan, detector, asked, began, ended, smooth, bar)

    def _led_astray(self, detector: Detector, over: Array, size: Array) -> Array:
        """Whether a driver of the channel is itself in alarm, and more so: name that one."""
        louder = (over > 0)[:, None, :] & (size[:, None, :] > size[:, :, None])
        astray = louder & self._drivers[detector.name]
        return np.asarray(astray.any(axis=2))


class _View(dict[str, Array]):
    """A detector's own columns under their own names; writes go through to the class's columns."""

    def __init__(self, columns: Columns, detector: str) -> None:
        prefix = f"{detector}:"
        super().__init__(
            (name[len(prefix) :], array)
            for name, array in columns.items()
            if name.startswith(prefix)
        )


class _Judged:
    """The windows closed in one round, with their scores."""

    def __init__(
        self, round_: Round, places: Array, rows: Array, values: Array, look: Look
    ) -> None:
        self.round_, self.places, self.rows = round_, places, rows
        self.values, self.look = values, look

    def signal(
        self,
        plan: ClassPlan,
        detector: Detector,
        asked: Array,
        began: Array,
        ended: Array,
        smooth: Array,
        bar: Array,
    ) -> None:
        """anomaly_began and anomaly_ended, with what the channel should have read.

        `asked` are the windows that the other arrays are about.
        """
        mean, deviation = self.look.expected()
        for k, n in zip(*np.nonzero(began | ended), strict=True):
            at, channel = int(asked[k]), int(detector.channels[n])
            self.round_.add(
                int(self.places[at]),
                "anomaly_began" if began[k, n] else "anomaly_ended",
                detector=detector.name,
                channel=plan.channels[channel],
                score=number(smooth[k, n]),
                value=number(self.values[at, channel]),
                threshold=number(bar[k, n]),
                evidence=numbers(
                    mean=mean[at, n],
                    std=deviation[at, n],
                    movement=plan.states[self.round_.columns["state"][self.rows[at]]],
                ),
            )


def _drivers(plan: ClassPlan, judged: Array) -> Array:
    """(judged, judged): whether the second is among the channels that the first follows."""
    channels = [plan.asset_class.channels[n] for n in judged]
    return np.array([[other.name in one.follows for other in channels] for one in channels])


def _alarm_table(channels: int) -> dict[str, Column]:
    """Smoothed score, rows over the bar, alarm on, how far the bar is raised, rows to cool down."""
    return {
        "smooth": Column("f8", 0.0, channels),
        "over": Column("i4", 0, channels),
        "on": Column("?", False, channels),
        "raised": Column("f8", 0.0, channels),
        "cool": Column("i4", 0, channels),
    }


def _prefixed(name: str, table: Mapping[str, Column]) -> dict[str, Column]:
    return {f"{name}:{column}": spec for column, spec in table.items()}
