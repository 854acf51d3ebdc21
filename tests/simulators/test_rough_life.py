"""With every key of a rough life at work: the same bytes however it is run, and faults keep apart.

The demo's cadence and faults with the sections of `standard`; devices number their reports, so that
the same report is found again in the healthy world.
"""

import heapq
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
import pytest

from simulators import Emission, FaultLabel, Scenario, World, load_scenario
from simulators.roughness import Severity
from simulators.scenario import FaultPlanning

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECONDS, SEED = 900, 11
COMPANIONS = "mmsi-375"  # and above
SECTIONS = ("coverage", "wire", "noise", "look_alikes", "severity")


def rough(assets: int, faults: bool = True, **update: Any) -> Scenario:
    demo, standard = load_scenario("demo").sized(assets), load_scenario("standard")
    keys: dict[str, Any] = {name: getattr(standard, name) for name in SECTIONS}
    rates = demo.faults if faults else {}
    return demo.model_copy(update={**keys, "faults": rates, **update})


def run(world: World, until: int) -> list[Emission]:
    said: list[Emission] = []
    while world.second < until:
        said += world.advance().emissions
    return said


def test_the_same_bytes_alone_shared_out_and_skipped_ahead() -> None:
    whole, skipped = World(rough(40), 7, START), World(rough(40), 7, START)
    told = run(whole, 600)
    parts = [run(World(rough(40), 7, START, (part, 3)), 600) for part in range(3)]
    assert list(heapq.merge(*parts, key=lambda one: (one.at, one.place))) == told
    skipped.skip_to(500)
    since = skipped.second
    assert run(skipped, 600) == [one for one in told if one.at >= since]
    assert skipped.truth() == whole.truth()


def test_who_is_heard_alone_says_the_same() -> None:
    whole = World(rough(40), 5, START)
    wanted = [fleet.assets[1] for fleet in whole.fleets.values()]
    alone = World(rough(40), 5, START, only=wanted)
    told = [one for one in run(whole, 600) if one.topic != "telemetry" or one.key in wanted]
    assert run(alone, 600) == told


Told = dict[tuple[str, int], list[dict[str, Any]]]


@cache
def told(faults: bool) -> tuple[Told, list[FaultLabel]]:
    """What a world says by asset and number, and its labels; one fault an asset, no outage."""
    usual = rough(120)
    once = {
        name: rate.model_copy(update={"per_day": 1})
        for name, rate in usual.faults.items()
        if name != "feed_outage"
    }
    planning = FaultPlanning(after_s=15, first_within_s=270, rest_s=86_400, bring_forward=True)
    wire = usual.wire.model_copy(update={"no_numbers": 0.0})
    changed = {"faults": once if faults else {}, "planning": planning, "wire": wire}
    world = World(usual.model_copy(update=changed), SEED, START)
    readings: Told = defaultdict(list)
    for emission in run(world, SECONDS):
        # A companion keeps to its ship, whatever befalls the ship.
        if emission.topic == "telemetry" and not COMPANIONS <= emission.key < "n":
            reading = msgspec.json.decode(emission.value)
            readings[reading["asset"], reading["seq"]].append(reading)
    return readings, world.truth()


def test_a_fault_changes_nothing_before_its_start_and_nobody_else() -> None:
    (usual, _), (readings, labels) = told(False), told(True)
    begun = {asset: label.start for label in reversed(labels) for asset in label.assets}
    for key, said in usual.items():
        first = datetime.fromisoformat(said[0]["ingest_time"])
        if key[0] not in begun or first < begun[key[0]]:
            assert readings.get(key) == said, key
    assert not [key for key in readings.keys() - usual.keys() if key[0] not in begun]


def test_a_fault_changes_only_the_channels_that_it_names() -> None:
    (usual, _), (readings, labels) = told(False), told(True)
    named = {label.asset: label.channels for label in labels if label.channels}
    assert len(named) > 10
    for (asset, number), said in usual.items():
        if asset in named:
            for reading, other in zip(readings[asset, number], said, strict=True):
                assert _without(reading, named[asset]) == _without(other, named[asset])


def _without(reading: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    channels = {name: v for name, v in reading["channels"].items() if name not in names}
    rest = {name: v for name, v in reading.items() if name not in names}
    return {**rest, "channels": channels}


def test_who_is_heard_follows_from_where_it_is_and_not_from_where_it_says_to_be() -> None:
    usual = rough(48)
    far = {"per_day": 4_000, "size": (200, 400), "first_s": (15, 25)}
    often = {"spoofed_position": usual.faults["spoofed_position"].model_copy(update=far)}
    numbered = usual.wire.model_copy(update={"no_numbers": 0.0})
    keys: dict[str, Any] = {
        "wire": numbered,
        "coverage": usual.coverage.model_copy(update={"satellite": 0.8}),
    }
    keys["severity"] = Severity()
    said = []
    for faults in ({}, often):
        world = World(usual.model_copy(update={**keys, "faults": faults}), SEED, START)
        told = [
            msgspec.json.decode(one.value)
            for one in run(world, SECONDS)
            if one.topic == "telemetry"
        ]
        said.append({(one["asset"], one["time"], one["seq"]) for one in told})
    assert sum(label.asset_class == "ship" for label in world.truth()) > 5
    assert said[0] == said[1]
