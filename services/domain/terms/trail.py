"""The values of an asset's counter in time, sparse: a point each time it has grown by a step.

A counter never runs back, so that at any instant between two points it stood between their values,
however long the asset was not heard.  A point is 12 bytes: minutes since 1970, value.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import numpy as np

from schemas.asset_classes.model import Usage

_POINT = np.dtype([("minute", "<i4"), ("value", "<f8")])

KEPT = timedelta(days=40)
"""A month that is over, and the time in which its papers come."""
FINE = timedelta(days=16)
"""Two weekly declarations, the second told late; older points are kept a few steps apart."""
PATIENCE = timedelta(days=2)
"""Names of assets are swapped for hours, a counter is changed for good."""
_COARSE_STEPS = 4

_MINUTE = timedelta(minutes=1)


class Point(NamedTuple):
    """The counter's value at a time."""

    time: datetime
    value: float


class Between(NamedTuple):
    """The counter stood at `low` at least and at `high` at most; None: not heard on that side."""

    low: float | None
    high: float | None


class Trail(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points by time; their values never fall."""

    points: bytes = b""

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

        Points above a later value were wrong, and go.  A value below them all or further on than
        the clock allows is not believed; after two days of such the trail begins anew, for it is
        another counter.
        """
        before, minute = self._rows(), _minute(time)
        if len(before) and minute <= before["minute"][-1]:
            return self
        rows = before[before["value"] <= value + usage.step]
        if len(before) and not (len(rows) and _follows(rows[-1], minute, value, usage)):
            if minute - before["minute"][-1] <= PATIENCE / _MINUTE:
                return self
            rows = before[:0]
        value = max(value, float(rows["value"][-1])) if len(rows) else value
        added = np.array([(minute, value)], dtype=_POINT)
        return Trail(_thinned(np.concatenate([rows, added]), usage).tobytes())

    def _rows(self) -> Any:
        return np.frombuffer(self.points, dtype=_POINT)


def _minute(time: datetime) -> int:
    return int(time.timestamp()) // 60


def _point(row: Any) -> Point:
    return Point(datetime.fromtimestamp(int(row["minute"]) * 60, UTC), float(row["value"]))


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
