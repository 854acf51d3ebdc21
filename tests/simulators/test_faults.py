"""A fault changes nothing before its start, and only what it names.

The same world is run healthy and with one fault of every kind, each on an asset of its own; an
outage, which befalls a whole feed, has a run of its own.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from simulators import FaultLabel, Scenario, World, load_scenario
from simulators.faults import sensor, transport
from simulators.faults.catalogue import KINDS
from simulators.scenario import FaultPlanning

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECONDS = 900
OUTAGE = "feed_outage"
NAMES = sorted({kind.name for kind in KINDS})
OF_CONTRACTS = sorted({kind.name for kind in KINDS if kind.group == "contract"})

Told = Mapping[tuple[str, int], list[dict[str, Any]]]
"""What was told, by asset and number; mostly once."""


def scenario(kinds: list[str]) -> Scenario:
    """The demo with at most one fault of each kind, and one fault an asset."""
    demo = load_scenario("demo").clean().sized(120)
    once = {
        name: rate.model_copy(update={"per_day": 1})
        for name, rate in demo.faults.items()
        if name in kinds
    }
    planning = FaultPlanning(after_s=15, first_within_s=270, rest_s=86_400, bring_forward=True)
    return demo.model_copy(update={"faults": once, "planning": planning})


def told(world: World, seconds: int = SECONDS) -> Told:
    readings: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    while world.second < seconds:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                reading = json.loads(emission.value)
                readings[reading["asset"], reading["seq"]].append(reading)
    return readings


@cache
def healthy(seed: int = 11) -> Told:
    return told(World(scenario([]), seed, START))


@cache
def faulty(outage: bool, seed: int = 11) -> tuple[Told, list[FaultLabel]]:
    kinds = [OUTAGE] if outage else [name for name in NAMES if name != OUTAGE]
    world = World(scenario(kinds), seed, START)
    return told(world), world.truth()


def case(kind: str) -> tuple[Told, FaultLabel]:
    """What was told in the run with the fault of this kind, and its label."""
    readings, labels = faulty(kind == OUTAGE)
    mine = [label for label in labels if label.kind == kind]
    assert mine, "nobody was ready for it within a quarter of an hour"
    return readings, mine[0]


def second(time: str) -> datetime:
    return datetime.fromisoformat(time)


@pytest.mark.parametrize("kind", NAMES)
def test_it_happens_and_its_label_is_whole(kind: str) -> None:
    _, label = case(kind)
    assert START + timedelta(seconds=15) <= label.start <= label.shows < label.end
    assert label.shows < label.notice_by and label.expect
    assert label.asset == label.assets[0] or kind == OUTAGE


@pytest.mark.parametrize("kind", NAMES)
def test_it_changes_nothing_before_its_start(kind: str) -> None:
    readings, label = case(kind)
    for (asset, number), usual in healthy().items():
        if asset in label.assets and second(usual[0]["ingest_time"]) < label.start:
            assert readings[asset, number] == usual


@pytest.mark.parametrize("kind", NAMES)
def test_it_changes_only_the_channels_that_it_names(kind: str) -> None:
    readings, label = case(kind)
    if not label.channels:
        return
    for (asset, number), usual in healthy().items():
        if asset in label.assets:
            for reading, other in zip(readings[asset, number], usual, strict=True):
                assert _without(reading, label.channels) == _without(other, label.channels)


@settings(max_examples=2, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 10_000), outage=st.booleans())
def test_who_is_not_named_says_the_same(seed: int, outage: bool) -> None:
    readings, labels = faulty(outage, seed)
    named = {asset for label in labels for asset in label.assets}
    begun = {asset: label.start for label in reversed(labels) for asset in label.assets}
    usual = healthy(seed)
    for key, said in usual.items():
        if key[0] not in named or second(said[0]["ingest_time"]) < begun[key[0]]:
            assert readings.get(key) == said, key
    assert not [key for key in readings.keys() - usual.keys() if key[0] not in named]


@pytest.mark.parametrize("kind", OF_CONTRACTS)
def test_a_broken_contract_changes_no_reading(kind: str) -> None:
    readings, label = case(kind)
    for key, usual in healthy().items():
        if key[0] in label.assets:
            assert readings[key] == usual


@pytest.mark.parametrize("kind", sorted(sensor.NAMES - {"spoofed_position"} | transport.NAMES))
def test_instruments_and_feeds_are_as_they_were_when_it_is_over(kind: str) -> None:
    readings, label = case(kind)
    for key, usual in healthy().items():
        if key[0] in label.assets and second(usual[0]["time"]) > label.end:
            assert readings[key] == usual


@pytest.mark.parametrize("kind", NAMES)
def test_it_leaves_a_trace(kind: str) -> None:
    readings, label = case(kind)
    if kind in OF_CONTRACTS or kind == "off_hire_under_way":
        return  # they show in the facts
    keys = {key for key in readings.keys() | healthy().keys() if key[0] in label.assets}
    assert any(readings.get(key) != healthy().get(key) for key in keys)


def _without(reading: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    channels = {name: v for name, v in reading["channels"].items() if name not in names}
    rest = {name: v for name, v in reading.items() if name not in names}
    return {**rest, "channels": channels}
