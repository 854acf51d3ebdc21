"""Same scenario and seed, same bytes: alone, shared out, skipped ahead, heard in part."""

import heapq
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.fact import Fact
from schemas.messages import Message, format_time
from schemas.reading import Reading, Tick
from simulators import Emission, Scenario, World, load_scenario
from simulators.emission import written

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 3, 23, 55, tzinfo=UTC)
SEEDS = st.integers(0, 2**31)
SIZES = st.integers(8, 30)
DEMO = load_scenario("demo").clean()
MAX_LATE_S = 75  # the demo's longest outage: what was buffered comes at its end


def run(world: World, until: int) -> list[Emission]:
    emissions = []
    while world.second < until:
        emissions += world.advance().emissions
    return emissions


def small(assets: int) -> Scenario:
    return DEMO.sized(assets)


@settings(max_examples=4, deadline=None)
@given(SEEDS, SIZES)
def test_the_same_seed_gives_the_same_bytes_beside_another_world(seed: int, assets: int) -> None:
    one, other = World(small(assets), seed, START), World(small(assets), seed, START)
    beside = World(small(assets), seed + 1, START)
    in_turns = []
    for until in (40, 90, 200):
        in_turns += run(one, until)
        run(beside, until)
    assert in_turns == run(other, 200)
    assert one.facts() == other.facts() and one.truth() == other.truth()


@settings(max_examples=4, deadline=None)
@given(SEEDS, SIZES, st.integers(0, 500))
def test_a_world_skipped_ahead_goes_on_as_if_it_had_run(
    seed: int, assets: int, second: int
) -> None:
    ran, skipped = World(small(assets), seed, START), World(small(assets), seed, START)
    skipped.skip_to(second)
    run(ran, skipped.second)
    assert second - DEMO.block_s < skipped.second <= second
    assert run(skipped, skipped.second + 60) == run(ran, ran.second + 60)
    assert skipped.truth() == ran.truth()


def test_skipping_further_than_a_reading_can_be_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.faults.transport.HEALTHY_HOLD_S", 20)
    ran, skipped = World(small(40), 3, START), World(small(40), 3, START)
    run(ran, 900)
    skipped.skip_to(900)
    assert run(skipped, 960) == run(ran, 960)


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.integers(16, 40), st.integers(2, 4))
def test_the_shares_of_a_world_are_the_whole(seed: int, assets: int, parts: int) -> None:
    whole = run(World(small(assets), seed, START), 120)
    shares = [World(small(assets), seed, START, share=(part, parts)) for part in range(parts)]
    runs = [run(share, 120) for share in shares]
    merged = heapq.merge(*runs, key=lambda emission: (emission.at, emission.place))
    assert list(merged) == whole
    everyone = World(small(assets), seed, START)
    facts = sorted(chain.from_iterable(share.facts() for share in shares), key=lambda f: f.id)
    assert facts == sorted(everyone.facts(), key=lambda fact: fact.id)


def test_strangers_and_meetings_are_shared_out_too() -> None:
    scenario = small(60)
    whole, parts = World(scenario, 7, START), [World(scenario, 7, START, (k, 2)) for k in (0, 1)]
    runs = [run(part, 600) for part in parts]
    merged = heapq.merge(*runs, key=lambda emission: (emission.at, emission.place))
    told = run(whole, 600)
    assert list(merged) == told
    places = {(emission.place, emission.key) for emission in told if emission.topic == "telemetry"}
    assert len({place for place, _ in places}) == len(places)
    assert any(key.startswith("mmsi-") for _, key in places)


def test_those_who_are_heard_alone_say_the_same() -> None:
    whole = World(small(40), 5, START)
    said = run(whole, 600)
    stuck = next(label for label in whole.truth() if label.kind == "stuck").asset
    wanted = [stuck, *(fleet.assets[1] for fleet in whole.fleets.values())]
    alone, later = World(small(40), 5, START, only=wanted), World(small(40), 5, START, only=())
    theirs = [e for e in said if e.topic != "telemetry" or e.key in wanted]
    assert run(alone, 600) == theirs
    assert alone.truth() == whole.truth()
    run(later, 400)
    later.hear(wanted)
    said_since = [e for e in theirs if e.at >= 400 + MAX_LATE_S]
    assert [e for e in run(later, 600) if e.at >= 400 + MAX_LATE_S] == said_since


def test_a_block_is_in_the_order_of_arrival() -> None:
    world = World(small(40), 3, START)
    while world.second < 600:
        block = world.advance()
        order = [(emission.at, emission.place) for emission in block.emissions]
        assert order == sorted(order)
        assert not order or block.start <= order[0][0] <= order[-1][0] < block.end


def test_seeds_differ() -> None:
    assert run(World(small(8), 1, START), 20) != run(World(small(8), 2, START), 20)


def test_a_world_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        World(small(8), 1, START.replace(tzinfo=None))


def test_readings_and_ticks_are_written_as_the_models_write_them() -> None:
    world = World(small(40), 5, START)
    for emission in run(world, 120):
        models: dict[str, type[Message]] = {"telemetry": Reading, "ticks": Tick, "facts": Fact}
        model = models[emission.topic]
        assert model.model_validate_json(emission.value).to_json() == emission.value


@given(st.integers(-(10**9), 10**9))
def test_a_moment_is_written_as_all_messages_write_it(second: int) -> None:
    assert written(START, second) == format_time(START + timedelta(seconds=second))
