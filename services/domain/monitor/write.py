"""The kernel's rows of numbers as signals in JSON, byte for byte as msgspec writes WireSignal.

A minute's summary, of which there is one an asset and minute, is written by compiled code; what is
rare, and a number too large for that, by msgspec.
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
from services.domain.monitor.compiled import compiled, entry, records
from services.domain.monitor.decode import from_us, to_us
from services.domain.monitor.names import Names, joined
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
_FIGURE_COUNT = len(ev.FIGURES)
_encode = msgspec.json.Encoder().encode

# a summary's fixed words, in the order of WireSignal's fields
(
    _ID, _CAUSE, _ASSET, _KIND, _INGEST_TIME, _END_OF_TIMES, _LAT, _LON, _VALUE, _SCORE, _END,
    _FIGURES,
) = range(12)  # fmt: skip
_WORDS = (
    b'{"version":%d,"id":"%%b-' % SCHEMA_VERSION, b'","cause":"%b-', b'","asset":"',
    b',"kind":"minute_summary","time":"', b'","ingest_time":"', b'"', b',"lat":', b',"lon":',
    b',"value":', b',"score":', b"}}", *(b',"%b":' % name.encode() for name in ev.FIGURES),
)  # fmt: skip

# a line of the layout: the words of a class, then the numbers of its watched channels
_OF_CLASS, _STATES, _WATCHED, _COUNT, _CHANNELS = range(5)
_HYPHEN = 45


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
        self._states = [["UNKNOWN", *(s.name for s in c.movement)] for c in self._classes]
        self._assets, self._sources = assets, sources
        self._words, self._layout = self._class_words()
        self._joined: tuple[int, Array, Array] | None = None  # of so many sources
        self._widest = 0

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
        nth, written = self._summaries(events, figures, assets)
        return [
            (asset, text or self._encoded(event, n, of_minute, unknown))
            for asset, text, event, n, of_minute in zip(
                assets, written, events, nth, figures, strict=True
            )
        ]

    def _summaries(
        self, events: Array, figures: Array, assets: Sequence[str]
    ) -> tuple[list[int], list[bytes]]:
        """Each event's number among those of its cause; the texts of summaries, others empty."""
        words, starts = self._joined_words()
        width = self._widest + MAX_ASSET + 2 * TIME_WIDTH + NUMBER_WIDTH * (figures.shape[1] + 8)
        out = np.empty(width * np.count_nonzero(events["kind"] == ev.MINUTE_SUMMARY), dtype="u1")
        bounds, nth = np.zeros(len(events) + 1, dtype="i8"), np.zeros(len(events), dtype="i8")
        texts = joined([asset.encode() for asset in assets])
        _write(
            records(events), figures, *texts, words, starts, self._layout, len(self._words),
            out, bounds, nth,
        )  # fmt: skip
        text, ends = out[: bounds[-1]].tobytes(), bounds.tolist()
        return nth.tolist(), [text[start:stop] for start, stop in pairwise(ends)]

    def _class_words(self) -> tuple[list[bytes], Array]:
        """The words but for the sources, and where each class finds its own."""
        record = self._record.encode()
        words = [word % record if b"%b" in word else word for word in _WORDS]
        width = max((len(each.channels) for each in self._classes), default=0)
        layout = np.zeros((len(self._classes), _CHANNELS + width), dtype="i4")
        for line, asset_class, states in zip(layout, self._classes, self._states, strict=True):
            watched = [n for n, channel in enumerate(asset_class.channels) if channel.watched]
            line[_OF_CLASS], line[_STATES] = len(words), len(words) + 1
            words.append(b'","asset_class":%b,"source":' % _encode(asset_class.name))
            words += [b',"evidence":{"movement":%b' % _encode(state) for state in states]
            line[_WATCHED], line[_COUNT] = len(words), len(watched)
            line[_CHANNELS : _CHANNELS + len(watched)] = watched
            words += [b",%b:" % _encode(asset_class.channels[n].name) for n in watched]
        return words, layout

    def _joined_words(self) -> tuple[Array, Array]:
        sources = self._sources.texts
        if self._joined is None or self._joined[0] != len(sources):
            encoded = [_encode(source) for source in sources]
            self._joined = len(sources), *joined([*self._words, *encoded])
            self._widest = sum(map(len, self._words)) + max(map(len, encoded), default=0)
        return self._joined[1:]

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
    starts: Array, layout: Array, of_sources: int, out: Array, bounds: Array, nth: Array,
) -> None:  # fmt: skip
    """Writes the summaries one after the other; bounds[n + 1] is the end of event n's text."""
    at = 0
    for n in range(len(events)):
        event = events[n]
        nth[n] = nth[n - 1] + 1 if n > 0 and events[n - 1].cause == event.cause else 0
        if event.kind == ev.MINUTE_SUMMARY:
            stop = _cause(out, at, words, starts, event.cause, nth[n])
            stop = _put(out, stop, assets, asset_starts, n)
            stop = _put(out, stop, words, starts, layout[event.asset_class, _OF_CLASS])
            stop = _put(out, stop, words, starts, of_sources + event.source)
            stop = _measured(out, stop, words, starts, event)
            stop = _minute(
                out, stop, words, starts, layout[event.asset_class], event.state, figures[n]
            )
            at = max(at, stop)  # UNSURE: no text
        bounds[n + 1] = at


