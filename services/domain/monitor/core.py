"""The monitor of one partition: telemetry records in, signals out; pure.

A batch is decoded at once and cut where a feed's clock crosses a grid point (silence is judged
there). Between two cuts, the k-th reading of every asset of a class is one round: one vectorised
step through quality, movement, trips, zones, overspeed, anomalies and minutes, in that order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from schemas import ASSET_CLASSES, AssetClass
from schemas.zones import load_zones
from services.domain.detectors.form import Array, Column
from services.domain.monitor import (
    minute,
    movement,
    overspeed,
    quality,
    silence,
    snapshot,
    trips,
    zones,
)
from services.domain.monitor.anomalies import Anomalies
from services.domain.monitor.clock import Crossing, FeedClocks
from services.domain.monitor.columns import Columns
from services.domain.monitor.decode import Readings, Record, Rejection, decode, tabulate
from services.domain.monitor.emit import ClassState, Round, Signals
from services.domain.monitor.limits import Limits
from services.domain.monitor.minute import Minutes
from services.domain.monitor.plan import ClassPlan


@dataclass(frozen=True)
class StepOutcome:
    """What a batch led to: (asset, JSON) signals in emission order, and what could not be read."""

    signals: list[tuple[str, bytes]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


@cache
def _zone_index() -> zones.ZoneIndex:
    return zones.ZoneIndex(load_zones())


class ClassMonitor(ClassState):
    """The assets of one class in this partition: their columns, and one round of them."""

    def __init__(self, plan: ClassPlan, index: zones.ZoneIndex) -> None:
        self.limits, self.anomalies, self.minutes = Limits(plan), Anomalies(plan), Minutes()
        tables = {**_table(plan), **self.limits.table(), **self.anomalies.table()}
        super().__init__(plan, Columns(tables))
        self.index = index
        self.kinds = index.of_kinds(plan.zone_kinds)
        self.rest_kind = _rest_kind(plan)
        self.unknown_seen: dict[int, set[str]] = {}

    def step(self, round_: Round) -> None:
        """Everything that one reading of each asset leads to."""
        live = quality.step(round_, self.unknown_seen)
        silence.hear(round_)
        round_ = round_.keep(live)
        crossings = zones.step(round_, self.index)
        inside = zones.inside(round_, self.kinds)
        movement.step(round_, inside)
        resting = inside[:, self.rest_kind] > 0 if self.rest_kind is not None else live[live]
        step_km = trips.step(round_, resting)
        zones.signal(round_, self.index, crossings)
        overspeed.step(round_)
        self.limits.step(round_)
        self.anomalies.step(round_)
        self.minutes.step(round_, step_km)

    def chunks(self) -> Iterator[tuple[str, bytes]]:
        """The rows as snapshot chunks, by name."""
        for start, stop in snapshot.spans(len(self.columns.assets)):
            seen = self.unknown_seen
            content = {
                "assets": self.columns.assets[start:stop],
                "columns": self.columns.cut(start, stop),
                "unknown": [sorted(seen.get(row, ())) for row in range(start, stop)],
                "drifts": [self.minutes.packed(row) for row in range(start, stop)],
            }
            name = f"{self.plan.name}/{start // snapshot.ASSETS_PER_CHUNK:05d}"
            yield name, snapshot.pack(content)

    def restore(self, chunk: bytes) -> None:
        """Appends the rows of a chunk."""
        content, start = snapshot.unpack(chunk), len(self.columns.assets)
        self.columns.paste(content["assets"], content["columns"])
        for row, names in enumerate(content["unknown"], start):
            if names:
                self.unknown_seen[row] = set(names)
        for row, packed in enumerate(content["drifts"], start):
            self.minutes.unpack(row, packed)


def _table(plan: ClassPlan) -> dict[str, Column]:
    return {
        **quality.table(plan),
        **silence.table(),
        **movement.table(plan),
        **trips.table(),
        **zones.table(),
        **overspeed.table(),
        **minute.table(plan),
    }


def _rest_kind(plan: ClassPlan) -> int | None:
    rest_zone = plan.asset_class.trip.rest_zone
    return None if rest_zone is None else plan.zone_kinds.index(rest_zone)


class MonitorCore:
    """The whole state of one partition; no input makes `step` raise."""

    def __init__(
        self,
        partition: int,
        topic: str = "telemetry",
        asset_classes: Mapping[str, AssetClass] = ASSET_CLASSES,
    ) -> None:
        self._partition, self._topic = partition, topic
        self._clocks = FeedClocks()
        self._classes = {
            name: ClassMonitor(ClassPlan(asset_class), _zone_index())
            for name, asset_class in asset_classes.items()
        }
        self._class_of: dict[str, str] = {}  # by asset: that of its first reading

    def step(
        self,
        offsets: Sequence[int],
        values: Sequence[bytes],
        keys: Sequence[bytes | None] | None = None,
    ) -> StepOutcome:
        """Takes the records at `offsets` in order; the same outcome however they are batched.

        Where `keys` are given, a reading under another key than its asset's id is rejected.  So
        is one of another class than the asset's first reading: it would be an asset of its own.
        """
        decoded = decode(offsets, values, self._classes, keys)
        records, strange = self._of_one_class(decoded.records)
        crossings = self._clocks.advance(records)
        signals = Signals(self._topic, self._partition, self._clocks.sources)
        places = _places_by_class(records)
        batches = {
            name: self._batch(mine, places.get(name, ()), records, crossings)
            for name, mine in self._classes.items()
        }
        for segment in range(len(crossings) + 1):
            if segment:
                self._at_grid(crossings[segment - 1], records, signals)
            for name, batch in batches.items():
                for round_ in batch.rounds(self._classes[name], signals, segment):
                    self._classes[name].step(round_)
        return StepOutcome(signals.encoded(), sorted(decoded.rejected + strange))

    def snapshot(self) -> dict[str, bytes]:
        """The whole state by chunk name; `restore` of it goes on exactly as this would."""
        chunks = {snapshot.CLOCK: snapshot.pack_clocks(self._clocks)}
        for mine in self._classes.values():
            chunks.update(mine.chunks())
        return chunks

    @classmethod
    def restore(
        cls, partition: int, chunks: Mapping[str, bytes], topic: str = "telemetry"
    ) -> "MonitorCore":
        """The monitor that `snapshot` was taken of; classes no longer described are left out."""
        core = cls(partition, topic)
        if snapshot.CLOCK in chunks:
            core._clocks = snapshot.unpack_clocks(chunks[snapshot.CLOCK])
        for name in sorted(chunks):
            mine = core._classes.get(name.partition("/")[0])
            if mine is not None:
                mine.restore(chunks[name])
        for name, mine in core._classes.items():
            core._class_of.update(dict.fromkeys(mine.columns.assets, name))
        return core

    def _of_one_class(self, records: Sequence[Record]) -> tuple[list[Record], list[Rejection]]:
        """The records whose class is their asset's, and the rejections of the others."""
        kept: list[Record] = []
        rejected: list[Rejection] = []
        for record in records:
            reading = record.reading
            if reading is not None:
                first = self._class_of.setdefault(reading.asset, reading.asset_class)
                if first != reading.asset_class:
                    detail = (
                        f"{reading.asset} has reported as {first}, this reading says"
                        f" {reading.asset_class}: send it under an asset id of its own"
                    )
                    rejected.append(Rejection(record.offset, "other_class", detail))
                    continue
            kept.append(record)
        return kept, rejected

    def _batch(
        self,
        mine: ClassMonitor,
        places: Sequence[int],
        records: Sequence[Record],
        crossings: Sequence[Crossing],
    ) -> "_ClassBatch":
        chosen = [records[n] for n in places]
        rows = mine.columns.rows_of([r.reading.asset for r in chosen if r.reading])
        numbers = self._clocks.numbers
        source = np.array([numbers[r.source] for r in chosen], dtype=np.int64)
        return _ClassBatch(tabulate(places, records, mine.plan), rows, source, crossings)

    def _at_grid(self, crossing: Crossing, records: Sequence[Record], signals: Signals) -> None:
        """Judges the assets of the feed whose clock moved.

        But for the one just heard: its reading is what moved the clock, and comes right after.
        """
        cause = records[crossing.at]
        self._measure_lag(crossing.source)
        for mine in self._classes.values():
            columns = mine.columns
            of_feed = columns["source"] == crossing.source
            if cause.reading and cause.reading.asset_class == mine.plan.name:
                of_feed[columns.rows_of([cause.reading.asset])] = False
            rows = np.flatnonzero(of_feed)
            at = (mine, signals, cause.offset, crossing.clock_us, rows)
            silence.check(*at, crossing.leap_us)
            mine.minutes.check(*at)

    def _measure_lag(self, source: int) -> None:
        """Tells the assets of a feed how late the feed is, all classes taken together."""
        of_feed = [(m.columns, m.columns["source"] == source) for m in self._classes.values()]
        lags = [columns["lag"][rows & ~columns["silent"]] for columns, rows in of_feed]
        if not any(map(len, lags)):
            return
        feed_lag = quality.feed_lag(np.concatenate(lags))
        for columns, rows in of_feed:
            columns["feed_lag"][rows] = feed_lag


