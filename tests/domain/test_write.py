"""What compiled code writes is what msgspec writes, byte for byte."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from schemas import ASSET_CLASSES, Signal
from schemas.messages import EARLIEST, LATEST
from schemas.zones import load_zones
from services.domain.compiled import entry
from services.domain.form import Array
from services.domain.monitor import events as ev
from services.domain.monitor.read.decode import from_us, to_us
from services.domain.monitor.read.names import Names
from services.domain.monitor.write import numbers as write_numbers
from services.domain.monitor.write.signals import Writer, number
from services.domain.wire import WireSignal

CLASSES = list(ASSET_CLASSES.values())
WIDEST = max(len(asset_class.channels) for asset_class in CLASSES)
SPREAD = st.floats(-1000, 1000)
FLOATS = st.one_of(
    SPREAD, SPREAD, SPREAD.map(lambda x: round(x, 4)), st.floats(-2e9, 2e9), st.floats(-1e-4, 1e-4),
    st.integers(-10**7, 10**7).map(lambda n: n / 2**7), st.just(math.nan), st.floats(),
)  # fmt: skip


@entry
def put_number(out: Array, value: float) -> int:
    return write_numbers.put_number(out, 0, value)


@entry
def put_time(out: Array, time_us: int) -> int:
    return write_numbers.put_time(out, 0, time_us)


@entry
def put_whole(out: Array, value: int) -> int:
    return write_numbers.put_whole(out, 0, value)


def put(writer: Callable[[Array, Any], int], value: float) -> bytes | None:
    out = np.zeros(32, dtype="u1")
    stop = writer(out, value)
    return None if stop < 0 else out[:stop].tobytes()


@given(FLOATS)
@example(-0.0)
@example(-1e-9)
@example(0.0078125)
@example(999_999_999.999_999_9)
@example(5e-7)
@example(0.5e-6 + 1e-22)
def test_a_number_is_rounded_and_written_as_msgspec_does(value: float) -> None:
    large = not abs(value) < 1e9
    assert put(put_number, value) == (None if large else msgspec.json.encode(round(value, 6)))


@given(st.integers(to_us(EARLIEST), to_us(LATEST)))
@example(to_us(EARLIEST))
@example(to_us(LATEST))
@example(to_us(datetime(2024, 2, 29, tzinfo=UTC)))
@example(to_us(datetime(2100, 3, 1, tzinfo=UTC)))
@example(to_us(datetime(2000, 2, 29, 23, 59, tzinfo=UTC)))
def test_a_time_is_written_as_msgspec_does(time_us: int) -> None:
    for exact in (time_us, time_us // 10**6 * 10**6):
        assert b'"%b"' % (put(put_time, exact) or b"") == msgspec.json.encode(from_us(exact))


@given(st.integers(0, 2**63 - 1))
@example(2**63 - 1)
def test_a_whole_number_is_written_in_full(value: int) -> None:
    assert put(put_whole, value) == str(value).encode()


def test_the_machines_signal_has_the_fields_of_the_peoples() -> None:
    assert set(WireSignal.__struct_fields__) == Signal.model_fields.keys()


class Counting(Writer):
    """Counts the signals that are left to msgspec."""

    left = 0

    def _encoded(self, *args: Any) -> bytes:
        self.left += 1
        return super()._encoded(*args)


def writer() -> Counting:
    assets, sources = Names(), Names()
    for number_, asset_class in enumerate(CLASSES):
        assets.add(f"{asset_class.name}-1", number_)
    sources.add('f"\u00e6\x7fd')
    sources.add("feed")
    return Counting("telemetry-3", ASSET_CLASSES, load_zones(), assets, sources)


@st.composite
def events(draw: st.DrawFn) -> tuple[Array, Array]:
    """Any conclusions, a third of them summaries, some of one cause."""
    count = draw(st.integers(0, 6))
    rows = np.zeros(count, dtype=ev.EVENT)
    figures = np.zeros((count, len(ev.FIGURES) + WIDEST))
    cause = 0
    for n, row in enumerate(rows):
        cause += draw(st.sampled_from([0, 1, 10**6]))
        asset_class = draw(st.integers(0, len(CLASSES) - 1))
        states = st.integers(0, len(CLASSES[asset_class].movement))
        kinds = st.integers(0, len(ev.KINDS) - 1)
        kind = draw(st.one_of(st.just(ev.MINUTE_SUMMARY), st.just(ev.READING_FLAGGED), kinds))
        flags = kind in (ev.READING_FLAGGED, ev.DATA_FAULT_BEGAN)
        crosses = kind in (ev.ZONE_ENTERED, ev.ZONE_LEFT)
        row["cause"], row["asset"], row["asset_class"] = cause, asset_class, asset_class
        row["kind"], row["source"] = kind, draw(st.integers(0, 1))
        row["time_us"] = draw(st.integers(to_us(EARLIEST), to_us(LATEST) + 10**9))
        row["ingest_us"] = draw(st.integers(to_us(EARLIEST), to_us(LATEST)))
        for name in ("lat", "lon", "value", "threshold", "score"):
            row[name] = draw(FLOATS)
        row["evidence"] = [draw(FLOATS) for _ in range(4)]
        row["zone"] = draw(st.integers(0, 9)) if crosses else -1
        row["flaw"] = draw(st.integers(0, len(ev.FLAWS) - 2)) if flags else -1
        row["channel"] = draw(st.integers(-1, len(CLASSES[asset_class].channels) - 1))
        row["detector"] = draw(st.integers(-1, len(ev.DETECTORS) - 1))
        row["state"] = draw(states)
        row["from_state"] = row["to_state"] = draw(st.one_of(st.just(-1), states))
        if kind == ev.MINUTE_SUMMARY:
            row["threshold"], row["channel"], row["detector"] = math.nan, -1, -1
            row["from_state"] = row["to_state"] = -1
            figures[n] = [draw(FLOATS) for _ in range(figures.shape[1])]
    return rows, figures


@given(events())
def test_a_batch_is_written_as_msgspec_does(batch: tuple[Array, Array]) -> None:
    rows, figures = batch
    by_machine, by_msgspec = writer(), writer()
    found = by_machine.signals(rows, figures)
    last, nth = -1, 0
    for (asset, text), row, of_minute in zip(found, rows, figures, strict=True):
        nth = nth + 1 if row["cause"] == last else 0
        last = int(row["cause"])
        assert text == by_msgspec._encoded(row, nth, of_minute, {})
        signal = msgspec.json.decode(text, type=WireSignal)
        assert msgspec.json.encode(signal) == text
        assert (signal.asset, signal.id) == (asset, f"telemetry-3-{last}-{nth}")
        assert signal.kind == ev.KINDS[row["kind"]].name
        assert signal.time == from_us(min(row["time_us"], to_us(LATEST)))
        assert signal.ingest_time == from_us(row["ingest_us"])
        for name in ("lat", "lon", "value", "threshold", "score"):
            assert repr(getattr(signal, name)) == repr(number(row[name]))
        asset_class = CLASSES[row["asset_class"]]
        if signal.kind == "minute_summary":
            names = [*ev.FIGURES, *(channel.name for channel in asset_class.channels)]
            watched = {c.name for c in asset_class.channels if asset_class.sums_up(c)} | set(
                ev.FIGURES
            )
            shown = {
                name: number(value)
                for name, value in zip(names, of_minute.tolist(), strict=False)
                if name in watched and math.isfinite(value)
            }
            movement = ["UNKNOWN", *(state.name for state in asset_class.movement)][row["state"]]
            assert repr(signal.evidence) == repr({"movement": movement} | shown)


def test_only_the_strange_and_the_large_are_left_to_msgspec() -> None:
    rows = np.zeros(len(ev.KINDS), dtype=ev.EVENT)
    rows["kind"], rows["zone"] = range(len(ev.KINDS)), -1
    figures = np.zeros((len(rows), len(ev.FIGURES) + WIDEST))
    by_machine = writer()
    by_machine.signals(rows, figures)
    assert by_machine.left == 0
    rows["value"][3], rows["flaw"][5] = 1e9, ev.UNKNOWN
    texts = by_machine.signals(rows, figures, {0: [("new one", 1.0)]})
    assert by_machine.left == 2
    assert b'"value":1000000000.0' in texts[3][1]
    assert b'"channel":"new one","flaw":"unknown"' in texts[5][1]
