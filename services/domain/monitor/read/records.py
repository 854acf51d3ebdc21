"""Records of telemetry, read by compiled code: see scan.py for what of them.

DONE is read; OPEN is left to decode.py; NEW_NAME as well, and nothing after it has been read.
"""

from typing import Any

import numpy as np

from schemas.messages import MAX_NAME, MAX_TEXT
from services.domain.compiled import compiled, entry
from services.domain.form import Array
from services.domain.monitor.read.batch import NO_SEQ, READING, TICK
from services.domain.monitor.read.names import find_among, find_slot, is_id, put_name
from services.domain.monitor.read.numbers import UNSURE, read_number, read_time, read_whole
from services.domain.monitor.read.texts import is_same, is_utf8, is_word, quoted, skip

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


@entry
def read_records(
    first: int, text: Array, starts: Array, plan: Array, sources: Array, assets: Array, known: int,
    room: int, new: Array, rows: Array, values: Array, state: Array,
) -> tuple[int, int, int]:  # fmt: skip
    """Reads records from `first` on into rows, values and states.

    `text` has all records, then their keys if there are any, each from its `starts` on.  `plan`
    are the names of fields, classes and channels; `assets` has `known` names and `room` for more.
    Gives the place behind the last record looked at, how many of them are not DONE, and how many
    assets are new: `new` has the slots of their names.
    """
    keyed, left, added = len(starts) > len(rows) + 1, 0, 0
    for n in range(first, len(rows)):
        row, at, end = rows[n], starts[n], starts[n + 1] - 1
        state[n], name, stop = _record(text, at, end, plan, sources, row, values[n])
        if state[n] == DONE and row.kind == READING:
            slot, key = find_slot(text, name, stop, assets), len(rows) + n
            asset = assets[slot]
            if keyed and not is_same(text, name, stop, starts[key], starts[key + 1] - 1):
                state[n] = OPEN
            elif asset.length >= 0:
                state[n] = DONE if asset.tag == row.asset_class else OPEN
            elif left or added == room or not is_id(text, name, stop):
                state[n] = NEW_NAME  # no number before those of the open records
            else:
                put_name(asset, text, name, stop, known + added, row.asset_class)
                new[added] = slot
                added += 1
            row.asset = asset.number
        left += state[n] != DONE
        if state[n] == NEW_NAME:
            return n + 1, left, added
    return len(rows), left, added


@compiled
def _record(
    text: Array, at: int, end: int, plan: Array, sources: Array, row: Any, values: Array
) -> tuple[int, int, int]:
    """Reads one record into its row, but for its asset; its state, where that name is."""
    row.lat, row.lon, row.seq, row.asset = np.nan, np.nan, NO_SEQ, -1
    name, behind, field, given = 0, 0, -1, 0
    at = skip(text, at)
    byte = _COMMA if text[at] == _OPENING else 0
    while byte == _COMMA:
        start, stop, _ = quoted(text, skip(text, at + 1))
        field = find_among(text, start, stop, plan[_OF_FIELDS], field + 1)
        at = skip(text, stop + 1)
        if field < 0 or given >> field & 1 or text[at] != _COLON:
            return OPEN, name, behind
        given |= 1 << field
        at = skip(text, at + 1)
        if field == _ASSET:
            name, behind, _ = quoted(text, at)
            at = _after(behind)
        elif field == _SOURCE:
            row.source, at = _source(text, at, sources)
        elif field == _CHANNELS:
            at = _channels(text, at, plan, row.asset_class, values, given)
        else:
            at = _plain_value(text, at, field, plan, row)
        if at < 0:
            return (NEW_NAME if at == _UNKNOWN else OPEN), name, behind
        at = skip(text, at)
        byte = text[at]
    if byte != _CLOSING or skip(text, at + 1) != end:
        return OPEN, name, behind
    if given & ~(1 << _VERSION) == _OF_TICK:
        row.kind, row.time_us = TICK, row.ingest_us
        return DONE, name, behind
    row.kind = READING
    whole = given & _OF_READING == _OF_READING and not given >> _KIND & 1
    return (DONE if whole else OPEN), name, behind


@compiled
def _after(stop: int) -> int:
    """The place behind the quote that ends a text."""
    return stop + 1 if stop >= 0 else UNSURE


@compiled
def _source(text: Array, at: int, sources: Array) -> tuple[int, int]:
    """The number of a feed; _UNKNOWN when it was never heard."""
    start, stop, _ = quoted(text, at)
    if stop < 0:
        return -1, UNSURE
    source = sources[find_slot(text, start, stop, sources)]
    return source.number, (stop + 1 if source.length >= 0 else _UNKNOWN)


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
def _channels(
    text: Array, at: int, plan: Array, asset_class: int, values: Array, given: int
) -> int:
    """Numbers by names that the class declares; the class is to be given before them."""
    if text[at] != _OPENING or not given >> _ASSET_CLASS & 1:
        return UNSURE
    names = plan[_OF_CHANNELS + asset_class]
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
