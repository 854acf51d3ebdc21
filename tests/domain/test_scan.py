"""The compiled scan gives what decode.py gives, whatever the records hold and wherever cut."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas import ASSET_CLASSES, Reading, Tick
from services.domain.monitor.batch import NO_SEQ, READING, TICK, Batch, Rejection
from services.domain.monitor.decode import decode, to_us
from services.domain.monitor.scan import FIELDS, Scanner
from tests import hostile

CLASSES = list(ASSET_CLASSES)
AT = "2026-03-01T12:00:00Z"


def test_every_field_of_the_messages_is_known() -> None:
    assert set(FIELDS) == Reading.model_fields.keys() | Tick.model_fields.keys()


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


def assert_same(values: Sequence[bytes], keys: Sequence[bytes | None] | None, size: int) -> Scanner:
    reference, scanner = Reference(), Scanner(ASSET_CLASSES)
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
    return scanner


def write(message: dict[str, Any], order: Sequence[int] = (), space: str = "") -> bytes:
    items = list(message.items())
    items = [items[n] for n in order if n < len(items)] or items
    return json.dumps(
        dict(items), ensure_ascii=not space, separators=(f",{space}", f":{space}")
    ).encode("utf-8", "surrogatepass")


NUMBERS = st.one_of(
    st.floats(-180, 180).map(lambda x: round(x, 5)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**20), 10**20),
    st.sampled_from([0, -0.0, 1e22, 1e23, 5e-324, 2**53 + 1, 0.1 + 0.2, 50.001000000000005, None]),
)
TIMES = st.one_of(
    st.datetimes().map(lambda time: time.isoformat() + "Z"),
    st.sampled_from([AT, "2024-02-29T23:59:59.5Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                     "2026-03-01T12:00:00.1234567Z", "2026-03-01T12:00:00.Z", AT + " ", "x"]),
)  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Readings of few assets, mostly good, in any order of fields."""
    asset_class = draw(st.sampled_from(CLASSES))
    names = [channel.name for channel in ASSET_CLASSES[asset_class].channels]
    strange = st.sampled_from(["odd", "s\u00f8", "", "x\n", "k" * 300])
    message = {
        "version": 1,
        "asset": f"{asset_class}-{draw(st.integers(0, 2))}",
        "asset_class": draw(st.sampled_from([asset_class] * 9 + [*CLASSES, "boat"])),
        "source": draw(st.sampled_from(["feed", "f\u00e6d", "s" * 70, "other"])),
        "time": draw(TIMES), "ingest_time": draw(st.one_of(st.just(AT), TIMES)),
        "seq": draw(st.integers(0, 2**63)), "lat": draw(NUMBERS), "lon": draw(NUMBERS),
        "channels": draw(st.dictionaries(
            st.one_of(st.sampled_from(names), st.sampled_from(names), strange), NUMBERS)),
        "labels": draw(st.dictionaries(st.one_of(st.just("name"), strange),
                                       st.sampled_from(["x", "\u00d8st", "", "t" * 4_001]))),
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
        keys = [b"ship-1" if n % 3 else None for n in range(len(values))]
    for size in (1, 3, 12):
        assert_same(values, keys, size)


@given(STREAMS, st.data())
def test_a_changed_byte_gives_the_same(values: list[bytes], data: st.DataObject) -> None:
    changed = []
    for value in values:
        broken = bytearray(value)
        if broken:
            place = data.draw(st.integers(0, min(len(broken), 400) - 1))
            broken[place] = data.draw(st.sampled_from(b'\0 ,:{}"\\0e.-9\x7f\xc2'))
        changed.append(bytes(broken))
    assert_same([*values, *changed], None, 5)
