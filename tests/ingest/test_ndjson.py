"""Readings as JSON lines: what is taken, what is refused and why."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Reading, Rejected
from services.domain import wire
from services.ingest.lines import Line, LineSplitter
from services.ingest.ndjson import MAX_LINE, read_line
from tests import hostile

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GOOD = {
    "asset": "ship-1",
    "asset_class": "ship",
    "source": "t",
    "time": "2026-01-02T04:04:05+01:00",
}


def read(raw: bytes) -> Reading | Rejected | None:
    return read_line(Line(9, raw, len(raw)), "readings:t", NOW)


def line(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_what_is_absent_is_stamped() -> None:
    assert read(line()) == Reading(
        asset="ship-1", asset_class="ship", source="t", time=NOW, ingest_time=NOW, seq=9
    )


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[1]", "not_an_object"),
        (b'{"asset": "\xff"}', "bad_utf8"),
        (line(speed=1), "unknown_field"),
        (line(time="2026-01-02T03:04:05"), "no_zone"),
        (line(lat=float("nan")), "not_finite"),
        (line(channels={"sog_kn": float("inf")}), "not_finite"),
        (line(channels={"sog_kn": "12"}), "bad_value"),
        (line(asset="a b"), "bad_value"),
        (line(asset_class="tractor"), "unknown_asset_class"),
        (line(seq=-1), "bad_value"),
        (line(ingest_time="2026-01-02T03:05:06Z"), "ingest_time_ahead"),
        (b'{"asset": "ship-1"}', "missing_field"),
        (line(ingest_time="9999-12-31T23:59:59Z"), "bad_value"),
        (line(ingest_time="9999-12-31T23:59:59-05:00"), "bad_value"),
        (line(ingest_time="0001-01-01T00:00:00+14:00"), "bad_value"),
        (line(time="9999-12-31T23:59:59-05:00"), "bad_value"),
        (line(time="2200-01-01T00:00:00Z"), "bad_value"),
        (line(time=1767225600), "bad_value"),
        (line(version=2**70), "bad_value"),
        (line(seq=2**63), "bad_value"),
        (line(source="s" * 257), "bad_value"),
        (line(source="a\0b"), "bad_value"),
        (line(source="\ud800"), "not_json"),
        (line(channels={"a\n": 1.0}), "bad_value"),
    ],
)
def test_what_is_refused_keeps_its_bytes(raw: bytes, reason: str) -> None:
    rejected = read(raw)
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, rejected.raw, rejected.id) == (reason, raw, "readings:t/9")
    assert rejected.detail


def test_a_line_over_the_limit_is_refused_and_still_fits_into_kafka() -> None:
    (long,) = LineSplitter(MAX_LINE).feed(b"x" * (MAX_LINE * 3) + b"\n")
    rejected = read_line(long, "readings:t", NOW)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "oversize_line"
    assert len(rejected.to_json()) < 1_000_000


@given(hostile.values("telemetry"))
def test_no_hostile_line_raises(raw: bytes) -> None:
    taken = read(raw)
    if isinstance(taken, Reading):  # what the door takes, no consumer refuses
        wire.read(taken.to_json())


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    read(raw)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_chunks_do_not_change_the_lines(content: bytes, size: int) -> None:
    splitter = LineSplitter(1_000)
    chunks = [content[i : i + size] for i in range(0, len(content), size)]
    lines = [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.end()
    expected = content.split(b"\n")
    expected = expected if expected[-1] else expected[:-1]
    assert [line.raw for line in lines] == [text.removesuffix(b"\r") for text in expected]
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
