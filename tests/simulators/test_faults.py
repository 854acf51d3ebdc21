"""A fault changes nothing before its start, and only what it names."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from simulators import FaultLabel, Scenario, World, load_scenario
from simulators.faults import sensor, transport
from simulators.faults.catalogue import KINDS

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
SECONDS = 900
NAMES = sorted({kind.name for kind in KINDS})

Told = Mapping[tuple[str, int], list[dict[str, Any]]]
"""What was told, by asset and number; mostly once."""


def scenario(*kinds: str) -> Scenario:
    demo = load_scenario("demo").sized(40)
    faults = {name: rate for name, rate in demo.faults.items() if name in kinds}
    return demo.model_copy(update={"faults": faults})


def told(world: World, seconds: int = SECONDS) -> Told:
    readings: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    while world.second < seconds:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                reading = json.loads(emission.value)
                readings[reading["asset"], reading["seq"]].append(reading)
    return readings


@cache
def healthy() -> Told:
    return told(World(scenario(), 11, START))


@cache
def faulty(kind: str) -> tuple[Told, list[FaultLabel]]:
    world = World(scenario(kind), 11, START)
    return told(world), world.truth()


def second(time: str) -> datetime:
    return datetime.fromisoformat(time)


@pytest.mark.parametrize("kind", NAMES)
def test_it_happens_and_its_label_is_whole(kind: str) -> None:
    _, labels = faulty(kind)
    assert labels, "nobody was ready for it within a quarter of an hour"
    for label in labels:
        assert label.kind == kind
        assert START + timedelta(seconds=15) <= label.start <= label.shows < label.end
        assert label.shows < label.notice_by and label.expect
        assert label.asset == label.assets[0] or label.kind == "feed_outage"


@pytest.mark.parametrize("kind", NAMES)
def test_it_changes_nothing_before_its_start_and_only_its_assets(kind: str) -> None:
    readings, labels = faulty(kind)
    begins: dict[str, datetime] = {}
    for label in reversed(labels):
        begins |= dict.fromkeys(label.assets, label.start)
    for key, usual in healthy().items():
        begin = begins.get(key[0])
        if begin is None or second(usual[0]["ingest_time"]) < begin:
            assert readings.get(key) == usual, (key, begin)
    assert not [k for k in readings.keys() - healthy().keys() if k[0] not in begins]


@pytest.mark.parametrize("kind", NAMES)
def test_it_changes_only_the_channels_that_it_names(kind: str) -> None:
    readings, labels = faulty(kind)
    named = defaultdict(set)
    whole = set()
    for label in labels:
        for asset in label.assets:
            named[asset] |= set(label.channels)
            if not label.channels:
                whole.add(asset)
    for (asset, number), usual in healthy().items():
        if asset in whole:
            continue
        for reading, other in zip(readings[asset, number], usual, strict=True):
            assert _without(reading, named[asset]) == _without(other, named[asset])


@pytest.mark.parametrize("kind", sorted({k.name for k in KINDS if k.group == "contract"}))
def test_a_broken_contract_changes_no_reading(kind: str) -> None:
    assert faulty(kind)[0] == healthy()


@pytest.mark.parametrize("kind", sorted(sensor.NAMES - {"spoofed_position"} | transport.NAMES))
def test_instruments_and_feeds_are_as_they_were_when_it_is_over(kind: str) -> None:
    readings, labels = faulty(kind)
    over: dict[str, datetime] = {}
    for label in labels:
        over |= dict.fromkeys(label.assets, label.end)
    for key, usual in healthy().items():
        if key[0] in over and second(usual[0]["time"]) > over[key[0]]:
            assert readings[key] == usual


def _without(reading: dict[str, Any], names: set[str]) -> dict[str, Any]:
    channels = {name: v for name, v in reading["channels"].items() if name not in names}
    rest = {name: v for name, v in reading.items() if name not in names}
    return {**rest, "channels": channels}
