"""Signals on their way out: collected during a batch, then numbered per cause record and encoded.

A record's signals all come from one round, in the order in which the concerns look at it, so
sorting by offset alone (stably) makes the order independent of how the records were cut into
batches.
"""

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np

from schemas.messages import LATEST, SCHEMA_VERSION
from services.domain.detectors.form import Array
from services.domain.monitor.columns import Columns
from services.domain.monitor.decode import Readings, from_us, to_us
from services.domain.monitor.plan import ClassPlan
from services.domain.wire import WireSignal

_LATEST_US = to_us(LATEST)


class Signals:
    """Collects what is concluded in one batch; `sources` is the partition's table of feed names."""

    def __init__(self, topic: str, partition: int, sources: Sequence[str]) -> None:
        self._record = f"{topic}-{partition}"
        self._sources = sources
        self._raised: list[tuple[int, WireSignal]] = []
        self._encode = msgspec.json.Encoder().encode

    def add(
        self,
        cause: int,
        state: "ClassState",
        row: int,
        kind: str,
        time_us: int,
        ingest_us: int,
        **fields: Any,
    ) -> None:
        """A signal of the asset at `row`, caused by the record at offset `cause`."""
        columns = state.columns
        signal = WireSignal(
            version=SCHEMA_VERSION,
            id="",
            cause=f"{self._record}-{cause}",
            asset=columns.assets[row],
            asset_class=state.plan.name,
            source=self._sources[columns["source"][row]],
            kind=kind,
            time=from_us(min(time_us, _LATEST_US)),  # a silence is dated ahead of the clock's end
            ingest_time=from_us(ingest_us),
            lat=number(columns["lat"][row]),
            lon=number(columns["lon"][row]),
            **fields,
        )
        self._raised.append((int(cause), signal))

    def encoded(self) -> list[tuple[str, bytes]]:
        """(asset, JSON) of every signal, by cause and then in the order raised."""
        self._raised.sort(key=itemgetter(0))
        out, last, n = [], None, 0
        for cause, signal in self._raised:
            n = n + 1 if cause == last else 0
            last = cause
            signal.id = f"{signal.cause}-{n}"
            out.append((signal.asset, self._encode(signal)))
        return out


class ClassState:
    """The plan of a class and the columns of its assets in this partition."""

    def __init__(self, plan: ClassPlan, columns: Columns) -> None:
        self.plan = plan
        self.columns = columns


class Round:
    """At most one reading of each asset of a class: the unit of every vectorised step.

    `values` and `fix` are what may be fed on (flawed numbers are absent); `raw` is as received.
    """

    def __init__(
        self, state: ClassState, signals: Signals, readings: Readings, rows: Array, source: Array
    ) -> None:
        self.state, self.plan, self.columns = state, state.plan, state.columns
        self.signals = signals
        self.rows, self.source = rows, source
        self.readings = readings
        self.time, self.ingest = readings.time, readings.ingest
        self.raw = self.values = readings.values
        self.lat, self.lon = readings.lat, readings.lon
        self.fix = np.isfinite(readings.lat) & np.isfinite(readings.lon)

    def keep(self, kept: Array) -> "Round":
        """The round of only those readings for which `kept` is true."""
        if kept.all():
            return self
        readings = self.readings.pick(np.flatnonzero(kept))
        smaller = Round(self.state, self.signals, readings, self.rows[kept], self.source[kept])
        smaller.values, smaller.fix = self.values[kept], self.fix[kept]
        return smaller

    def add(self, place: Any, kind: str, dated_us: int | None = None, **fields: Any) -> None:
        """A signal caused by the reading at `place`, and dated as it unless said otherwise."""
        self.signals.add(
            self.readings.offset[place],
            self.state,
            int(self.rows[place]),
            kind,
            self.time[place] if dated_us is None else dated_us,
            self.ingest[place],
            **fields,
        )


def number(value: Any) -> float | None:
    """A finite value as a float of 6 decimals, for JSON; None when absent."""
    return round(float(value), 6) if math.isfinite(value) else None


def rounded(values: Array) -> Array:
    """Many values as `number` would give them, but for a NaN where that gives None."""
    with np.errstate(over="ignore"):
        places = np.round(values, 6)
    return np.where(np.isfinite(places), places, np.nan)


def numbers(**values: Any) -> dict[str, float | str]:
    """Evidence: the finite numbers among `values`, rounded; text as it is."""
    plain = {k: v if isinstance(v, str) else number(v) for k, v in values.items()}
    return {name: value for name, value in plain.items() if value is not None}
