"""Readings as the compiled writer puts them, against msgspec and the schema."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Reading, format_time
from simulators.emission import Columns, Encoder

START = datetime(2026, 2, 27, 23, 59, 30, tzinfo=UTC)
CHANNELS = ("one", "two", 'th"ree')
ASSETS, SOURCES = ("ship-1", "ship-züri"), ("feed", 'feed"2')
LABELS: tuple[dict[str, str], ...] = ({}, {"destination": "Göteborg", "b": "\n"})

decimals = st.builds(lambda whole, places: whole / 10**places, st.integers(-(10**14), 10**14),
                     st.integers(0, 6))  # fmt: skip
tiny = st.integers(1, 12).map(lambda millionths: millionths / 1e6)
numbers = st.one_of(decimals, tiny, st.floats(-1e300, 1e300), st.just(-0.0))
reported = st.tuples(
    st.integers(0, 10**8), st.integers(0, 1), st.integers(0, 10**8), st.integers(0, 2**62),
    st.one_of(st.just(float("nan")), st.integers(-90 * 10**6, 90 * 10**6).map(lambda n: n / 1e6)),
    st.lists(numbers, min_size=3, max_size=3), st.integers(0, 3), st.integers(0, 1),
)  # fmt: skip


def encoded(*rows: Any) -> list[bytes]:
    at, who, time, seq, lat, values, counts, labels = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    columns = Columns(at, at + 7, who, time, seq, lat, lat, values * 1.0, counts, labels)
    said = Encoder("ship", CHANNELS, ASSETS, SOURCES, START).encode(columns, LABELS)
    assert [one.key for one in said] == [ASSETS[number] for number in who]
    assert [one[:3] for one in said] == [(second, second + 7, "telemetry") for second in at]
    return [one.value for one in said]


def expected(row: Any) -> bytes:
    at, who, time, seq, lat, values, count, label = row
    told = zip(CHANNELS[:count], values[:count], strict=True)
    place = {} if lat != lat else {"lat": lat, "lon": lat}
    return msgspec.json.encode({
        "version": 1, "asset": ASSETS[who], "asset_class": "ship", "source": SOURCES[who],
        "time": format_time(START + timedelta(seconds=time)),
        "ingest_time": format_time(START + timedelta(seconds=at)), "seq": seq, **place,
        "channels": {name: value for name, value in told if value == value},
        "labels": LABELS[label],
    })  # fmt: skip


@given(st.lists(reported, min_size=1, max_size=5))
def test_a_reading_is_written_as_msgspec_writes_it(rows: list[Any]) -> None:
    assert encoded(*rows) == [expected(row) for row in rows]


def test_every_field_of_a_reading_is_written() -> None:
    (text,) = encoded((0, 0, 0, 0, 1.0, [1.0, 2.0, 3.0], 3, 1))
    assert list(json.loads(text)) == list(Reading.model_fields)
    assert Reading.model_validate_json(text).channels == dict(zip(CHANNELS, (1, 2, 3), strict=True))


@pytest.mark.parametrize("day", [0, 1, 2, 700, 1_000, 20_000, 60_000])
def test_the_calendar_is_right(day: int) -> None:
    row = (day * 86_400, 0, day * 86_400 + 29, 0, 1.0, [1.0, 2.0, 3.0], 0, 0)
    assert encoded(row) == [expected(row)]
