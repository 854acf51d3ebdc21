"""The compiled scan gives what decode.py gives, whatever the records hold and wherever cut."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, product
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from schemas import ASSET_CLASSES, Reading, Tick, format_time
from services.domain.compiled import entry
from services.domain.form import Array
from services.domain.monitor.read import numbers as read_numbers
from services.domain.monitor.read import texts as read_texts
from services.domain.monitor.read.batch import NO_SEQ, READING, TICK, Batch, Rejection
from services.domain.monitor.read.decode import decode, from_us, to_us
from services.domain.monitor.read.scan import Scanner
from tests import hostile

CLASSES = list(ASSET_CLASSES)
AT = "2026-03-01T12:00:00Z"


class Reference:
    """What is meant, in plain words over decode.py."""

    def __init__(self) -> None:
        self.assets: dict[str, str] = {}
        self.sources: list[str] = []

    def batch(
        self, first: int, values: Sequence[bytes], keys: Sequence[bytes | None] | None
    ) -> tuple[list[Any], list[Rejection]]:
        decoded = decode(range(first, first + len(values)), values, ASSET_CLASSES, keys)
        rows, rejected = [], list(decoded.rejected)
        for record in decoded.records:
            reading = record.reading
            what: tuple[Any, ...] = (TICK, -1, 0, record.ingest_us, NO_SEQ, None, None, {})
            if reading is not None:
                told = self.assets.setdefault(reading.asset, reading.asset_class)
                if told != reading.asset_class:
                    rejected.append(Rejection(record.offset, "other_class", f" as {told}, this"))
                    continue
                what = (
                    READING, list(self.assets).index(reading.asset), CLASSES.index(told),
                    to_us(reading.time), reading.seq, reading.lat, reading.lon, reading.channels,
                )  # fmt: skip
            if record.source not in self.sources:
                self.sources.append(record.source)
            rows.append((record.offset, record.ingest_us, self.sources.index(record.source), *what))
        return rows, sorted(rejected)


def plain(batch: Batch) -> list[Any]:
    """The rows in the form of the reference; numbers as text, for 0.0 equals -0.0."""
    found = []
    for n, row in enumerate(batch.rows.tolist()):
        offset, time_us, ingest_us, seq, lat, lon, asset, source, number, kind = row
        names = [channel.name for channel in ASSET_CLASSES[CLASSES[number]].channels]
        values = batch.values[n].tolist()
        channels = {
            name: value for name, value in zip(names, values, strict=False) if value == value
        }
        assert np.isnan(values[len(names) :]).all()
        degrees = (None if value != value else value for value in (lat, lon))
        of_reading = kind, asset, number, time_us, seq, *degrees
        known = channels | dict(batch.unknown.get(n, ()))
        found.append((offset, ingest_us, source, *of_reading, known))
    return [written(*row) for row in found]


def written(*row: Any) -> tuple[str, ...]:
    channels = {name: repr(value) for name, value in sorted(row[-1].items())}
    return (*map(repr, row[:-1]), repr(channels))


def assert_same(values: Sequence[bytes], keys: Sequence[bytes | None] | None, size: int) -> None:
    """With names that are new, and with names that were seen before, which is the faster way."""
    for seen in ([], SEEN):
        reference, scanner = Reference(), Scanner(ASSET_CLASSES)
        reference.batch(0, seen, None)
        scanner.batch(range(len(seen)), seen)
        assert_same_of(reference, scanner, values, keys, size)


def assert_same_of(
    reference: Reference,
    scanner: Scanner,
    values: Sequence[bytes],
    keys: Sequence[bytes | None] | None,
    size: int,
) -> None:
    for first in range(0, len(values), size):
        part = slice(first, first + size)
        cut = keys[part] if keys is not None else None
        rows, rejected = reference.batch(first, values[part], cut)
        offsets = range(first, first + len(values[part]))
        batch = scanner.batch(offsets, values[part], cut)
        assert plain(batch) == [written(*row) for row in rows]
        found = sorted(batch.rejected)
        assert [each[:2] for each in found] == [each[:2] for each in rejected]
        assert all(want[2] in have[2] for want, have in zip(rejected, found, strict=True))
    assert scanner.assets.texts == list(reference.assets)
    assert scanner.sources.texts == reference.sources


def write(message: dict[str, Any], order: Sequence[int] = (), space: str = "") -> bytes:
    items = list(message.items())
    items = [items[n] for n in order if n < len(items)] or items
    return json.dumps(
        dict(items), ensure_ascii=not space, separators=(f",{space}", f":{space}")
    ).encode("utf-8", "surrogatepass")


def own(asset_class: str, number: int, source: str = "feed", **given: Any) -> bytes:
    """A reading as the line writes it."""
    fields = {
        "asset": f"{asset_class}-{number}", "asset_class": asset_class, "source": source,
        "time": AT, "ingest_time": AT, "seq": 1, **given,
    }  # fmt: skip
    return Reading.model_validate(fields).to_json()


SEEN = [
    *(own(asset_class, number) for asset_class in CLASSES for number in range(3)),
    *(own("ship", 0, source) for source in ("f\u00e6d", "s" * 70, "evil")),
    own("ship", 1).replace(b"ship-1", b"evil-1"),
]


ROUND = st.floats(-180, 180).map(lambda x: round(x, 5))
NUMBERS = st.one_of(
    ROUND, ROUND, ROUND, ROUND, ROUND, ROUND, st.floats(-180, 180),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20),
    st.sampled_from([0, -0.0, 1e22, 1e23, 5e-324, 2**53 + 1, 0.1 + 0.2, None]),
)  # fmt: skip
TIMES = st.one_of(
    st.integers(-(10**15), 10**15).map(lambda us: format_time(from_us(us))),
    st.integers(-(10**15), 10**15).map(lambda us: format_time(from_us(us))),
    st.sampled_from([AT, AT, AT, AT, "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z",
                     "2024-02-29T23:59:59.5Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                     "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00.Z", AT + " ", "x"]),
)  # fmt: skip


ODD_IDS = st.sampled_from(
    ["A.b:c_d-e", "9", "i" * 64, "i" * 65, "", "-i", ".i", "i ", "i/j", "s\u00f8", "i\n", "i\x7f"]
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Readings of few assets, mostly good, in any order of fields."""
    asset_class = draw(st.sampled_from(CLASSES))
    classes = st.sampled_from([asset_class] * 9 + CLASSES)
    names_of_ours = st.builds("{}-{}".format, classes, st.integers(0, 2))
    known = [channel.name for channel in ASSET_CLASSES[asset_class].channels]
    names = st.sampled_from([*known, *known, "odd", "s\u00f8", "", "x\n", "k" * 300])
    texts = st.sampled_from(["x", "x", "", "t" * 4_000, "\u00d8st", "t" * 4_001])
    message = {
        "version": 1,
        "asset": draw(st.one_of(names_of_ours, names_of_ours, names_of_ours, ODD_IDS)),
        "asset_class": draw(st.sampled_from([asset_class] * 9 + [*CLASSES, "boat"])),
        "source": draw(st.sampled_from(["feed", "feed", "f\u00e6d", "s" * 70, "other"])),
        "time": draw(TIMES), "ingest_time": draw(st.one_of(st.just(AT), TIMES)),
        "seq": draw(st.one_of(st.integers(0, 10**6), st.integers(0, 2**63))),
        "lat": draw(NUMBERS), "lon": draw(NUMBERS),
        "channels": draw(st.dictionaries(names, NUMBERS, max_size=5)),
        "labels": draw(st.dictionaries(names, texts, max_size=2)),
    }  # fmt: skip
    order = draw(st.one_of(st.just(()), st.permutations(range(11))))
    cut = draw(st.sampled_from([20, 20, 20, 10]))
    return write(message, order[:cut], draw(st.sampled_from(["", " ", "\r\n\t"])))


