"""From columns to bytes: readings numbered per asset, ready to publish."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from schemas.messages import SCHEMA_VERSION
from schemas.reading import Tick

_MOMENTS = 8_192


class Emission(NamedTuple):
    """One message of second `at`, JSON; a world's emissions are in the order of (at, place).

    `topic` is `telemetry` or `facts` with the asset as key, or `ticks` with the feed as key: a tick
    is for every partition of `telemetry`.
    """

    at: int
    place: int
    topic: str
    key: str
    value: bytes


class Columns(NamedTuple):
    """Readings on their way, a list a field; `time` is the device's, `at` the line's second.

    A value or a place that is not reported is msgspec.UNSET.
    """

    at: list[int]
    place: list[int]
    asset: list[str]
    source: list[str]
    time: list[int]
    seq: list[int]
    lat: list[float]
    lon: list[float]
    values: list[list[float]]
    labels: Sequence[Mapping[str, str]]


class Encoder:
    """Writes the readings of one class as `schemas.Reading` does."""

    def __init__(self, asset_class: str, channels: Sequence[str], start: datetime) -> None:
        self._asset_class, self._channels = asset_class, channels
        self._forms: dict[int, Any] = {}
        self._written = lru_cache(_MOMENTS)(lambda second: written(start, second))
        self._encode = msgspec.json.Encoder().encode_lines

    def encode(self, columns: Columns) -> list[Emission]:
        """Every reading as a message, in their order."""
        # Loops in C, and one buffer for all: half of a world's time is spent here.
        for count in {len(values) for values in columns.values} - self._forms.keys():
            self._form(count)
        forms, moment = self._forms, self._written
        readings = map(
            _Reading, repeat(SCHEMA_VERSION), columns.asset, repeat(self._asset_class),
            columns.source, map(moment, columns.time), map(moment, columns.at), columns.seq,
            columns.lat, columns.lon, [forms[len(values)](*values) for values in columns.values],
            columns.labels,
        )  # fmt: skip
        messages = self._encode(list(readings)).split(b"\n")
        fields = zip(columns.at, columns.place, repeat("telemetry"), columns.asset, messages)
        new = tuple.__new__
        return [new(Emission, one) for one in fields]

    def _form(self, count: int) -> Any:
        fields = [(name, float) for name in self._channels[:count]]
        form = msgspec.defstruct("Channels", fields, gc=False)
        return self._forms.setdefault(count, form)


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


def written(start: datetime, second: int) -> str:
    """The moment `second` seconds after `start`, a whole second in UTC, as all messages write it.

    The same text as schemas.format_time, five times as fast.
    """
    days, of_day = divmod(start.hour * 3600 + start.minute * 60 + start.second + second, 86_400)
    return f"{_date(start.toordinal() + days)}T{_clock(of_day)}Z"


@lru_cache(86_400)
def _clock(of_day: int) -> str:
    hour, minute = divmod(of_day // 60, 60)
    return f"{hour:02d}:{minute:02d}:{of_day % 60:02d}"


@lru_cache(_MOMENTS)
def _date(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def tick(feed: str, at: int, place: int, start: datetime) -> Emission:
    """The clock of a feed at second `at`."""
    before, after = _tick_form(feed)
    return Emission(at, place, "ticks", feed, before + written(start, at).encode() + after)


@lru_cache(1_024)
def _tick_form(feed: str) -> tuple[bytes, bytes]:
    """What stands before and after the time in the ticks of a feed."""
    time = datetime(2000, 1, 1, tzinfo=UTC)
    before, after = Tick(source=feed, ingest_time=time).to_json().split(written(time, 0).encode())
    return before, after
