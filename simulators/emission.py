"""From samples to bytes: readings numbered per asset, ready to publish."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec

from schemas.messages import SCHEMA_VERSION, format_time


class Emission(NamedTuple):
    """One message of second `at`, JSON.

    `topic` is `telemetry` or `facts` with the asset as key, or `ticks` with the feed as key: a tick
    is for every partition of `telemetry`.
    """

    at: int
    topic: str
    key: str
    value: bytes


class Report(NamedTuple):
    """A reading on its way: taken in at second `at`, said at second `time` of the device's clock.

    `values` are those of the first channels of its class.
    """

    at: int
    asset: str
    source: str
    time: int
    seq: int
    lat: float
    lon: float
    values: Sequence[float]
    labels: Mapping[str, str]


class Encoder:
    """Writes the readings of one class as `schemas.Reading` does."""

    def __init__(self, asset_class: str, channels: Sequence[str], start: datetime) -> None:
        self._asset_class, self._channels, self._start = asset_class, channels, start
        self._forms = cache(self._form)
        self._written = cache(self._write)
        self._encode = msgspec.json.Encoder().encode

    def encode(self, report: Report) -> Emission:
        """The report as a message."""
        channels = self._forms(len(report.values))(*report.values)
        reading = _Reading(
            SCHEMA_VERSION, report.asset, self._asset_class, report.source,
            self._written(report.time), self._written(report.at), report.seq,
            report.lat, report.lon, channels, report.labels,
        )  # fmt: skip
        return Emission(report.at, "telemetry", report.asset, self._encode(reading))

    def forget(self) -> None:
        """Lets go of the times written so far."""
        self._written.cache_clear()

    def _form(self, count: int) -> Any:
        fields = [(name, float) for name in self._channels[:count]]
        return msgspec.defstruct("Channels", fields, gc=False)

    def _write(self, second: int) -> str:
        return format_time(self._start + timedelta(seconds=second))


class _Reading(msgspec.Struct, gc=False):
    version: int
    asset: str
    asset_class: str
    source: str
    time: str
    ingest_time: str
    seq: int
    lat: float
    lon: float
    channels: Any
    labels: Mapping[str, str]
