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
from schemas.messages import MAX_ASSET, SCHEMA_VERSION
from schemas.zones import Zone
from services.domain.compiled import records
from services.domain.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.read.decode import from_us
from services.domain.monitor.read.names import Names, joined
from services.domain.monitor.write.compose import LATEST_US, compose
from services.domain.monitor.write.numbers import NUMBER_WIDTH, TIME_WIDTH
from services.domain.monitor.write.words import Words, states_of
from services.domain.wire import WireSignal

_encode = msgspec.json.Encoder().encode


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
        compose(
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
            time=from_us(min(row["time_us"], LATEST_US)),  # a silence is dated ahead of its clock
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
        if asset_class.sums_up(channel):
            shown[channel.name] = mean
    return {name: round(value, 6) for name, value in shown.items() if math.isfinite(value)}
