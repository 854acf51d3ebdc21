"""The asset's minute of event time in one signal, and the drift test that looks at it.

A minute is closed by the asset's first reading of a later one, or by its feed's clock a minute
after its end. It is dated at its start; value is the mean speed, score the largest anomaly score,
and the evidence holds the number of readings, speeds, distance, movement and each watched
channel's mean.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from services.domain.detectors.drift import NAME as DRIFT
from services.domain.detectors.drift import LevelDrift
from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import ClassState, Round, Signals, number, numbers, rounded
from services.domain.monitor.plan import SECOND_US, ClassPlan

MINUTE_US = 60 * SECOND_US


def table(plan: ClassPlan) -> dict[str, Column]:
    """Columns: the open minute (its number; negative: none), what is added up in it."""
    return {
        "minute": Column("i8", -1),
        "minute_closed": Column("i8", -1),
        "minute_readings": Column("i4", 0),
        "minute_sum": Column("f8", 0.0, len(plan.channels)),
        "minute_count": Column("i4", 0, len(plan.channels)),
        "minute_low": Column("f8", np.inf),
        "minute_high": Column("f8", -np.inf),
        "minute_km": Column("f8", 0.0),
        "minute_score": Column("f8", np.nan),
    }


class Minutes:
    """The minutes of one class; `drifts` holds the drift test of each row with a score."""

    def __init__(self) -> None:
        self.drifts: dict[int, LevelDrift] = {}

    def step(self, round_: Round, step_km: Array) -> None:
        """Closes the minutes that a reading is beyond, and adds the reading to its own."""
        columns, rows = round_.columns, round_.rows
        minute, open_ = round_.time // MINUTE_US, columns["minute"][rows]
        score = columns["top_score"][rows]
        over = np.flatnonzero((open_ >= 0) & (open_ < minute))
        if len(over):
            causes, clocks = round_.readings.offset[over], round_.ingest[over]
            self._close(round_.state, round_.signals, causes, rows[over], clocks)
        counted = minute > columns["minute_closed"][rows]
        if counted.all():
            _add(round_, rows, minute, round_.values, step_km, score)
        elif counted.any():
            values = round_.values[counted]
            _add(round_, rows[counted], minute[counted], values, step_km[counted], score[counted])

    def check(
        self, state: ClassState, signals: Signals, cause: int, clock_us: int, rows: Array
    ) -> None:
        """At a grid point of the feed's clock: closes the minutes that ended a minute ago."""
        columns = state.columns
        left_us = (columns["minute"][rows] + 1) * MINUTE_US - columns["newest"][rows]
        due = columns["heard"][rows] + left_us + MINUTE_US
        over = rows[(columns["minute"][rows] >= 0) & (clock_us >= due)]
        if len(over):
            causes, clocks = np.full_like(over, cause), np.full_like(over, clock_us)
            self._close(state, signals, causes, over, clocks)

    def packed(self, row: int) -> bytes:
        """The row's drift test for a snapshot; empty when there is none."""
        test = self.drifts.get(row)
        return test.to_bytes() if test else b""

    def unpack(self, row: int, packed: bytes) -> None:
        """Takes back what `packed` gave."""
        if packed:
            self.drifts[row] = LevelDrift.from_bytes(packed)

    def _close(
        self, state: ClassState, signals: Signals, causes: Array, rows: Array, clocks: Array
    ) -> None:
        """Sums up the open minutes of the rows; each has the cause and clock in its place."""
        columns = state.columns
        times, scores = columns["minute"][rows] * MINUTE_US, columns["minute_score"][rows]
        summaries = list(_summaries(state, rows))  # before the columns are emptied
        columns["minute_closed"][rows] = columns["minute"][rows]
        for name, column in table(state.plan).items():
            if name != "minute_closed":
                columns[name][rows] = column.fill
        closed = zip(causes.tolist(), rows.tolist(), times.tolist(), clocks.tolist(), strict=True)
        for (cause, row, time, clock), score, summary in zip(
            closed, scores.tolist(), summaries, strict=True
        ):
            signals.add(cause, state, row, "minute_summary", time, clock, **summary)
            drift = self._drift(row, score)
            if drift:
                signals.add(cause, state, row, time_us=time, ingest_us=clock, **drift)

    def _drift(self, row: int, score: float) -> dict[str, Any] | None:
        """Shows the minute's score to the row's drift test; the signal's fields if it changes."""
        test = self.drifts.get(row)
        if test is None and math.isfinite(score):
            test = self.drifts[row] = LevelDrift()
        change = test.update(score) if test else None
        if not test or not change:
            return None
        evidence = numbers(level=test.smooth)
        return {
            "kind": f"drift_{change}", "detector": DRIFT,
            "score": number(score), "evidence": evidence,
        }  # fmt: skip


def _add(
    round_: Round, rows: Array, minute: Array, values: Array, step_km: Array, score: Array
) -> None:
    columns = round_.columns
    speed, present = values[:, round_.plan.speed], ~np.isnan(values)
    columns["minute"][rows] = minute
    columns["minute_readings"][rows] += 1
    columns["minute_sum"][rows] += np.where(present, values, 0.0)
    columns["minute_count"][rows] += present
    columns["minute_low"][rows] = np.fmin(columns["minute_low"][rows], speed)
    columns["minute_high"][rows] = np.fmax(columns["minute_high"][rows], speed)
    columns["minute_km"][rows] += step_km
    columns["minute_score"][rows] = np.fmax(columns["minute_score"][rows], score)


def _summaries(state: ClassState, rows: Array) -> Iterator[dict[str, Any]]:
    """Value, score and evidence of the open minute of each row."""
    columns, plan = state.columns, state.plan
    count = columns["minute_count"][rows]
    means = columns["minute_sum"][rows] / np.where(count > 0, count, np.nan)
    shown = {
        "readings": columns["minute_readings"][rows],
        "speed_mean": means[:, plan.speed],
        "speed_min": columns["minute_low"][rows],
        "speed_max": columns["minute_high"][rows],
        "distance_km": columns["minute_km"][rows],
        **{plan.channels[n]: means[:, n] for n in plan.watched},
    }
    table_ = rounded(np.stack(list(shown.values()), axis=1)).tolist()
    movement = [plan.states[s] for s in columns["state"][rows].tolist()]
    scores = columns["minute_score"][rows].tolist()
    for values, name, score in zip(table_, movement, scores, strict=True):
        evidence = {key: value for key, value in zip(shown, values, strict=True) if value == value}
        yield {
            "value": evidence.get("speed_mean"),
            "score": number(score),
            "evidence": {"movement": name, **evidence},
        }
