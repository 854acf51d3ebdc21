"""The kernel's rows of numbers as signals in JSON, byte for byte as msgspec writes WireSignal.

Compiled code puts them together from words and numbers; by msgspec are written those that have a
channel which no class declares, or a number too large for compiled code.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np

from schemas import AssetClass
from schemas.messages import LATEST, MAX_ASSET, SCHEMA_VERSION
from schemas.zones import Zone
from services.domain.detectors.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.compiled import called, compiled, entry, records
from services.domain.monitor.decode import from_us, to_us
from services.domain.monitor.names import Names, joined
from services.domain.monitor.words import (
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
    Words,
    states_of,
)
from services.domain.monitor.write_numbers import (
    NUMBER_WIDTH,
    TIME_WIDTH,
    UNSURE,
    put_number,
    put_time,
    put_whole,
)
from services.domain.wire import WireSignal

_LATEST_US = to_us(LATEST)
_FIGURE_COUNT, _KIND_COUNT = len(ev.FIGURES), len(ev.KINDS)
_encode = msgspec.json.Encoder().encode

_HYPHEN, _COMMA, _OPENING, _CLOSING = 45, 44, 123, 125


class Writer:
    """Writes what one partition concludes; `assets` and `sources` may grow between two calls."""

    def __init__(
        self,
        record: str,
        asset_classes: Mapping[str, AssetClass],
        zones: Sequence[Zone],
        assets: Names,
        sources: Names,
    ) -> None:
        """`record` is the name of the partition, as in telemetry-3."""
        self._record, self._zones = record, zones
        self._classes = list(asset_classes.values())
        self._states = [states_of(each) for each in self._classes]
        self._assets, self._sources = assets, sources
        self._words = Words(record, self._classes, zones)

    def signals(
        self,
        events: Array,
        figures: Array,
        unknown: Mapping[int, Sequence[tuple[str, float]]] = MappingProxyType({}),
    ) -> list[tuple[str, bytes]]:
        """(asset, JSON) of all events of a batch, in their order, which is that of their causes.

        `figures` are the summaries' numbers, `unknown` the batch's channels without a place.
        """
        if not len(events):
            return []
        assets = [self._assets.texts[row] for row in events["asset"].tolist()]
        nth, written = self._compiled(events, figures, assets)
        for n, text in enumerate(written):
            if not text:
                written[n] = self._encoded(events[n], nth[n], figures[n], unknown)
        return list(zip(assets, written, strict=True))

    def _compiled(
        self, events: Array, figures: Array, assets: Sequence[str]
    ) -> tuple[list[int], list[bytes]]:
        """Each event's number among those of its cause; its text, or none if it is left over."""
        words = self._words
        words.grow(self._sources.texts)
        width = words.widest + MAX_ASSET + 2 * TIME_WIDTH + NUMBER_WIDTH * (figures.shape[1] + 16)
        out = np.empty(width * len(events), dtype="u1")
        bounds, nth = np.zeros(len(events) + 1, dtype="i8"), np.zeros(len(events), dtype="i8")
        texts = joined([asset.encode() for asset in assets])
        _write(
            records(events), figures, *texts, words.text, words.starts, words.common,
            words.layout, words.evidence, out, bounds, nth,
        )  # fmt: skip
        text, ends = out[: bounds[-1]].tobytes(), bounds.tolist()
        return nth.tolist(), [text[start:stop] for start, stop in pairwise(ends)]

    def _encoded(
        self,
        event: Any,
        nth: int,
        figures: Array,
        unknown: Mapping[int, Sequence[tuple[str, float]]],
    ) -> bytes:
        """Any event, by msgspec."""
        row = dict(zip(ev.EVENT.names or (), event.item(), strict=True))
        asset_class, states = self._classes[row["asset_class"]], self._states[row["asset_class"]]
        zone = self._zones[row["zone"]] if row["zone"] >= 0 else None
        flaw = ev.FLAWS[row["flaw"]] if row["flaw"] >= 0 else None
        channel = None
        if row["channel"] >= 0:
            strange = row["flaw"] == ev.UNKNOWN
            names = (
                unknown[row["reading"]] if strange else [(c.name,) for c in asset_class.channels]
            )
            channel = names[row["channel"]][0]
        cause = f"{self._record}-{row['cause']}"
        signal = WireSignal(
            version=SCHEMA_VERSION,
            id=f"{cause}-{nth}",
            cause=cause,
            asset=self._assets.texts[row["asset"]],
            asset_class=asset_class.name,
            source=self._sources.texts[row["source"]],
            kind=ev.KINDS[row["kind"]].name,
            time=from_us(min(row["time_us"], _LATEST_US)),  # a silence is dated ahead of its clock
            ingest_time=from_us(row["ingest_us"]),
            lat=number(row["lat"]),
            lon=number(row["lon"]),
            detector=ev.DETECTORS[row["detector"]] if row["detector"] >= 0 else None,
            channel=channel,
            flaw=flaw,
            zone=zone and zone.id,
            zone_kind=zone and zone.kind,
            from_state=states[row["from_state"]] if row["from_state"] >= 0 else None,
            to_state=states[row["to_state"]] if row["to_state"] >= 0 else None,
            value=number(row["value"]),
            threshold=number(row["threshold"]),
            score=number(row["score"]),
        )
        words = {"movement": states[row["state"]], "trip": asset_class.trip.name}
        if zone is not None:
            words["name"] = zone.name
        signal.evidence = _evidence(row, words)
        if row["kind"] == ev.MINUTE_SUMMARY:
            signal.evidence |= _of_minute(figures, asset_class)
        return _encode(signal)


def number(value: float) -> float | None:
    """A finite value as a float of 6 decimals, for JSON; None when absent."""
    return round(float(value), 6) if math.isfinite(value) else None


def _evidence(row: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, float | str]:
    flagged = row["kind"] == ev.READING_FLAGGED
    names = ev.FLAG_EVIDENCE[row["flaw"]] if flagged else ev.KINDS[row["kind"]].evidence
    left = iter(row["evidence"].tolist())
    found = {name: words[name] if name in words else number(next(left)) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _of_minute(figures: Array, asset_class: AssetClass) -> dict[str, float]:
    shown = dict(zip(ev.FIGURES, figures.tolist(), strict=False))
    means = figures[len(ev.FIGURES) :].tolist()
    for channel, mean in zip(asset_class.channels, means, strict=False):
        if channel.watched:
            shown[channel.name] = mean
    return {name: round(value, 6) for name, value in shown.items() if math.isfinite(value)}


@entry
def _write(
    events: Array, figures: Array, assets: Array, asset_starts: Array, words: Array,
    starts: Array, common: Array, layout: Array, evidence: Array, out: Array, bounds: Array,
    nth: Array,
) -> None:  # fmt: skip
    """Writes one signal after the other; bounds[n + 1] is the end of event n's text."""
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
    time_us = min(event.time_us, _LATEST_US)  # a silence is dated ahead of its clock
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
