"""The values of an asset's counter in time, sparse: a point each time it has grown by a step.

A counter never runs back, so that at any instant between two points it stood between their values,
however long the asset was not heard.  A point is 12 bytes: minutes since 1970, value.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from schemas.asset_classes.model import Usage

_POINT = np.dtype([("minute", "<i4"), ("value", "<f8")])

KEPT = timedelta(days=40)
"""A month that is over, and the time in which its papers come."""
FINE = timedelta(days=16)
"""Two weekly declarations, the second told late; older points are kept a few steps apart."""
PATIENCE = timedelta(days=2)
"""Names of assets are swapped for hours, a counter is changed for good."""
_COARSE_STEPS = 4
_LEAP_STEPS = 4
"""Of more at once, a second value has to say the same."""

_MINUTE = timedelta(minutes=1)


class Point(NamedTuple):
    """The counter's value at a time."""

    time: datetime
    value: float


class Between(NamedTuple):
    """The counter stood at `low` at least and at `high` at most; None: not heard on that side."""

    low: float | None
    high: float | None


class Doubt(NamedTuple):
    """The first value that was not believed since the last one that was, and its minute."""

    minute: int
    value: float


class Trail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points by time; their values never fall."""

    points: bytes = b""
    doubt: Doubt | None = None

    @property
    def first(self) -> Point | None:
        """The oldest point."""
        return _point(self._rows()[0]) if self.points else None

    @property
    def newest(self) -> Point | None:
        """The newest point."""
        return _point(self._rows()[-1]) if self.points else None

    def at(self, time: datetime) -> Between:
        """Between what values the counter stood at a time, to the minute."""
        rows, minute = self._rows(), _minute(time)
        before = int(np.searchsorted(rows["minute"], minute, side="right"))
        after = int(np.searchsorted(rows["minute"], minute, side="left"))
        return Between(
            float(rows["value"][before - 1]) if before > 0 else None,
            float(rows["value"][after]) if after < len(rows) else None,
        )

    def noted(self, time: datetime, value: float, usage: Usage) -> "Trail":
        """With one more point, if it is newer than the others and the counter can show it.

        Use of some hours at once is believed when the next value says so too.  What contradicts
        points is believed when it has lasted for longer than they were believed, two days at most:
        then they were wrong and go, all of them if it is another counter.
        """
        rows, minute = self._rows(), _minute(time)
        if len(rows) and minute <= max(rows["minute"][-1], self.doubt.minute if self.doubt else 0):
            return self
        if not len(rows):
            return _with(rows, minute, value, usage)
        grown, may_be = value - rows["value"][-1], _follows(rows[-1], minute, value, usage)
        if may_be and abs(grown) <= _LEAP_STEPS * usage.step and grown >= -usage.step:
            return _with(rows, minute, value, usage)
        if self.doubt is None:
            return replace(self, doubt=Doubt(minute, value))
        if may_be and grown > 0:
            if _goes_on(self.doubt, minute, value, usage):
                return _with(rows, minute, value, usage)
            return replace(self, doubt=Doubt(minute, value))
        return self._contradicted(self.doubt, minute, value, usage)

    def _contradicted(self, doubt: Doubt, minute: int, value: float, usage: Usage) -> "Trail":
        before = self._rows()
        rows = before[before["value"] <= value + usage.step]
        if len(rows) in (0, len(before)) or not _follows(rows[-1], minute, value, usage):
            rows = before[:0]
        believed = doubt.minute - int(before["minute"][len(rows)])
        if minute - doubt.minute <= min(believed, PATIENCE / _MINUTE):
            return self
        return _with(rows, minute, value, usage)

    def _rows(self) -> Any:
        return np.frombuffer(self.points, dtype=_POINT)


def _minute(time: datetime) -> int:
    return int(time.timestamp()) // 60


def _point(row: Any) -> Point:
    return Point(datetime.fromtimestamp(int(row["minute"]) * 60, UTC), float(row["value"]))


def _with(rows: Any, minute: int, value: float, usage: Usage) -> Trail:
    value = max(value, float(rows["value"][-1])) if len(rows) else value
    added = np.array([(minute, value)], dtype=_POINT)
    return Trail(_thinned(np.concatenate([rows, added]), usage).tobytes())


def _goes_on(doubt: Doubt, minute: int, value: float, usage: Usage) -> bool:
    most = doubt.value + (minute - doubt.minute) / 60 * usage.most_per_h + usage.step
    return doubt.value - usage.step <= value <= most


def _follows(last: Any, minute: int, value: float, usage: Usage) -> bool:
    hours = (minute - int(last["minute"])) / 60
    return bool(value <= last["value"] + hours * usage.most_per_h + usage.step)


def _thinned(rows: Any, usage: Usage) -> Any:
    """Without what is too old, and with less of what is old."""
    newest = rows["minute"][-1]
    rows = rows[rows["minute"] >= newest - KEPT / _MINUTE]
    old = int(np.searchsorted(rows["minute"], newest - FINE / _MINUTE))
    if old == 0:
        return rows
    apart = rows["value"][:old] // (_COARSE_STEPS * usage.step)
    first = np.r_[True, apart[1:] != apart[:-1]]  # the first point of each stretch of the counter
    return np.concatenate([rows[:old][first], rows[old:]])
