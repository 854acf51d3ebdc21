"""Records that no sane sender writes, of every topic's shape, as hypothesis strategies.

One starts from a good message and puts hostile values, keys and whole shapes into it.  They are
written by hand into JSON where Python's writer would not: half surrogate pairs, thousands of
brackets, numbers of thousands of digits.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schemas import TOPICS
from schemas.topics import ASSET_PARTITIONS

_AT = "2026-03-01T12:00:00Z"
_OF_ASSET = {"version": 1, "asset": "evil-1", "asset_class": "ship", "source": "evil"}

SHAPES: Mapping[str, tuple[dict[str, Any], ...]] = {
    "telemetry": (
        {**_OF_ASSET, "time": _AT, "ingest_time": _AT, "seq": 1, "lat": 50.0, "lon": 1.0,
         "channels": {"sog_kn": 12.1, "odd": 2.0}, "labels": {"name": "x"}},
        {"version": 1, "kind": "tick", "source": "evil", "ingest_time": _AT},
    ),
    "facts": (
        {**_OF_ASSET, "id": "e1", "kind": "lease_signed", "valid_from": _AT, "recorded_at": _AT,
         "lease": "L1", "lessee": "Blue", "until": _AT, "name": "Evil", "details": {"imo": "1"}},
        {**_OF_ASSET, "id": "e2", "kind": "accepted", "valid_from": _AT, "recorded_at": _AT},
        {**_OF_ASSET, "id": "e3", "kind": "retracted", "valid_from": _AT, "recorded_at": _AT,
         "supersedes": "e1"},
    ),
    "signals": (
        {**_OF_ASSET, "id": "s1", "cause": "c", "kind": "overspeed_began", "time": _AT,
         "ingest_time": _AT, "channel": "sog_kn", "value": 30.0, "threshold": 25.0,
         "evidence": {"level": 3.0, "name": "x"}},
        {**_OF_ASSET, "id": "s2", "cause": "c", "kind": "minute_summary", "time": _AT,
         "ingest_time": _AT, "evidence": {"readings": 3.0}},
        {**_OF_ASSET, "id": "s3", "cause": "c", "kind": "silence_began", "time": _AT,
         "ingest_time": _AT, "threshold": 900.0, "evidence": {"silent_s": 900.0}},
        {**_OF_ASSET, "id": "s4", "cause": "c", "kind": "zone_entered", "time": _AT,
         "ingest_time": _AT, "zone": "Y1", "zone_kind": "yard", "lat": 1.0, "lon": 1.0},
    ),
    "transitions": (
        {**_OF_ASSET, "id": "t1", "cause": "c", "region": "contract", "from_state": "NONE",
         "to_state": "ON_LEASE", "valid_from": _AT, "recorded_at": _AT, "lessee": "Blue",
         "details": {"fact": "e1"}, "confidence": 2},
    ),
    "alerts": (
        {**_OF_ASSET, "id": "a1/r", "alert": "a1/r", "rule": "r", "change": "opened",
         "cause": "c", "time": _AT, "recorded_at": _AT, "actor": "Li", "severity": "alarm",
         "condition": "firing", "handling": "new", "opened_at": _AT, "occurrences": 1,
         "summary": "x", "lessee": "Blue", "evidence": {"value": 3.0}},
    ),
    "commands": (
        {"version": 1, "id": "k1", "kind": "silence", "asset": "evil-1", "alert": "a1/r",
         "actor": "Li", "time": _AT, "until": _AT, "note": "x"},
        {"version": 1, "id": "k2", "kind": "confirm", "asset": "evil-1", "proposal": "p",
         "actor": "Li", "time": _AT},
    ),
    "rejected": (
        {"version": 1, "id": "evil/1", "source": "evil", "position": 1, "received_at": _AT,
         "reason": "not_json", "detail": "x", "raw": "AAA="},
    ),
}  # fmt: skip
"""Good messages by topic."""

_DEEP, _LONG, _DIGITS = "@deep@", "@long@", "@digits@"
_RAW = {
    f'"{_DEEP}"': "[" * 20_000 + "]" * 20_000,
    _LONG: "x" * 900_000,
    f'"{_DIGITS}"': "9" * 5_000,
}

_TIMES = st.sampled_from([
    "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    "0000-01-01T00:00:00Z", "1899-12-31T23:59:59.999999Z", "1900-01-01T00:00:00Z",
    "1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.999999-12:00",
    "2200-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-03-01T12:00:00",
    "2026-06-30T23:59:60Z", "2026-03-01", "infinity", "1767225600", 1767225600, 1e300,
])  # fmt: skip
_TEXTS = st.sampled_from([
    "", "\0", "a\0b", "\ud800", "x\udc00", "\udfff\ud800", "a\n", "\x1b[2J", "\x7f", "\x9f",
    "s" * 256, "s" * 257, "\U00010000" * 256, "s" * 512, "s" * 513, "t" * 4_001, "a/b", "%s",
    "';--", "\u2028", "\ufeff", "\u202e", "null", _LONG,
])  # fmt: skip
_NUMBERS = st.sampled_from([
    2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 2**70, 10**300, -1, 0, -0.0, 1.5, 1e308, -1e308,
    5e-324, float("nan"), float("inf"), True, 91, 181, _DIGITS,
])  # fmt: skip
_STRUCTURES: st.SearchStrategy[Any] = st.sampled_from([
    None, [], {}, [[]], {"": ""}, {"a": {"b": 1}}, {"\0": 1}, {"\ud800": "x"}, {"k" * 300: 1.0},
    {"a\n": "x"}, {"x": "\0"}, {"x": "\ud800"}, {"x": 1e308}, {"x": float("nan")}, {"x": _LONG},
    {"x": _DEEP}, _DEEP, {str(n): n for n in range(5_000)},
])  # fmt: skip
_VALUES = st.one_of(_TIMES, _TEXTS, _NUMBERS, _STRUCTURES)
_WHOLE = st.sampled_from([
    None, b"", b"null", b"{", b"[1]", b"\xff\xfe", b"\xef\xbb\xbf{}", b'"\\ud800"', b"{}", b"1e999",
    b"[" * 20_000, b'{"a":' * 20_000, b'{"kind":"tick"}', b"\0",
])  # fmt: skip


class Hostile(NamedTuple):
    """A record to be written to a topic as it is."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None


