"""The asset's minute of event time in one signal, and the drift test that looks at it.

A minute is closed by the asset's first reading of a later one, or by its feed's clock a minute
after its end. It is dated at its start; value is the mean speed, score the largest anomaly score,
and the evidence holds the number of readings, speeds, distance, movement and each watched
channel's mean.
"""

import numpy as np

from services.domain.detectors.drift import NAME as DRIFT
from services.domain.detectors.drift import LevelDrift
from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import ClassState, Round, Signals, number, numbers
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
    """The minutes of one class; `drifts` holds the river model of each row with a score."""

    def __init__(self) -> None:
        self.drifts: dict[int, LevelDrift] = {}

    def step(self, round_: Round, step_km: Array) -> None:
        """Closes the minutes that a reading is beyond, and adds the reading to its own."""
        columns, rows = round_.columns, round_.rows
        minute, open_ = round_.time // MINUTE_US, columns["minute"][rows]
        score = columns["top_score"][rows]
        for place in np.flatnonzero((open_ >= 0) & (open_ < minute)):
            row, ingest = int(rows[place]), int(round_.ingest[place])
            self._close(round_.state, round_.signals, round_.readings.offset[place], row, ingest)
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
        for row in rows[(columns["minute"][rows] >= 0) & (clock_us >= due)]:
            self._close(state, signals, cause, int(row), clock_us)

    def packed(self, row: int) -> bytes:
        """The row's drift test for a snapshot; empty when there is none."""
        test = self.drifts.get(row)
        return test.to_bytes() if test else b""

    def unpack(self, row: int, packed: bytes) -> None:
        """Takes back what `packed` gave."""
        if packed:
            self.drifts[row] = LevelDrift.from_bytes(packed)

    def _close(
        self, state: ClassState, signals: Signals, cause: int, row: int, ingest: int
    ) -> None:
        columns = state.columns
        time = int(columns["minute"][row]) * MINUTE_US
        score = float(columns["minute_score"][row])
        signals.add(cause, state, row, "minute_summary", time, ingest, **_summary(state, row))
        test = self.drifts.get(row)
        if test is None and np.isfinite(score):
            test = self.drifts[row] = LevelDrift()
        change = test.update(score) if test else None
        if test and change:
            evidence = numbers(level=test.smooth)
            fields = {"detector": DRIFT, "score": number(score), "evidence": evidence}
            signals.add(cause, state, row, f"drift_{change}", time, ingest, **fields)
        columns["minute_closed"][row] = columns["minute"][row]
        for name, column in table(state.plan).items():
            if name != "minute_closed":
                columns[name][row] = column.fill


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


def _summary(state: ClassState, row: int) -> dict[str, object]:
    columns, plan = state.columns, state.plan
    count = columns["minute_count"][row]
    means = columns["minute_sum"][row] / np.where(count > 0, count, np.nan)
    speed = number(means[plan.speed])
    evidence = numbers(
        readings=columns["minute_readings"][row],
        speed_mean=means[plan.speed],
        speed_min=columns["minute_low"][row],
        speed_max=columns["minute_high"][row],
        distance_km=columns["minute_km"][row],
        movement=plan.states[columns["state"][row]],
        **{plan.channels[n]: means[n] for n in plan.watched},
    )
    return {"value": speed, "score": number(columns["minute_score"][row]), "evidence": evidence}