STREAMS = st.lists(
    st.one_of(
        messages(), messages(), hostile.good_values("telemetry"), hostile.values("telemetry")
    ),
    max_size=12,
)


@given(STREAMS, st.booleans())
def test_any_stream_gives_the_same_columns_at_any_cut(values: list[bytes], keyed: bool) -> None:
    keys = None
    if keyed:
        keys = [re.findall(rb'"asset": *"(.*?)"', value + b'"asset":""')[0] for value in values]
        keys = [(key, key, b"ship-1", b"ship", None)[n % 5] for n, key in enumerate(keys)]
    for size in (1, 3, 12):
        assert_same(values, keys, size)


class Counting(Scanner):
    """Counts the records that are left to decode.py."""

    left = 0

    def _read(self, *args: Any) -> bool:
        self.left += 1
        return super()._read(*args)


def test_what_the_line_writes_is_read_by_compiled_code() -> None:
    scanner = Counting(ASSET_CLASSES)
    scanner.batch(range(len(SEEN)), SEEN)
    scanner.left = 0
    given: dict[str, Any] = {"lat": 50.001000000000005, "lon": -122.4}
    given["labels"] = {"name": "S\u00f8sterne \u6771"}
    names = {asset_class: ASSET_CLASSES[asset_class].channels for asset_class in CLASSES}
    values = [
        own(name, 1, **given, channels={c.name: n / 7 for n, c in enumerate(names[name])})
        for name in CLASSES
    ]
    values.append(Tick(source="feed", ingest_time=datetime(2026, 3, 1, tzinfo=UTC)).to_json())
    batch = scanner.batch(range(4), values, [b"ship-1", b"aircraft-1", b"metro-1", b"feed"])
    assert (len(batch.rows), scanner.left) == (4, 0)