def _places_by_class(records: Sequence[Record]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        if record.reading:
            places.setdefault(record.reading.asset_class, []).append(place)
    return places


class _ClassBatch:
    """The readings of one class in a batch, sorted by segment and then by round."""

    def __init__(
        self, readings: Readings, rows: Array, source: Array, crossings: Sequence[Crossing]
    ) -> None:
        self._readings, self._rows, self._source = readings, rows, source
        cuts = np.array([crossing.at for crossing in crossings], dtype=np.int64)
        segment = np.searchsorted(cuts, readings.at, side="right")
        nth = _count_within(segment, rows)
        self._order = np.lexsort((nth, segment))
        step = np.stack([segment[self._order], nth[self._order]])
        ends = np.flatnonzero((step[:, 1:] != step[:, :-1]).any(axis=0)) + 1
        self._bounds: dict[int, list[tuple[int, int]]] = {}
        if len(rows):
            for start, stop in zip([0, *ends], [*ends, len(rows)], strict=True):
                self._bounds.setdefault(int(step[0, start]), []).append((start, stop))

    def rounds(self, mine: ClassMonitor, signals: Signals, segment: int) -> Iterator[Round]:
        """The rounds of one segment in order."""
        for start, stop in self._bounds.get(segment, ()):
            chosen = self._order[start:stop]
            yield Round(
                mine, signals, self._readings.pick(chosen), self._rows[chosen], self._source[chosen]
            )


def _count_within(segment: Array, rows: Array) -> Array:
    """How many readings of the same asset came before in the same segment."""
    order = np.lexsort((rows, segment))
    seg, row = segment[order], rows[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (seg[1:] != seg[:-1]) | (row[1:] != row[:-1])
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    nth = np.empty(len(order), dtype=np.int64)
    nth[order] = np.arange(len(order)) - start
    return nth