@compiled
def _put(out: Array, at: int, words: Array, starts: Array, word: int) -> int:
    first = starts[word]
    length: int = starts[word + 1] - 1 - first  # a NUL lies between
    for place in range(length):
        out[at + place] = words[first + place]
    return at + length


@compiled
def _put_named(out: Array, at: int, words: Array, starts: Array, word: int, value: float) -> int:
    """A member of an object, where there is a number; once UNSURE, always."""
    if at < 0 or not math.isfinite(value):
        return at
    return put_number(out, _put(out, at, words, starts, word), value)


@compiled
def _cause(out: Array, at: int, words: Array, starts: Array, cause: int, nth: int) -> int:
    at = put_whole(out, _put(out, at, words, starts, _ID), cause)
    out[at] = _HYPHEN
    at = put_whole(out, at + 1, nth)
    at = put_whole(out, _put(out, at, words, starts, _CAUSE), cause)
    return _put(out, at, words, starts, _ASSET)


@compiled
def _measured(out: Array, at: int, words: Array, starts: Array, event: Any) -> int:
    """The fields behind the source."""
    time_us = min(event.time_us, _LATEST_US)
    at = put_time(out, _put(out, at, words, starts, _KIND), time_us)
    at = put_time(out, _put(out, at, words, starts, _INGEST_TIME), event.ingest_us)
    at = _put(out, at, words, starts, _END_OF_TIMES)
    at = _put_named(out, at, words, starts, _LAT, event.lat)
    at = _put_named(out, at, words, starts, _LON, event.lon)
    at = _put_named(out, at, words, starts, _VALUE, event.value)
    return _put_named(out, at, words, starts, _SCORE, event.score)


@compiled
def _minute(
    out: Array, at: int, words: Array, starts: Array, line: Array, state: int, figures: Array
) -> int:
    """The evidence: movement, the figures, the watched channels' means."""
    if at < 0:
        return UNSURE
    at = _put(out, at, words, starts, line[_STATES] + state)
    for place in range(_FIGURE_COUNT):
        at = _put_named(out, at, words, starts, _FIGURES + place, figures[place])
    for place in range(line[_COUNT]):
        mean = figures[_FIGURE_COUNT + line[_CHANNELS + place]]
        at = _put_named(out, at, words, starts, line[_WATCHED] + place, mean)
    return _put(out, at, words, starts, _END) if at >= 0 else UNSURE
