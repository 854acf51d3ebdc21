"""Signals put together from words and numbers, by compiled code.

A piece is put into `out` at a place, and the place behind it is given; UNSURE after a number that
is left to msgspec.
"""

import math
from typing import Any

from schemas.messages import LATEST
from services.domain.compiled import called, compiled, entry
from services.domain.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.read.decode import to_us
from services.domain.monitor.write.numbers import UNSURE, put_number, put_time, put_whole
from services.domain.monitor.write.words import (
    ASSET,
    CAUSE,
    CHANNEL,
    CLASS,
    COUNT,
    DETECTORS,
    END,
    END_OF_TIMES,
    EVIDENCE,
    FIGURES,
    FLAWS,
    FROM,
    ID,
    INGEST_TIME,
    KINDS,
    LAT,
    LON,
    MOVEMENT,
    NUMBERS,
    OF_MOVEMENT,
    OF_NAME,
    OF_TRIP,
    SCORE,
    SOURCES,
    THRESHOLD,
    TO,
    TRIP,
    VALUE,
    WATCHED,
    ZONE_NAMES,
    ZONES,
)

LATEST_US = to_us(LATEST)
_FIGURE_COUNT, _KIND_COUNT = len(ev.FIGURES), len(ev.KINDS)

_HYPHEN, _OPENING, _CLOSING = 45, 123, 125


@entry
def compose(
    events: Array, figures: Array, assets: Array, asset_starts: Array, words: Array,
    starts: Array, common: Array, layout: Array, evidence: Array, out: Array, bounds: Array,
    nth: Array,
) -> None:  # fmt: skip
    """Writes one signal after the other; bounds[n + 1] is the end of event n's text.

    `nth` becomes each event's number among those of its cause. One that is left over has no text.
    """
    at = 0
    for n in range(len(events)):
        event = events[n]
        nth[n] = nth[n - 1] + 1 if n > 0 and events[n - 1].cause == event.cause else 0
        if event.flaw != ev.UNKNOWN:  # of which the channel is a word of its own
            line = layout[event.asset_class]
            stop = _cause(out, at, words, starts, event.cause, nth[n])
            stop = _put(out, stop, assets, asset_starts, n)
            stop = _put(out, stop, words, starts, line[CLASS])
            stop = _put(out, stop, words, starts, common[SOURCES] + event.source)
            stop = _fields(out, stop, words, starts, common, line, event)
            stop = _evidence_of(out, stop, words, starts, common, line, evidence, event, figures[n])
            at = max(at, stop)  # UNSURE: no text
        bounds[n + 1] = at


@compiled
def _put(out: Array, at: int, words: Array, starts: Array, word: int) -> int:
    """The word; after something UNSURE, nothing."""
    if at < 0:
        return at
    first = starts[word]
    length: int = starts[word + 1] - 1 - first  # a NUL lies between
    for place in range(length):
        out[at + place] = words[first + place]
    return at + length


@compiled
def _put_one(out: Array, at: int, words: Array, starts: Array, first: int, number: int) -> int:
    """One of the words from `first` on, where there is one."""
    return _put(out, at, words, starts, first + number) if number >= 0 else at


@called
def _put_named(out: Array, at: int, words: Array, starts: Array, word: int, value: float) -> int:
    """A member of an object, where there is a number."""
    if at < 0 or not math.isfinite(value):
        return at
    return put_number(out, _put(out, at, words, starts, word), value)


@compiled
def _cause(out: Array, at: int, words: Array, starts: Array, cause: int, nth: int) -> int:
    at = put_whole(out, _put(out, at, words, starts, ID), cause)
    out[at] = _HYPHEN
    at = put_whole(out, at + 1, nth)
    at = put_whole(out, _put(out, at, words, starts, CAUSE), cause)
    return _put(out, at, words, starts, ASSET)


@compiled
def _fields(
    out: Array, at: int, words: Array, starts: Array, common: Array, line: Array, event: Any
) -> int:
    """What is between the source and the evidence."""
    time_us = min(event.time_us, LATEST_US)  # a silence is dated ahead of its clock
    at = put_time(out, _put(out, at, words, starts, common[KINDS] + event.kind), time_us)
    at = put_time(out, _put(out, at, words, starts, INGEST_TIME), event.ingest_us)
    at = _put(out, at, words, starts, END_OF_TIMES)
    at = _put_named(out, at, words, starts, LAT, event.lat)
    at = _put_named(out, at, words, starts, LON, event.lon)
    at = _put_one(out, at, words, starts, common[DETECTORS], event.detector)
    at = _put_one(out, at, words, starts, line[CHANNEL], event.channel)
    at = _put_one(out, at, words, starts, common[FLAWS], event.flaw)
    at = _put_one(out, at, words, starts, common[ZONES], event.zone)
    at = _put_one(out, at, words, starts, line[FROM], event.from_state)
    at = _put_one(out, at, words, starts, line[TO], event.to_state)
    at = _put_named(out, at, words, starts, VALUE, event.value)
    at = _put_named(out, at, words, starts, THRESHOLD, event.threshold)
    return _put_named(out, at, words, starts, SCORE, event.score)


@compiled
def _evidence_of(
    out: Array, at: int, words: Array, starts: Array, common: Array, line: Array,
    evidence: Array, event: Any, figures: Array,
) -> int:  # fmt: skip
    """The words and numbers of its kind; a summary's figures and its watched channels' means."""
    before = at
    at = first = _put(out, at, words, starts, EVIDENCE)
    flagged = event.kind == ev.READING_FLAGGED
    names, given = evidence[_KIND_COUNT + event.flaw if flagged else event.kind], 0
    for name in names:
        if name == OF_MOVEMENT:
            at = _put(out, at, words, starts, line[MOVEMENT] + event.state)
        elif name == OF_TRIP:
            at = _put(out, at, words, starts, line[TRIP])
        elif name == OF_NAME:
            at = _put_one(out, at, words, starts, common[ZONE_NAMES], event.zone)
        elif name >= 0:
            at = _put_named(out, at, words, starts, name, event.evidence[given])
            given += 1
    if event.kind == ev.MINUTE_SUMMARY:
        at = _minute(out, at, words, starts, common[FIGURES], line, figures)
    if at < 0:
        return UNSURE
    if at == first:  # there is none
        return _put(out, before, words, starts, END)
    out[first], out[at] = _OPENING, _CLOSING  # in the place of the first member's comma
    return _put(out, at + 1, words, starts, END)


@compiled
def _minute(
    out: Array, at: int, words: Array, starts: Array, first: int, line: Array, figures: Array
) -> int:
    for place in range(_FIGURE_COUNT):
        at = _put_named(out, at, words, starts, first + place, figures[place])
    for place in range(line[COUNT]):
        mean = figures[_FIGURE_COUNT + line[NUMBERS + place]]
        at = _put_named(out, at, words, starts, line[WATCHED] + place, mean)
    return at