def test_new_assets_of_a_known_feed_are_read_by_compiled_code() -> None:
    scanner = Counting(ASSET_CLASSES)
    scanner.batch([0], [own("ship", 0)])
    scanner.left = 0
    values = [own("ship", number) for number in range(1_000)] * 2
    batch = scanner.batch(range(len(values)), values)
    assert batch.rows["asset"].tolist() == list(range(1_000)) * 2
    assert scanner.assets.texts == [f"ship-{number}" for number in range(1_000)]
    assert scanner.left < 10  # as often as the table of names has to grow


@entry
def is_utf8(text: Array) -> bool:
    return read_texts.is_utf8(text, 0, len(text) - 32)


BYTES = b"A\x7f\x80\x8f\x90\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff"


def test_a_text_is_utf8_where_python_says_so() -> None:
    longest = product(b"\xf0\xf1\xf4\xf5", BYTES, b"A\x80\xbf\xc2", b"A\x80\xbf\xc2")
    for each in chain(*(product(BYTES, repeat=length) for length in range(4)), longest):
        text = bytes(each)
        good = text.decode(errors="ignore").encode() == text
        assert is_utf8(np.frombuffer(text + bytes(32), "u1")) == good, text


@entry
def read_number(text: Array) -> tuple[float, int]:
    return read_numbers.read_number(text, 0)


DECIMALS = st.builds(
    lambda digits, point, sign: f"{sign}{digits[:point] or 0}.{digits[point:] or 0}",
    st.integers(0, 10**20).map(str), st.integers(0, 20), st.sampled_from(["", "-"]),
)  # fmt: skip


@given(st.one_of(DECIMALS, DECIMALS, st.floats(allow_nan=False, allow_infinity=False).map(repr)))
@example("9007199254740993.0")
@example("9007199254740992.5000000000000001")
@example("1.7976931348623157e308")
@example("-0.0")
@example("00.5")
def test_a_number_is_read_to_the_last_bit_or_not_at_all(text: str) -> None:
    value, at = read_number(np.frombuffer(text.encode() + bytes(32), "u1"))
    digits = text.lstrip("-0.")
    assert at in (-1, len(text))
    assert at == -1 or repr(float(value)) == repr(float(text))
    plain = "e" not in text and len(digits.replace(".", "")) <= 17 and not text.startswith("00")
    assert at != -1 or not plain or float(text.replace(".", "")) >= 2**53


@given(STREAMS, st.data())
def test_a_changed_byte_gives_the_same(values: list[bytes], data: st.DataObject) -> None:
    changed = []
    for value in values:
        broken = bytearray(value)
        if broken:
            place = data.draw(st.integers(0, min(len(broken), 400) - 1))
            broken[place] = data.draw(st.sampled_from(b'\0 ,:{}"\\0e.-9\x7f\xc2\xed'))
        changed.append(bytes(broken))
    assert_same([*values, *changed], None, 5)
