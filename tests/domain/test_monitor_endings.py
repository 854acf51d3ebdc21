"""What is on when its part of the class data begins anew or is left out is ended by a signal."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from schemas import ASSET_CLASSES, AssetClass, Signal, format_time
from schemas.zones import load_zones
from services.domain.monitor.core import MonitorCore
from tests.domain.telemetry import reading, run, tick, told

SHIP, METRO = ASSET_CLASSES["ship"], ASSET_CLASSES["metro"]
HEAT = "main_brg_degc"
RED_SEA: dict[str, Any] = {"lat": 14.7, "lon": 42.0}


def sailing(seconds: range, heat: float = 48.0) -> list[bytes]:
    """A ship under way, its bearing's temperature following shaft and oil."""
    values = []
    for second in seconds:
        wobble = ((second * 7919) % 97) / 97 - 0.5
        given = {"sog_kn": 12.0, "me_rpm": 80 + wobble, "me_load_pct": 60.0}
        given["lo_temp_degc"] = 45 + wobble
        values.append(
            reading("ship-1", second, km=second * 0.006, **given, **{HEAT: heat + 1.2 * wobble})
        )
    return values


def every(seconds: range, asset: str = "ship-1", **given: Any) -> list[bytes]:
    return [reading(asset, second, **given) for second in seconds]


def ship(**changes: Any) -> dict[str, AssetClass]:
    return {**ASSET_CLASSES, "ship": SHIP.model_copy(update=changes)}


def with_channel(name: str, **changes: Any) -> dict[str, AssetClass]:
    channels = (c.model_copy(update=changes) if c.name == name else c for c in SHIP.channels)
    return ship(channels=tuple(channels))


def without_heat() -> dict[str, AssetClass]:
    return ship(channels=tuple(c for c in SHIP.channels if c.name != HEAT))


def renamed_state() -> dict[str, AssetClass]:
    first, *others = SHIP.movement
    return ship(movement=(first.model_copy(update={"name": "STRANDED"}), *others))


TOO_FAST = SHIP.overspeed.model_copy(update={"channel": "me_rpm", "limit": 200.0})
HOT = [*sailing(range(0, 11_000, 10)), *sailing(range(11_000, 11_800, 10), heat=90.0)]
END_OF_HEAT = [("anomaly_ended", "baseline/2", HEAT), ("anomaly_ended", "limit/1", HEAT)]
JUST_FLAWED = every(range(0, 50, 10), sog_kn=99.0)
CASES: dict[str, tuple[list[bytes], dict[str, Any], list[tuple[Any, ...]]]] = {
    "flaw of a channel in another unit": (
        JUST_FLAWED,
        {"asset_classes": with_channel("sog_kn", unit="kt")},
        [("data_fault_ended", "impossible", "sog_kn")],
    ),
    "channel that is no more": (HOT, {"asset_classes": without_heat()}, END_OF_HEAT),
    "model with another range": (
        HOT,
        {"asset_classes": with_channel(HEAT, typical=(20.0, 81.0))},
        END_OF_HEAT[:1],
    ),
    "limit that is no more": (
        HOT,
        {"asset_classes": with_channel(HEAT, alarm=(None, None))},
        END_OF_HEAT[1:],
    ),
    "rule that is no more": (
        every(range(0, 40, 5), "metro-1", speed_mps=5.0, doors_open=1.0),
        {"asset_classes": {**ASSET_CLASSES, "metro": METRO.model_copy(update={"rules": ()})}},
        [("anomaly_ended", "doors_open_under_way/1", "doors_open")],
    ),
    "overspeed by another channel": (
        every(range(0, 120, 10), sog_kn=30.0),
        {"asset_classes": ship(overspeed=TOO_FAST)},
        [("overspeed_ended", None, "sog_kn")],
    ),
    "forbidden zone that is no more": (
        every(range(0, 120, 10), sog_kn=9.0, **RED_SEA),
        {"zones": tuple(z for z in load_zones() if z.id != "WAR-RED-SEA-SOUTH")},
        [("zone_left", "WAR-RED-SEA-SOUTH", None)],
    ),
    "state that is no more": (
        every(range(0, 120, 10), sog_kn=0.0, nav_status=6.0),
        {"asset_classes": renamed_state()},
        [("movement_changed", "AGROUND", None)],
    ),
}


def written(core: MonitorCore) -> MonitorCore:
    """The monitor after its next checkpoint."""
    core.changes()
    return core


def ends(signals: Sequence[Signal]) -> list[tuple[Any, ...]]:
    """What they end, and which states were left, in the order of the alphabet."""
    found = [
        (s.kind, s.detector or s.flaw or s.zone or s.from_state, s.channel)
        for s in signals
        if s.kind.endswith("_ended") or s.kind in ("zone_left", "movement_changed")
    ]
    return sorted(found, key=str)


