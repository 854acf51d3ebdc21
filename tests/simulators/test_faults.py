"""A fault changes nothing before its start, and only what it names.

The same world is run healthy and with one fault of every kind, each on an asset of its own; an
outage, which befalls a whole feed, has a run of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
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

Readings = list[dict[str, Any]]
Told = Mapping[str, Mapping[int, Readings]]
"""What was told, by asset and by number; mostly once."""


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
    readings: dict[str, dict[int, Readings]] = defaultdict(lambda: defaultdict(list))
    while world.second < seconds:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                reading = msgspec.json.decode(emission.value)
                readings[reading["asset"]][reading["seq"]].append(reading)
    return {asset: dict(told) for asset, told in readings.items()}


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


def of_assets(
    label: FaultLabel, usual: Told, readings: Told
) -> Iterator[tuple[Readings, Readings]]:
    """What the assets of a label usually say under a number, and what they said."""
    for asset in label.assets:
        for number, said in usual.get(asset, {}).items():
            yield said, readings.get(asset, {}).get(number, [])


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
    for usual, said in of_assets(label, healthy(), readings):
        if second(usual[0]["ingest_time"]) < label.start:
            assert said == usual


@pytest.mark.parametrize("kind", NAMES)
def test_it_changes_only_the_channels_that_it_names(kind: str) -> None:
    readings, label = case(kind)
    if not label.channels:
        return
    for usual, said in of_assets(label, healthy(), readings):
        for reading, other in zip(said, usual, strict=True):
            assert _without(reading, label.channels) == _without(other, label.channels)


@settings(max_examples=2, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 10_000), outage=st.booleans())
def test_who_is_not_named_says_the_same(seed: int, outage: bool) -> None:
    readings, labels = faulty(outage, seed)
    named = {asset for label in labels for asset in label.assets}
    begun = {asset: label.start for label in reversed(labels) for asset in label.assets}
    usual = healthy(seed)
    for asset, life in usual.items():
        if asset not in named:
            assert readings.get(asset) == life, asset
            continue
        for number, said in life.items():
            if second(said[0]["ingest_time"]) < begun[asset]:
                assert readings.get(asset, {}).get(number) == said, (asset, number)
    assert readings.keys() - usual.keys() <= named


@pytest.mark.parametrize("kind", OF_CONTRACTS)
def test_a_broken_contract_changes_no_reading(kind: str) -> None:
    readings, label = case(kind)
    for usual, said in of_assets(label, healthy(), readings):
        assert said == usual


@pytest.mark.parametrize("kind", sorted(sensor.NAMES - {"spoofed_position"} | transport.NAMES))
def test_instruments_and_feeds_are_as_they_were_when_it_is_over(kind: str) -> None:
    readings, label = case(kind)
    for usual, said in of_assets(label, healthy(), readings):
        if second(usual[0]["time"]) > label.end:
            assert said == usual


@pytest.mark.parametrize("kind", NAMES)
def test_it_leaves_a_trace(kind: str) -> None:
    readings, label = case(kind)
    if kind in OF_CONTRACTS or kind == "off_hire_under_way":
        return  # they show in the facts
    assert any(readings.get(asset) != healthy().get(asset) for asset in label.assets)


def _without(reading: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    channels = {name: v for name, v in reading["channels"].items() if name not in names}
    rest = {name: v for name, v in reading.items() if name not in names}
    return {**rest, "channels": channels}