def write(message: Any) -> bytes:
    """As JSON, with what Python's writer does not write."""
    text = json.dumps(message)
    for token, raw in _RAW.items():
        text = text.replace(token, raw)
    return text.encode()


@st.composite
def values(draw: st.DrawFn, topic: str) -> bytes:
    """A message of the topic with one to three things wrong, or no message at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(_WHOLE) or b""
    message = dict(draw(st.sampled_from(SHAPES[topic])))
    for field in draw(
        st.lists(st.sampled_from([*message, "no_such_field"]), min_size=1, max_size=2)
    ):
        message[field] = draw(_instead_of(message.get(field)))
    return write(message)


def good_values(topic: str) -> st.SearchStrategy[bytes]:
    """Good messages of the topic."""
    return st.sampled_from([write(message) for message in SHAPES[topic]])


def _instead_of(good: Any) -> st.SearchStrategy[Any]:
    """Mostly a value of the same type, which goes further before it does harm."""
    if isinstance(good, dict):
        alike = st.one_of(
            st.builds(lambda key, value: {**good, key: value}, _TEXTS, st.one_of(_NUMBERS, _TEXTS)),
            st.builds(
                lambda key, value: {**good, key: value}, st.sampled_from(["x", *good]), _NUMBERS
            ),
        )
    elif good == _AT:
        alike = _TIMES
    else:
        alike = _TEXTS if isinstance(good, str) else _NUMBERS
    return st.one_of(alike, alike, alike, alike, _VALUES)


@st.composite
def records(draw: st.DrawFn) -> Hostile:
    """A hostile record, mostly where its asset belongs, for only there does a service look at it.

    One in eight lies anywhere on the line, under a key that may be wrong as well.
    """
    topic = draw(st.sampled_from(sorted(SHAPES)))
    value = draw(values(topic))
    numbers = list(range(min(TOPICS[topic].partitions, ASSET_PARTITIONS)))
    if draw(st.integers(0, 7)) == 0:
        key = draw(st.sampled_from([b"evil-1", b"\xff", b"", None, b"x" * 5_000]))
        return Hostile(topic, draw(st.sampled_from(numbers)), key, value)
    asset = _ASSET.search(value)
    key = asset[1] if asset else b"evil-1"
    return Hostile(topic, _partition(key, numbers, numbers), key, value)


_ASSET = re.compile(rb'"asset": "([^"\\]{1,512})"')
_partition = DefaultPartitioner()


def some(count: int, number: int) -> list[Hostile]:
    """So many records, the same ones for the same seed `number`."""
    found: list[Hostile] = []

    @seed(number)
    @settings(max_examples=count, database=None, phases=[Phase.generate], deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(records())
    def collect(record: Hostile) -> None:
        found.append(record)

    collect()
    return found
