"""A healthy fleet stays within what its class can do, and its numbers agree with each other."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest

from schemas.asset_classes import ASSET_CLASSES
from schemas.reading import Reading
from simulators.geo import MPS_PER_KN, distance_m

# Largest change of speed in a second, m/s, and a bound on |mean speed - displacement / time|, m/s:
# a quarter-minute of taxiing or berthing between two reports is seen only at its ends.
LIMITS = {"ship": (0.2, 3.5), "aircraft": (2.6, 4.0), "metro": (1.25, 0.8)}


def by_asset(readings: list[Reading]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        found[reading.asset].append(reading)
    return found


def speed_mps(reading: Reading) -> float:
    asset_class = ASSET_CLASSES[reading.asset_class]
    kn = reading.channels[asset_class.speed_channel] * asset_class.knots_per_speed_unit
    return kn * MPS_PER_KN


@pytest.mark.parametrize("name", ASSET_CLASSES)
def test_every_declared_channel_is_simulated_and_possible(
    healthy: list[Reading], name: str
) -> None:
    seen: dict[str, list[float]] = defaultdict(list)
    for reading in healthy:
        if reading.asset_class == name:
            for channel, value in reading.channels.items():
                seen[channel].append(value)
    assert seen.keys() == {channel.name for channel in ASSET_CLASSES[name].channels}
    for channel, values in seen.items():
        low, high = ASSET_CLASSES[name].channel(channel).impossible
        assert low is None or min(values) >= low, channel
        assert high is None or max(values) <= high, channel


@pytest.mark.parametrize("name", LIMITS)
def test_speed_changes_gently_and_agrees_with_the_displacement(
    healthy: list[Reading], name: str
) -> None:
    per_second, mismatch = LIMITS[name]
    for track in by_asset([r for r in healthy if r.asset_class == name]).values():
        for before, after in pairwise(track):
            seconds = (after.time - before.time).total_seconds()
            assert abs(speed_mps(after) - speed_mps(before)) <= per_second * seconds + 0.3
            a, b = np.array((before.lat, before.lon)), np.array((after.lat, after.lon))
            moved = float(distance_m(a[0], a[1], b[0], b[1]))
            mean = (speed_mps(before) + speed_mps(after)) / 2
            assert abs(moved / seconds - mean) <= mismatch, (before, after)


def test_nothing_healthy_is_too_fast(healthy: list[Reading]) -> None:
    for reading in healthy:
        rule = ASSET_CLASSES[reading.asset_class].overspeed
        assert reading.channels[rule.channel] < rule.limit


def test_counters_never_run_backwards(healthy: list[Reading]) -> None:
    for track in by_asset(healthy).values():
        for channel in ASSET_CLASSES[track[0].asset_class].channels:
            if channel.monotonic:
                values = [r.channels[channel.name] for r in track if channel.name in r.channels]
                assert values == sorted(values)


def test_every_report_is_numbered_and_in_time(healthy: list[Reading]) -> None:
    for track in by_asset(healthy).values():
        assert [reading.seq for reading in track] == list(range(len(track)))
        assert all(reading.time == reading.ingest_time for reading in track)
        assert max(b.time - a.time for a, b in pairwise(track)).total_seconds() <= 115


def test_the_first_minutes_show_departures_and_arrivals(healthy: list[Reading]) -> None:
    changes: Counter[tuple[str, float, float]] = Counter()
    watched = {"ship": "nav_status", "aircraft": "on_ground", "metro": "doors_open"}
    for track in by_asset(healthy).values():
        channel = watched[track[0].asset_class]
        for before, after in pairwise(track):
            changes[channel, before.channels[channel], after.channels[channel]] += 1
    for channel, rest in (("nav_status", 5), ("on_ground", 1), ("doors_open", 1)):
        assert changes[channel, rest, 0] and changes[channel, 0, rest]


def test_a_reading_is_written_as_the_model_writes_it(healthy: list[Reading]) -> None:
    from simulators import World

    world = World(5, 40, healthy[0].time, faults=False)
    for emission in world.advance() + world.advance():
        assert Reading.model_validate_json(emission.value).to_json() == emission.value
        assert (
            emission.key in world.fleets[0].assets + world.fleets[1].assets + world.fleets[2].assets
        )
