"""Each key of [coverage] and [wire] does what it says, as often as it says, and nothing else."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest

from simulators import World, load_scenario
from simulators.geo import distance_m
from simulators.roughness import Coverage, Wire
from simulators.wire import coverage

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECONDS = 3 * 3600

Said = list[dict[str, Any]]


@cache
def told(assets: int = 40, **keys: float) -> Said:
    """What a small world says with these keys, others 0."""
    scenario = load_scenario("clean-healthy").sized(assets)
    sections = {
        name: section(**{key: value for key, value in keys.items() if key in section.model_fields})
        for name, section in (("coverage", Coverage), ("wire", Wire))
    }
    world = World(scenario.model_copy(update=sections), 3, START)
    said = []
    while world.second < SECONDS:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                said.append(msgspec.json.decode(emission.value))
    return said


def by_identity(said: Said) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(one["asset"], one["time"], one["seq"]): one for one in said}


def seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - START).total_seconds()


def spacing_s(said: Said, asset: str) -> np.ndarray:
    times = sorted({seconds(one["time"]) for one in said if one["asset"] == asset})
    return np.diff(times)


def test_the_spacing_of_reports_varies_by_half_of_its_mean() -> None:
    spread = []
    for asset in {one["asset"] for one in told(16) if one["asset_class"] == "ship"}:
        steps = spacing_s(told(16, interval=1), asset)
        steps = steps[steps < 2.5 * np.median(steps)]
        spread.append(steps.std() / steps.mean())
    assert 0.4 < np.median(spread) < 0.52
    usual = len(told(16))
    assert usual * 0.98 < len(told(16, interval=1)) < usual * 1.02


@pytest.mark.parametrize("key", ["runs", "shadows", "satellite"])
def test_gaps_take_reports_away_and_alter_none(key: str) -> None:
    usual, fewer = by_identity(told()), by_identity(told(**{key: 1.0}))
    assert fewer.keys() < usual.keys()
    assert all(usual[name] == one for name, one in fewer.items())
    least = {"runs": 0.65, "shadows": 0.95, "satellite": 0.3}[key]
    ships = [sum(name[0].startswith("ship") for name in one) for one in (fewer, usual)]
    assert least * ships[1] < ships[0] < ships[1]


def test_lost_runs_come_as_often_as_the_table_says() -> None:
    times = np.arange(0, 400 * 86_400, 120)
    lost = coverage.in_run(np.full(len(times), 77, dtype=np.uint64), "ship", 1.0, times)
    begun, over = (np.flatnonzero(np.diff(lost.astype(int)) == step) for step in (1, -1))
    long, days = (over[: len(begun)] - begun[: len(over)] > 120).sum(), 400
    assert 0.15 < long / days < 0.6  # over four hours


def test_delays_are_log_normal_and_alter_no_report() -> None:
    usual, later = by_identity(told()), by_identity(told(delays=1.0))
    assert usual.keys() == later.keys() or len(later) > 0.99 * len(usual)
    late_s = [seconds(one["ingest_time"]) - seconds(usual[name]["ingest_time"])
              for name, one in later.items()]  # fmt: skip
    assert min(late_s) >= 0
    assert 2 <= np.median(late_s) <= 4
    assert 30 < np.percentile(late_s, 99) < 90
    assert max(late_s) < 400


def test_wrong_times_are_few_and_bounded() -> None:
    said = told(wrong_times=1.0)
    off_s = [seconds(one["time"]) - seconds(one["ingest_time"]) for one in said]
    wrong = np.abs(off_s) > 9
    assert 0.0005 < wrong.mean() < 0.0018
    assert np.abs(off_s).max() < 2_000


def test_feeds_without_a_clock_date_reports_as_they_arrive() -> None:
    said = told(delays=1.0, no_numbers=1.0, receive_times=1.0)
    lag_s = np.array([seconds(one["ingest_time"]) - seconds(one["time"]) for one in said])
    dated = np.array([one["source"].endswith("ship-1") for one in said])
    assert np.percentile(lag_s[dated], 95) <= 8  # the transport's own lateness remains
    assert np.percentile(lag_s[~dated], 95) > 12


def test_jumps_return_at_once() -> None:
    usual, jumped = by_identity(told()), by_identity(told(jumps=2.0))
    assert usual.keys() == jumped.keys()
    moved = [name for name, one in jumped.items() if one["lat"] != usual[name]["lat"]]
    assert not any(name[0].startswith("metro") for name in moved)
    hours = SECONDS / 3600 * 30  # of ships and aircraft
    assert 0.2 * hours / 24 < len(moved) < 3 * hours / 24
    for name in moved:
        one, other = jumped[name], usual[name]
        far_m = float(distance_m(*(np.array(one[k]) for k in ("lat", "lon")),
                                       *(np.array(other[k]) for k in ("lat", "lon"))))  # fmt: skip
        assert 4_500 < far_m < 20_500
        assert {**one, "lat": 0, "lon": 0} == {**other, "lat": 0, "lon": 0}


def test_channels_are_absent_on_some_assets_for_good() -> None:
    said = told(120, absent=1.0)
    ships = {one["asset"] for one in said if one["asset_class"] == "ship"}
    without = ships & {one["asset"] for one in said if "heading_deg" not in one["channels"]}
    having = {one["asset"] for one in said if "heading_deg" in one["channels"]}
    assert not without & having
    assert 0.15 < len(without) / len(ships) < 0.45


def test_half_of_the_feeds_number_lines_and_not_devices() -> None:
    usual = {(one["asset"], one["time"]): one["seq"] for one in told()}
    said = told(no_numbers=1.0)
    own = {one["source"]: usual[one["asset"], one["time"]] == one["seq"] for one in said[-4000:]}
    assert sorted(name for name, kept in own.items() if not kept) == [
        "sim-3-aircraft-1", "sim-3-ship-1",
    ]  # fmt: skip
    assert len({(one["asset"], one["time"], one["seq"]) for one in said}) > 0.99 * len(said)
    assert all({**one, "seq": 0} for one in said)


def test_sentinels_are_reports_without_a_position() -> None:
    said = told(sentinels=1.0)
    share = np.mean(["lat" not in one for one in said])
    assert 0.002 < share < 0.007
    assert all(("lat" in one) == ("lon" in one) for one in said)


def test_a_second_receiver_repeats_one_in_twenty() -> None:
    usual, repeated = told(), told(repeats=1.0)
    assert 0.03 < len(repeated) / len(usual) - 1 < 0.07
    assert by_identity(usual) == by_identity(repeated) or len(by_identity(repeated)) == len(
        by_identity(usual)
    )


def test_two_antennas_lie_some_metres_apart() -> None:
    usual, moved = by_identity(told(120)), by_identity(told(120, antennas=1.0))
    far: dict[str, set[bool]] = {}
    for name, one in moved.items():
        far_m = 111_195 * np.hypot(
            one["lat"] - usual[name]["lat"],
            (one["lon"] - usual[name]["lon"]) * np.cos(np.radians(one["lat"])),
        )
        assert far_m < 120
        far.setdefault(name[0], set()).add(bool(far_m > 0.2))
    two = [asset for asset, both in far.items() if both == {True, False}]
    assert not any(asset.startswith("aircraft") for asset in two)
    assert 8 < len(two) < 40
