"""However the input is cut, restored or spoiled, the monitor concludes the same."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from schemas import Signal
from services.domain.monitor.core import MonitorCore
from services.domain.monitor.read.batch import Rejection
from tests.domain.telemetry import reading, tick

ASSETS = ("ship-1", "ship-2", "ship-3", "aircraft-1", "metro-1", "metro-2")
_SPEED = {"ship": "sog_kn", "aircraft": "gs_kn", "metro": "speed_mps"}
_HEAT = {"ship": "main_brg_degc", "aircraft": "egt_degc", "metro": "axle_box_1_degc"}
_DRIVER = {"ship": "me_rpm", "aircraft": "n1_pct", "metro": "axle_box_2_degc"}


_BYTES_OF_A_RECORD = 16
_EDGES = (0.0, -0.0, 1.0, 0.1, 1e-30, 1e-7)
T = TypeVar("T")


class _Drawn:
    """Makes choices of drawn bytes, one after the other; a byte of 0 is the first of the options.

    To draw every choice of a stream by itself takes ten times as long as the monitor with it.
    """

    def __init__(self, drawn: bytes) -> None:
        self._bytes = iter(drawn)

    def choice(self, options: Sequence[T]) -> T:
        return options[next(self._bytes) % len(options)]

    def number(self, low: float, high: float) -> float:
        """Often at an edge, as hypothesis' own are."""
        edge, part = next(self._bytes), next(self._bytes) * 256 + next(self._bytes)
        if edge < 32:
            return (low, high, *_EDGES)[edge % 8]
        return low + (high - low) * part / 65535


@st.composite
def records(draw: st.DrawFn) -> list[bytes]:
    """A feed or two with everything in it that the monitor has an opinion on."""
    size = _BYTES_OF_A_RECORD * draw(st.integers(1, 120))
    drawn = draw(st.binary(min_size=size, max_size=size))
    out, clock = [], 0.0
    for seq in range(size // _BYTES_OF_A_RECORD):
        of = _Drawn(drawn[seq * _BYTES_OF_A_RECORD : (seq + 1) * _BYTES_OF_A_RECORD])
        clock += of.choice([0, 0, 1, 1, 5, 30, 61, 100, 4000])
        source = of.choice(["feed", "feed", "other"])
        ahead = of.choice([0] * 8 + [3000, 4000, 9000, 5_000_000_000])
        if of.choice(range(10)) == 9:
            out.append(of.choice([tick(clock + ahead, source), b"{", b"\xff\x00", b"[]"]))
            continue
        asset = of.choice(ASSETS)
        kind = asset.split("-")[0]
        channels = {
            _SPEED[kind]: of.choice([0.0, 0.2, 3.0, 12.5, 24.0, 30.0, 900.0]),
            _HEAT[kind]: of.number(-100, 1300),
            _DRIVER[kind]: of.number(0, 100),
            of.choice(["on_ground", "nav_status", "colour"]): of.choice([0.0, 1.0, 5.0]),
        }
        lat, lon = of.choice([(1.26, 103.82), (1.3, 103.8), (0.0, 0.0), (50.1, 8.6), (95.0, 0.0)])
        out.append(
            reading(
                asset,
                clock - of.choice([0, 0, 0, 45, -300]),
                ingest=clock + ahead,
                seq=seq,
                source=source,
                lat=lat,
                lon=lon,
                **channels,
            )
        )
    return out


def follow(
    values: Sequence[bytes], cuts: Sequence[int], restore: bool
) -> tuple[list[tuple[str, bytes]], list[Rejection]]:
    """Signals and rejections of the records in batches that end at the cuts."""
    core, signals, rejected = MonitorCore(2), [], []
    edges = [0, *sorted(cut % (len(values) + 1) for cut in cuts), len(values)]
    for start, stop in pairwise(edges):
        outcome = core.step(range(start, stop), values[start:stop])
        signals += outcome.signals
        rejected += outcome.rejected
        if restore:
            core = MonitorCore.restore(2, core.snapshot())
    return signals, rejected


@given(records(), st.lists(st.integers(0, 200), max_size=30), st.booleans())
def test_batches_and_restarts_change_nothing(
    values: list[bytes], cuts: list[int], restore: bool
) -> None:
    assert follow(values, cuts, restore) == follow(values, [], restore=False)


@given(records())
def test_one_record_a_batch_is_the_same(values: list[bytes]) -> None:
    assert follow(values, range(len(values)), restore=False) == follow(values, [], restore=False)


@given(records())
def test_signals_are_valid_and_their_ids_unique(values: list[bytes]) -> None:
    signals, _ = follow(values, [], restore=False)
    read = [Signal.model_validate_json(value) for _, value in signals]
    assert len({signal.id for signal in read}) == len(read)
    assert [s.asset for s in read] == [asset for asset, _ in signals]
    assert all(s.id.startswith(f"{s.cause}-") for s in read)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(
    st.sampled_from(["asset", "asset_class", "source", "time", "ingest_time", "seq", "lat", "lon",
                     "channels", "kind"]), JSON), st.binary(max_size=40))  # fmt: skip
def test_no_input_raises_and_the_others_go_on(spoiled: dict[str, object], noise: bytes) -> None:
    good = json.loads(reading("ship-1", 1, sog_kn=12.0, me_rpm=80.0))
    other = reading("ship-2", 1, sog_kn=12.0, me_rpm=80.0)
    outcome = MonitorCore(0).step([5, 6, 7], [json.dumps(good | spoiled).encode(), noise, other])
    assert {rejection.offset for rejection in outcome.rejected} <= {5, 6}
    assert b"telemetry-0-7-0" in b"".join(value for _, value in outcome.signals)
