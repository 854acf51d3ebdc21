"""Scenarios are checked, documented, and order every kind of fault often enough."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from schemas.asset_classes import ASSET_CLASSES
from simulators.faults import sensor, transport
from simulators.faults.catalogue import KINDS, OWN
from simulators.faults.orders import Order, Orders
from simulators.feeds import feeds_of, share_of
from simulators.scenario import Scenario, ScenarioError, load_scenario, scenario_names
from simulators.world import World

PUBLIC = ("clean", "clean-healthy", "clean-smoke", "demo", "healthy", "smoke", "standard")
NAMES = {kind.name for kind in KINDS}


def test_the_public_scenarios_are_there() -> None:
    assert set(PUBLIC) <= set(scenario_names())
    assert all(load_scenario(name).name == name for name in scenario_names())


def test_every_key_is_described() -> None:
    def undescribed(model: type[BaseModel]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            inner = field.annotation
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found += undescribed(inner)
            elif not field.description:
                found.append(f"{model.__name__}.{name}")
        return found

    assert not undescribed(Scenario)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 'x'", "title"),
        ("nmae = 'x'", "nmae"),
        ("name = ", "is not TOML"),
        ("name='x'\ntitle='x'\ndays=1\n[fleet]\nships=1\naircraft=0\ntrains=-1", "fleet.trains"),
        ("name='x'\ntitle='x'\ndays=1\n[fleet]\nships=1\naircraft=0\ntrains=1\n"
         "[faults.stuck]\nper_day=0", "faults.stuck.per_day"),
    ],
)  # fmt: skip
def test_a_wrong_scenario_is_refused_by_its_key(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=says):
        load_scenario(str(file))


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="clean, clean-healthy, clean-smoke, demo"):
        load_scenario("nowhere")


def test_an_unknown_kind_of_fault_is_refused() -> None:
    smoke = load_scenario("smoke")
    rate = next(iter(smoke.faults.values()))
    wrong = smoke.model_copy(update={"faults": {"gremlins": rate}})
    with pytest.raises(ScenarioError, match="gremlins"):
        Orders(1, wrong, {"ship": 1})


@pytest.mark.parametrize("name", ["clean", "standard", "clean-smoke", "smoke", "demo"])
def test_every_kind_of_the_catalogue_is_in_the_scenario(name: str) -> None:
    assert set(load_scenario(name).faults) == NAMES


def test_standard_orders_every_kind_more_than_twenty_times() -> None:
    standard = load_scenario("standard")
    orders = Orders(standard.seed, standard, {"ship": 2, "aircraft": 1, "metro": 1})
    in_time = orders.until(int((standard.days - 1) * 86_400))
    counts = Counter(order.kind.name for order in in_time)
    assert set(counts) == NAMES
    assert min(counts.values()) >= 20, counts


def test_the_demo_orders_one_of_every_kind_within_five_minutes() -> None:
    demo = load_scenario("demo")
    orders = Orders(demo.seed, demo, {"ship": 2, "aircraft": 2, "metro": 2})
    assert {order.kind.name for order in orders.until(300)} == NAMES


def test_the_demo_begins_one_of_every_kind_within_five_minutes() -> None:
    world = World(load_scenario("demo"), start=datetime(2026, 3, 3, 15, 7, tzinfo=UTC))
    heard: set[str] = set()
    while world.second < 300:
        heard |= {one.key for one in world.advance().emissions if one.topic == "telemetry"}
    assert {label.kind for label in world.truth()} == NAMES
    # Its coverage is as patchy as life's, but a visitor sees nine in ten.
    ours = {asset for fleet in world.fleets.values() for asset in fleet.assets[:30]}
    assert 0.9 * 60 < len(heard & ours) < 60


def test_the_demo_is_rougher_than_the_clean_world_and_calmer_than_life() -> None:
    demo, standard = load_scenario("demo"), load_scenario("standard")
    assert demo.clean() != demo and demo.clean().coverage == load_scenario("clean").coverage
    for section in ("coverage", "wire", "noise", "look_alikes"):
        keys, life = (getattr(one, section).model_dump() for one in (demo, standard))
        assert all(0 < keys[key] <= life[key] for key in keys)


def test_a_reading_may_not_be_held_longer_than_a_restart_looks_back() -> None:
    smoke = load_scenario("smoke")
    late = smoke.faults["late_batches"].model_copy(update={"size": (60, 5 * 3600)})
    wrong = smoke.model_copy(update={"faults": {"late_batches": late}})
    with pytest.raises(ScenarioError, match="held for 18000 s"):
        Orders(1, wrong, {"ship": 1})


def test_orders_do_not_depend_on_how_they_are_asked_for() -> None:
    smoke = load_scenario("smoke")
    feeds = {"ship": 2, "aircraft": 1, "metro": 1}
    at_once, bit_by_bit = Orders(3, smoke, feeds), Orders(3, smoke, feeds)
    pieces = [order for end in range(0, 86_400, 300) for order in bit_by_bit.until(end)]
    assert sorted(pieces) == sorted(at_once.until(86_100))


def test_the_own_rows_act_somewhere_on_channels_that_exist() -> None:
    for kind in OWN:
        acting = sensor.NAMES | transport.NAMES | transport.SILENCING
        assert kind.name in acting
        channels = set(kind.channels) - {"lat", "lon"}
        known = {channel.name: channel for channel in ASSET_CLASSES[kind.asset_class].channels}
        for channel in channels:
            assert None not in known[channel].typical, channel


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_shares_are_the_whole_and_none_is_empty(parts: int) -> None:
    standard = load_scenario("standard")
    feeds = feeds_of(standard)
    shares = [share_of(feeds, standard, part, parts) for part in range(parts)]
    assert all(shares)
    assert [feed.name(1) for share in shares for feed in share] == [f.name(1) for f in feeds]
    assert sum(len(feed.numbers) for feed in feeds) == 500


def test_more_workers_than_feeds_are_refused() -> None:
    standard = load_scenario("standard")
    with pytest.raises(ValueError, match="cannot be shared by 9"):
        share_of(feeds_of(standard), standard, 0, 9)


def test_faults_grow_with_the_fleet_where_the_scenario_says_for_how_many_assets_they_are() -> None:
    demo = load_scenario("demo")
    few, many = (_orders(demo.sized(assets)) for assets in (60, 600))
    assert len(many) == pytest.approx(10 * len(few), rel=0.1)
    assert len({order.id for order in many}) == len(many)
    assert few == _orders(demo)
    assert len(_orders(load_scenario("standard").sized(50))) == len(
        _orders(load_scenario("standard"))
    )


def _orders(scenario: Scenario) -> list[Order]:
    """The faults of the first hour."""
    return Orders(1, scenario, {"ship": 2, "aircraft": 2, "metro": 2}).until(3_600)