@pytest.mark.parametrize("values, now, ended", CASES.values(), ids=CASES)
def test_the_asset_s_next_reading_ends_it(
    values: list[bytes], now: Mapping[str, Any], ended: list[tuple[Any, ...]]
) -> None:
    old = MonitorCore(0)
    run(values, old)
    chunks = old.snapshot()
    last = json.loads(values[-1])
    own = every(range(20_000, 20_030, 10), last["asset"])
    later = [tick(12_000), reading("ship-9", 20_000), *own]

    def follow(cuts: Sequence[int], again: Callable[[MonitorCore], MonitorCore]) -> list[Signal]:
        core, signals = written(MonitorCore.restore(0, chunks, **now)), list[Signal]()
        for start, stop in zip([0, *cuts], [*cuts, len(later)], strict=True):
            signals += run(later[start:stop], core, 1000 + start)
            core = again(core)
        return signals

    at_once = follow([], lambda core: core)
    first = [s for s in at_once if s.cause == "telemetry-0-1002"]
    assert [e for e in ends(first) if e in ended] == ended
    told_first = [(s.kind, s.channel) for s in first[: len(ended)]]
    assert sorted(told_first, key=str) == sorted([(e[0], e[2]) for e in ended], key=str)
    assert not [e for e in ends([s for s in at_once if s not in first]) if e in ended]
    for signal in first[: len(ended)]:
        assert format_time(signal.time) == format_time(signal.ingest_time) == last["time"]
        assert signal.asset == last["asset"]
    assert not told(at_once, "data_fault_began", "anomaly_began")
    assert at_once == follow([1, 2, 3], lambda core: core)
    restart = lambda core: MonitorCore.restore(0, core.snapshot(), **now)  # noqa: E731
    assert at_once == follow([1, 2, 3], restart)


def test_it_is_not_told_by_a_reading_of_which_all_is_out_already() -> None:
    """Up to where the last owner stopped readings are replayed; what they lead to is dropped."""
    old = MonitorCore(0)
    run(JUST_FLAWED, old)
    core = MonitorCore.restore(0, old.snapshot(), asset_classes=with_channel("sog_kn", unit="kt"))
    replayed = run(every(range(50, 60, 10), sog_kn=9.0), core, 100)
    assert not told(replayed, "data_fault_ended")
    changes = core.changes()
    after = every(range(60, 80, 10), sog_kn=9.0)
    signals = run(after, core, 101)
    assert told(signals, "data_fault_ended") == [(40, "data_fault_ended", "impossible")]
    assert signals[0].id == "telemetry-0-101-0"
    again = MonitorCore.restore(0, changes, asset_classes=with_channel("sog_kn", unit="kt"))
    assert run(after, again, 101) == signals


def test_what_is_on_again_by_then_is_ended_by_its_own_judge() -> None:
    old = MonitorCore(0)
    run(JUST_FLAWED, old)
    core = MonitorCore.restore(0, old.snapshot(), asset_classes=with_channel("sog_kn", unit="kt"))
    replayed = run(every(range(50, 100, 10), sog_kn=99.0), core, 100)
    assert told(replayed, "data_fault_began")
    after = every(range(100, 600, 10), sog_kn=9.0)
    again = MonitorCore.restore(0, core.changes(), asset_classes=with_channel("sog_kn", unit="kt"))
    signals = run(after, core, 110)
    assert run(after, again, 110) == signals
    assert told(signals, "data_fault_ended") == [(490, "data_fault_ended", "impossible")]


def test_a_state_that_is_no_more_is_left_for_that_of_now() -> None:
    old = MonitorCore(0)
    aground: dict[str, Any] = {"sog_kn": 0.0, "nav_status": 6.0}
    run(every(range(0, 120, 10), **aground), old)
    core = MonitorCore.restore(0, old.snapshot(), asset_classes=renamed_state())
    (moved,) = [
        s for s in run(every(range(120, 130, 10), **aground), core, 100)
        if s.kind == "movement_changed"
    ]  # fmt: skip
    assert (moved.from_state, moved.to_state) == ("UNKNOWN", "STRANDED")
    (left,) = run(every(range(130, 140, 10), **aground), written(core), 101)
    assert (left.from_state, left.to_state) == ("AGROUND", "STRANDED")


def test_what_stays_the_same_is_not_ended() -> None:
    old = MonitorCore(0)
    run(JUST_FLAWED, old)
    chunks = old.snapshot()
    other = with_channel("rob_fuel_t", unit="kg")
    values = every(range(50, 800, 10), sog_kn=9.0)
    core = MonitorCore.restore(0, chunks, asset_classes=other)
    assert run(values, core, 100) == run(values, MonitorCore.restore(0, chunks), 100)
    assert core.notes


def test_a_drift_of_a_model_with_other_parameters_is_ended() -> None:
    core = MonitorCore(0)
    run(sailing(range(0, 200, 10)), core)
    chunks = core.snapshot()
    head, assets = (
        msgspec.msgpack.decode(zlib.decompress(chunks[name])) for name in ("head", "assets/00000")
    )
    head["zones"].append("port/XXOLD")  # of another release, which had another model
    key = json.dumps(["page_hinkley/1", "score", "drift.page_hinkley.PageHinkley", {}, 0.5, 5.0])
    assets["models"][0] = {key: {"usual": 0.5}}
    for name, content in (("head", head), ("assets/00000", assets)):
        chunks[name] = zlib.compress(msgspec.msgpack.encode(content))
    core = written(MonitorCore.restore(0, chunks))
    signals = run(sailing(range(200, 240, 10)), core, 100)
    (drift,) = [s for s in signals if s.kind == "drift_ended"]
    assert (drift.id, drift.detector, drift.channel) == (
        "telemetry-0-100-0",
        "page_hinkley/1",
        None,
    )
