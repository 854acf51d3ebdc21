"""Telemetry bytes to columns: the line's own JSON form, read by compiled code.

The form is what schemas.Reading and schemas.Tick are written as: fields and white space in any
order, texts without escapes, names that were seen before.  A record with anything else stays open
and is read by decode.py, which alone knows what is refused and why; both together give what
decode.py alone would.  Names are numbered by their first appearance, whoever read the record: a new
asset gets its number at once while no record before it is open; any other record with a new name
ends the scan until it and the open ones before it are read in order.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from schemas import AssetClass
from schemas.messages import MAX_NAME
from services.domain.compiled import records
from services.domain.form import Array
from services.domain.monitor.read.batch import NO_SEQ, READING, ROW, TICK, Batch, Rejection
from services.domain.monitor.read.decode import decode, to_us
from services.domain.monitor.read.names import Names, joined, name_tables
from services.domain.monitor.read.records import DONE, FIELDS, OPEN, read_records
from services.domain.wire import WireReading


class Scanner:
    """Turns records into batches; numbers assets and feeds as they appear.

    An asset's tag is the number of its class: that of its first reading.
    """

    def __init__(self, asset_classes: Mapping[str, AssetClass]) -> None:
        self.assets, self.sources = Names(), Names(MAX_NAME)
        self._described = asset_classes
        self._classes = list(asset_classes)
        self._channels = [
            {channel.name: n for n, channel in enumerate(asset_class.channels)}
            for asset_class in asset_classes.values()
        ]
        self._width = max(map(len, self._channels), default=0)
        self._plan = name_tables([FIELDS, self._classes, *self._channels])

    def batch(
        self,
        offsets: Sequence[int],
        values: Sequence[bytes],
        keys: Sequence[bytes | None] | None = None,
    ) -> Batch:
        """The records in columns.  Where `keys` are given, they must be the assets' ids."""
        count = len(values)
        rows, table = np.zeros(count, dtype=ROW), np.full((count, self._width), np.nan)
        rows["offset"] = offsets
        batch = Batch(rows, table, {}, [])
        state = np.zeros(count, dtype=np.uint8)
        text, starts = joined(values if keys is None else [*values, *[key or b"" for key in keys]])
        new, done = np.zeros(count, dtype=np.int32), 0
        while done < count:
            stop, left, added = read_records(
                done, text, starts, self._plan, self.sources.table, self.assets.table,
                len(self.assets), self.assets.room, new, records(rows), table, state,
            )  # fmt: skip
            self.assets.note(new[:added])
            for place in (done + np.flatnonzero(state[done:stop])).tolist() if left else ():
                key = None if keys is None else [keys[place]]
                state[place] = DONE if self._read(batch, place, values[place], key) else OPEN
            done = stop
        return _without(batch, state == OPEN) if batch.rejected else batch

    def _read(
        self, batch: Batch, place: int, value: bytes, key: Sequence[bytes | None] | None
    ) -> bool:
        """Reads an open record as decode.py does; False when it is rejected."""
        offset = int(batch.rows["offset"][place])
        decoded = decode([offset], [value], self._described, key)
        batch.rejected.extend(decoded.rejected)
        for record in decoded.records:
            at_us, reading = record.ingest_us, record.reading
            if reading is None:
                source = self.sources.add(record.source)
                row = (offset, at_us, at_us, NO_SEQ, np.nan, np.nan, -1, source, 0, TICK)
                batch.rows[place] = row
                return True
            number = self._classes.index(reading.asset_class)
            asset = self.assets.add(reading.asset, number)
            if self.assets.tags[asset] != number:
                batch.rejected.append(self._other_class(offset, asset, reading))
                return False
            source = self.sources.add(record.source)
            lat = np.nan if reading.lat is None else reading.lat
            lon = np.nan if reading.lon is None else reading.lon
            batch.rows[place] = (
                offset, to_us(reading.time), at_us, reading.seq, lat, lon, asset, source, number,
                READING,
            )  # fmt: skip
            self._fill(batch, place, number, reading.channels)
            return True
        return False

    def _fill(self, batch: Batch, place: int, number: int, channels: Mapping[str, float]) -> None:
        columns, values = self._channels[number], batch.values[place]
        values[:] = np.nan  # the scan may have begun it
        for name, value in channels.items():
            if name in columns:
                values[columns[name]] = value
            else:
                batch.unknown.setdefault(place, []).append((name, float(value)))

    def _other_class(self, offset: int, asset: int, reading: WireReading) -> Rejection:
        first = self._classes[self.assets.tags[asset]]
        detail = (
            f"{reading.asset} has reported as {first}, this reading says"
            f" {reading.asset_class}: send it under an asset id of its own"
        )
        return Rejection(offset, "other_class", detail)


def _without(batch: Batch, rejected: Array) -> Batch:
    """The batch without the rows of the rejected records."""
    kept = ~rejected
    places = np.cumsum(kept) - 1
    unknown = {int(places[place]): names for place, names in batch.unknown.items()}
    return Batch(batch.rows[kept], batch.values[kept], unknown, batch.rejected)
