"""Telemetry bytes to columns: the line's own JSON form, read by compiled code.

The form is what schemas.Reading and schemas.Tick are written as: fields and white space in any
order, texts without escapes, names that were seen before.  A record with anything else stays open
and is read by decode.py, which alone knows what is refused and why; both together give what
decode.py alone would.  A record with a new name ends the scan until it and the open ones before it
are read in order, so that names are numbered by their first appearance, whoever read the record.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from schemas import AssetClass
from schemas.messages import MAX_NAME, MAX_TEXT
from services.domain.detectors.form import Array
from services.domain.monitor.batch import NO_SEQ, READING, ROW, TICK, Batch, Rejection
from services.domain.monitor.compiled import compiled, entry, records
from services.domain.monitor.decode import decode, to_us
from services.domain.monitor.names import Names, find_among, find_slot, is_name, joined, name_tables
from services.domain.monitor.read_numbers import UNSURE, read_number, read_time, read_whole
from services.domain.monitor.read_texts import is_utf8, is_word, quoted, skip
from services.domain.wire import WireReading

FIELDS = (
    "version", "asset", "asset_class", "source", "time", "ingest_time", "seq", "lat", "lon",
    "channels", "labels", "kind",
)  # fmt: skip
"""Those of schemas.Reading and schemas.Tick, in the order in which they are written."""

(
    _VERSION, _ASSET, _ASSET_CLASS, _SOURCE, _TIME, _INGEST_TIME, _SEQ, _LAT, _LON,
    _CHANNELS, _LABELS, _KIND,
) = range(len(FIELDS))  # fmt: skip
_OF_READING = sum(1 << n for n in (_ASSET, _ASSET_CLASS, _SOURCE, _TIME, _INGEST_TIME, _SEQ))
_OF_TICK = sum(1 << n for n in (_KIND, _SOURCE, _INGEST_TIME))

# lines of the table of names
_OF_FIELDS, _OF_CLASSES, _OF_CHANNELS = 0, 1, 2

_COLON, _COMMA, _OPENING, _CLOSING = 58, 44, 123, 125
_NULL, _TICK = np.frombuffer(b"null", "u1"), np.frombuffer(b'"tick"', "u1")


DONE, OPEN, NEW_NAME = 0, 1, 2
_UNKNOWN = -2


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
        text, starts = joined(values if keys is None else [*values, *(key or b"" for key in keys)])
        done = 0
        while done < count:
            stop, left = _scan(
                done, text, starts, self._plan, self.assets.table, self.sources.table,
                records(rows), table, state,
            )  # fmt: skip
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


@entry
def _scan(
    first: int, text: Array, starts: Array, plan: Array, assets: Array, sources: Array,
    rows: Array, values: Array, state: Array,
) -> tuple[int, int]:  # fmt: skip
    """Reads records from `first` on, and says in `state` which are open.

    Gives the place behind the last one looked at, which is one with a new name or the last, and
    how many are open.  The texts are those of all records, then their keys if there are any.
    """
    keyed, left = len(starts) > len(rows) + 1, 0
    for n in range(first, len(rows)):
        row = rows[n]
        at, end = starts[n], starts[n + 1] - 1
        state[n], slot = _record(text, at, end, plan, assets, sources, row, values[n])
        if state[n] == DONE and row.kind == READING:
            asset, key = assets[slot], len(rows) + n
            named = not keyed or is_name(text, starts[key], starts[key + 1] - 1, asset)
            if asset.tag != row.asset_class or not named:
                state[n] = OPEN
        left += state[n] != DONE
        if state[n] == NEW_NAME:
            return n + 1, left
    return len(rows), left


@compiled
def _record(
    text: Array, at: int, end: int, plan: Array, assets: Array, sources: Array, row: Any,
    values: Array,
) -> tuple[int, int]:  # fmt: skip
    """Reads one record into its row; its state, and the slot of its asset."""
    row.lat, row.lon, row.seq, row.asset = np.nan, np.nan, NO_SEQ, -1
    slot, field, given = 0, -1, 0
    at = skip(text, at)
    byte = _COMMA if text[at] == _OPENING else 0
    while byte == _COMMA:
        start, stop, _ = quoted(text, skip(text, at + 1))
        field = find_among(text, start, stop, plan[_OF_FIELDS], field + 1)
        at = skip(text, stop + 1)
        if field < 0 or given >> field & 1 or text[at] != _COLON:
            return OPEN, slot
        given |= 1 << field
        at = skip(text, at + 1)
        if field == _ASSET:
            at, slot = _known(text, at, assets)
            row.asset = assets[slot].number
        elif field == _SOURCE:
            at, found = _known(text, at, sources)
            row.source = sources[found].number
        elif field == _CHANNELS:
            if not given >> _ASSET_CLASS & 1:
                return OPEN, slot
            at = _channels(text, at, plan[_OF_CHANNELS + row.asset_class], values)
        else:
            at = _plain_value(text, at, field, plan, row)
        if at < 0:
            return (OPEN if at == UNSURE else NEW_NAME), slot
        at = skip(text, at)
        byte = text[at]
    if byte != _CLOSING or skip(text, at + 1) != end:
        return OPEN, slot
    if given & ~(1 << _VERSION) == _OF_TICK:
        row.kind, row.time_us = TICK, row.ingest_us
        return DONE, slot
    row.kind = READING
    whole = given & _OF_READING == _OF_READING and not given >> _KIND & 1
    return (DONE if whole else OPEN), slot


@compiled
def _known(text: Array, at: int, slots: Array) -> tuple[int, int]:
    """The slot of a quoted name; _UNKNOWN when it is none of those seen."""
    start, stop, _ = quoted(text, at)
    if stop < 0:
        return UNSURE, 0
    slot = find_slot(text, start, stop, slots)
    return (stop + 1 if slots[slot].length >= 0 else _UNKNOWN), slot


@compiled
def _plain_value(text: Array, at: int, field: int, plan: Array, row: Any) -> int:
    """The value of a field that stands for itself."""
    if field == _LAT:
        row.lat, at = _degrees(text, at)
    elif field == _LON:
        row.lon, at = _degrees(text, at)
    elif field == _TIME:
        row.time_us, at = read_time(text, at)
    elif field == _INGEST_TIME:
        row.ingest_us, at = read_time(text, at)
    elif field == _SEQ:
        row.seq, at = read_whole(text, at)
    elif field == _VERSION:
        version, at = read_whole(text, at)
        at = at if version >= 1 else UNSURE
    elif field == _LABELS:
        at = _labels(text, at)
    elif field == _ASSET_CLASS:
        start, stop, _ = quoted(text, at)
        number = find_among(text, start, stop, plan[_OF_CLASSES], 0)
        row.asset_class = max(number, 0)
        at = stop + 1 if number >= 0 else UNSURE
    else:
        at = at + len(_TICK) if is_word(text, at, _TICK) else UNSURE
    return at


@compiled
def _degrees(text: Array, at: int) -> tuple[float, int]:
    """A number, or null, which is none."""
    if is_word(text, at, _NULL):
        return np.nan, at + len(_NULL)
    return read_number(text, at)


@compiled
def _channels(text: Array, at: int, names: Array, values: Array) -> int:
    """Numbers by names that the class declares."""
    if text[at] != _OPENING:
        return UNSURE
    at = skip(text, at + 1)
    if text[at] == _CLOSING:
        return at + 1
    place = -1
    while True:
        start, stop, _ = quoted(text, at)
        place = find_among(text, start, stop, names, place + 1)
        at = skip(text, stop + 1)
        if place < 0 or text[at] != _COLON:
            return UNSURE
        values[place], at = read_number(text, skip(text, at + 1))
        if at < 0:
            return UNSURE
        at = skip(text, at)
        if text[at] != _COMMA:
            return at + 1 if text[at] == _CLOSING else UNSURE
        at = skip(text, at + 1)


@compiled
def _labels(text: Array, at: int) -> int:
    """Texts by names, none of which is kept."""
    if text[at] != _OPENING:
        return UNSURE
    at = skip(text, at + 1)
    if text[at] == _CLOSING:
        return at + 1
    while True:
        start, stop, ascii_ = quoted(text, at)
        at = skip(text, stop + 1)
        if not ascii_ or not 0 < stop - start <= MAX_NAME or text[at] != _COLON:
            return UNSURE
        start, stop, ascii_ = quoted(text, skip(text, at + 1))
        if stop < 0 or stop - start > MAX_TEXT or not (ascii_ or is_utf8(text, start, stop)):
            return UNSURE
        at = skip(text, stop + 1)
        if text[at] != _COMMA:
            return at + 1 if text[at] == _CLOSING else UNSURE
        at = skip(text, at + 1)
