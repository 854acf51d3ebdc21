"""Every kind of fault happens in the first minutes and looks as its label says."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from schemas.asset_classes import ASSET_CLASSES
from schemas.reading import Reading
from simulators import FaultLabel, World
from simulators.old.faults import KINDS


def of_kind(world: World, kind: str, asset_class: str = "") -> FaultLabel:
    return next(label for label in world.truth()
                if label.kind == kind and label.asset.startswith(asset_class))  # fmt: skip


def during(readings: list[Reading], label: FaultLabel) -> list[Reading]:
    return [r for r in readings if r.asset == label.asset and label.start <= r.time < label.end]


def test_each_kind_happens_within_five_minutes_and_then_again(
    faulty_world: World, faulty: list[Reading]
) -> None:
    start = faulty_world.start
    first = {label.kind for label in faulty_world.truth()
             if timedelta(seconds=15) <= label.start - start <= timedelta(minutes=5)}  # fmt: skip
    assert first == {kind.name for kind in KINDS} | {"forbidden_zone"}
    later = [label for label in faulty_world.truth() if label.start > start + timedelta(minutes=5)]
    assert len(later) >= len(KINDS) - 2
    assert len({label.id for label in faulty_world.truth()}) == len(faulty_world.truth())


def test_an_asset_has_one_fault_at_a_time(faulty_world: World, faulty: list[Reading]) -> None:
    labels = [label for label in faulty_world.truth() if label.kind != "forbidden_zone"]
    for asset in {label.asset for label in labels}:
        own = [label for label in labels if label.asset == asset]
        assert all(before.end <= after.start for before, after in pairwise(own))


@pytest.mark.parametrize("asset_class", ["metro", "ship"])
def test_overspeed_lasts_longer_than_its_rule_holds(
    faulty_world: World, faulty: list[Reading], asset_class: str
) -> None:
    rule = ASSET_CLASSES[asset_class].overspeed
    label = of_kind(faulty_world, f"{asset_class}_overspeed")
    fast = [r.time for r in during(faulty, label) if r.channels[rule.channel] > rule.limit]
    assert fast[-1] - fast[0] > timedelta(seconds=rule.hold_s)


def test_a_silent_train_comes_back(faulty_world: World, faulty: list[Reading]) -> None:
    label = of_kind(faulty_world, "silence")
    assert not during(faulty, label)
    after = [r for r in faulty if r.asset == label.asset and r.time >= label.end]
    before = [r for r in faulty if r.asset == label.asset and r.time < label.start]
    assert label.end - label.start > timedelta(seconds=90)
    assert after[0].seq == before[-1].seq + 1, "a number is given to what is said, not lost"


@pytest.mark.parametrize(
    ("kind", "least"),
    [("axle_box_heating", 75.0), ("main_bearing_heating", 80.0), ("exhaust_rise", 440.0),
     ("fan_vibration", 3.5)],
)  # fmt: skip
def test_what_heats_or_shakes_ends_far_above_healthy(
    faulty_world: World, faulty: list[Reading], kind: str, least: float
) -> None:
    label = of_kind(faulty_world, kind)
    values = [r.channels[label.channel or ""] for r in during(faulty, label)]
    assert max(values) > least
    low, high = ASSET_CLASSES[label.asset.split("-")[0]].channel(label.channel or "").impossible
    assert low is not None and high is not None and low <= min(values) and max(values) <= high


def test_a_stuck_sensor_does_not_move(faulty_world: World, faulty: list[Reading]) -> None:
    for label in [label for label in faulty_world.truth() if label.kind == "stuck_sensor"]:
        assert len({r.channels[label.channel or ""] for r in during(faulty, label)}) <= 1


@pytest.mark.parametrize("asset_class", ["metro", "aircraft"])
def test_an_impossible_value_is_beyond_its_bounds(
    faulty_world: World, faulty: list[Reading], asset_class: str
) -> None:
    label = of_kind(faulty_world, "impossible_value", asset_class)
    high = ASSET_CLASSES[asset_class].channel(label.channel or "").impossible[1]
    values = [r.channels[label.channel or ""] for r in during(faulty, label)]
    assert values and high is not None and min(values) > high


def test_a_jump_is_far_and_short(faulty_world: World, faulty: list[Reading]) -> None:
    label = of_kind(faulty_world, "position_jump")
    soon = label.end + timedelta(seconds=60)
    lats = [r.lat or 0.0 for r in faulty if r.asset == label.asset and r.time < soon]
    far = [abs(b - a) for a, b in pairwise(lats) if abs(b - a) > 0.5]
    assert len(far) == 2 and len(during(faulty, label)) >= 2


@pytest.mark.parametrize("asset_class", ["metro", "ship"])
def test_late_readings_come_after_younger_ones(
    faulty_world: World, faulty: list[Reading], asset_class: str
) -> None:
    label = of_kind(faulty_world, "late_readings", asset_class)
    own = [r for r in faulty if r.asset == label.asset]
    late = [r for r in own if r.ingest_time - r.time >= timedelta(seconds=30)]
    assert len(late) >= 4
    assert any(after.time < before.time for before, after in pairwise(own))


def test_a_skewed_clock_runs_ahead_of_the_feed(faulty_world: World, faulty: list[Reading]) -> None:
    label = of_kind(faulty_world, "clock_skew")
    own = [r for r in faulty if r.asset == label.asset]
    ahead = [r for r in own if r.time - r.ingest_time == timedelta(seconds=420)]
    skews = [other for other in faulty_world.truth()
             if (other.asset, other.kind) == (label.asset, label.kind)]  # fmt: skip
    assert ahead
    assert all(any(skew.start <= r.ingest_time < skew.end for skew in skews) for r in ahead)


def test_the_ship_enters_the_forbidden_zone(faulty_world: World, faulty: list[Reading]) -> None:
    from schemas.zones import load_zones

    label = of_kind(faulty_world, "forbidden_zone")
    zone = next(zone for zone in load_zones() if zone.id == "WAR-RED-SEA-SOUTH")
    border = max(lat for lat, _ in zone.polygon)
    lats = [r.lat or 90.0 for r in faulty if r.asset == label.asset]
    assert lats[0] > border > lats[-1], "it comes from the north and is inside at the end"


def test_identities_are_unique_and_complete(faulty: list[Reading]) -> None:
    identities = Counter((r.asset, r.source, r.time, r.seq) for r in faulty)
    assert max(identities.values()) == 1
    for asset in {r.asset for r in faulty}:
        numbers = sorted(r.seq for r in faulty if r.asset == asset)
        missing = set(range(numbers[-1] + 1)) - set(numbers)
        assert len(missing) <= 16, "only what is still on its way may be missing at the end"
