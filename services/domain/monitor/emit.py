"""Events as signals: the words for their numbers, numbered per cause record, as JSON."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from schemas import AssetClass, Signal
from schemas.messages import LATEST, SCHEMA_VERSION
from schemas.zones import Zone
from services.domain.detectors.form import Array
from services.domain.monitor.decode import from_us, to_us
from services.domain.monitor.events import (
    DETECTORS,
    FIGURES,
    FLAG_EVIDENCE,
    FLAWS,
    KINDS,
    MINUTE_SUMMARY,
    READING_FLAGGED,
    UNKNOWN,
)
from services.domain.monitor.plan import ClassPlan

_LATEST_US = to_us(LATEST)


class WireSignal(msgspec.Struct, omit_defaults=True, kw_only=True):
    """schemas.Signal as it is written."""

    version: int
    id: str
    cause: str
    asset: str
    asset_class: str
    source: str
    kind: str
    time: datetime
    ingest_time: datetime
    lat: float | None = None
    lon: float | None = None
    detector: str | None = None
    channel: str | None = None
    flaw: str | None = None
    zone: str | None = None
    zone_kind: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    value: float | None = None
    threshold: float | None = None
    score: float | None = None
    evidence: dict[str, float | str] = msgspec.field(default_factory=dict)


assert set(WireSignal.__struct_fields__) == set(Signal.model_fields)


class Words:
    """What the numbers of events stand for."""

    def __init__(self, asset_classes: Mapping[str, AssetClass], zones: Sequence[Zone]) -> None:
        self.classes = [ClassPlan(asset_class) for asset_class in asset_classes.values()]
        self.zones = zones


class Writer:
    """Writes events as signals caused by records of `topic`, which is named with its partition."""

    def __init__(self, words: Words, topic: str) -> None:
        self._words, self._topic = words, topic
        self._encode = msgspec.json.Encoder().encode
        self.begin()

    def begin(self) -> None:
        """A batch begins: no signal of its records is numbered yet."""
        self._cause, self._number = -1, -1

    def write(
        self,
        events: Array,
        figures: Array,
        assets: Sequence[str],
        sources: Sequence[str],
        strange: Sequence[str],
    ) -> list[tuple[str, bytes]]:
        """(asset, JSON) of every event; `strange` are the names of unknown channels."""
        out = []
        for event, numbers in zip(events, figures, strict=True):
            signal = self._signal(event, numbers, assets, sources, strange)
            out.append((signal.asset, self._encode(signal)))
        return out

    def _signal(
        self,
        event: Any,
        figures: Array,
        assets: Sequence[str],
        sources: Sequence[str],
        strange: Sequence[str],
    ) -> WireSignal:
        cause = int(event["cause"])
        self._number = self._number + 1 if cause == self._cause else 0
        self._cause = cause
        plan = self._words.classes[event["asset_class"]]
        zone = self._words.zones[event["zone"]] if event["zone"] >= 0 else None
        flaw, channel = int(event["flaw"]), int(event["channel"])
        name = f"{self._topic}-{cause}"
        return WireSignal(
            version=SCHEMA_VERSION,
            id=f"{name}-{self._number}",
            cause=name,
            asset=assets[event["asset"]],
            asset_class=plan.name,
            source=sources[event["source"]],
            kind=KINDS[event["kind"]].name,
            # a silence is dated ahead of the clock's end
            time=from_us(min(int(event["time_us"]), _LATEST_US)),
            ingest_time=from_us(int(event["ingest_us"])),
            lat=number(event["lat"]),
            lon=number(event["lon"]),
            detector=DETECTORS[event["detector"]] if event["detector"] >= 0 else None,
            channel=_channel(plan, flaw, channel, strange),
            flaw=FLAWS[flaw] if flaw >= 0 else None,
            zone=zone.id if zone else None,
            zone_kind=zone.kind if zone else None,
            from_state=plan.states[event["from_state"]] if event["from_state"] >= 0 else None,
            to_state=plan.states[event["to_state"]] if event["to_state"] >= 0 else None,
            value=number(event["value"]),
            threshold=number(event["threshold"]),
            score=number(event["score"]),
            evidence=dict(_evidence(event, figures, plan, zone)),
        )


def _channel(plan: ClassPlan, flaw: int, channel: int, strange: Sequence[str]) -> str | None:
    if channel < 0:
        return None
    return strange[channel] if flaw == UNKNOWN else plan.channels[channel]


def _evidence(
    event: Any, figures: Array, plan: ClassPlan, zone: Zone | None
) -> Iterator[tuple[str, float | str]]:
    kind = int(event["kind"])
    names = FLAG_EVIDENCE[event["flaw"]] if kind == READING_FLAGGED else KINDS[kind].evidence
    values = iter(event["evidence"].tolist())
    for name in names:
        if name == "movement":
            yield name, plan.states[event["state"]]
        elif name == "trip":
            yield name, plan.asset_class.trip.name
        elif name == "name" and zone:
            yield name, zone.name
        else:
            value = number(next(values))
            if value is not None:
                yield name, value
    if kind == MINUTE_SUMMARY:
        means = [(plan.channels[n], figures[len(FIGURES) + n]) for n in plan.watched]
        for name, figure in (*zip(FIGURES, figures, strict=False), *means):
            value = number(figure)
            if value is not None:
                yield name, value


def number(value: float) -> float | None:
    """A finite value as a float of 6 decimals, for JSON; None when absent."""
    return round(float(value), 6) if math.isfinite(value) else None
