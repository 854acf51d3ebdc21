"""Same seed, same bytes: alone, beside another world, skipped ahead, and up to the first fault."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators import Emission, World

START = datetime(2026, 3, 1, 23, 58, tzinfo=UTC)
SEEDS = st.integers(0, 2**31)
SIZES = st.integers(4, 30)


def run(world: World, ticks: int) -> list[Emission]:
    return [emission for _ in range(ticks) for emission in world.advance()]


@settings(max_examples=6, deadline=None)
@given(SEEDS, SIZES, st.lists(st.integers(0, 40), min_size=1, max_size=4))
def test_the_same_seed_gives_the_same_bytes_in_any_interleaving(
    seed: int, assets: int, turns: list[int]
) -> None:
    one, other = World(seed, assets, START), World(seed, assets, START)
    in_turns: list[Emission] = []
    for ticks in turns:
        in_turns += run(one, ticks)
        run(World(seed + 1, assets, START), 2)
    assert in_turns == run(other, sum(turns))
    assert one.facts() == other.facts() and one.truth() == other.truth()


@settings(max_examples=5, deadline=None)
@given(SEEDS, SIZES, st.integers(0, 420))
def test_a_world_skipped_ahead_goes_on_as_if_it_had_run(seed: int, assets: int, tick: int) -> None:
    ran, skipped = World(seed, assets, START), World(seed, assets, START)
    run(ran, tick)
    skipped.skip_to(tick)
    assert skipped.now == ran.now
    assert run(skipped, 60) == run(ran, 60)
    assert skipped.truth() == ran.truth()


def test_skipping_crosses_fault_cycles() -> None:
    ran, skipped = World(3, 40, START), World(3, 40, START)
    run(ran, 950)
    skipped.skip_to(950)
    assert run(skipped, 40) == run(ran, 40)


@settings(max_examples=5, deadline=None)
@given(SEEDS, SIZES)
def test_a_fault_changes_nothing_before_the_first_one_starts(seed: int, assets: int) -> None:
    faulty, healthy = World(seed, assets, START), World(seed, assets, START, faults=False)
    first = int((faulty.truth()[0].start - START).total_seconds())
    assert run(faulty, first - 1) == run(healthy, first - 1)
    assert healthy.truth() == []


def test_later_the_faults_show() -> None:
    assert run(World(7, 40, START), 400) != run(World(7, 40, START, faults=False), 400)


def test_seeds_differ() -> None:
    assert run(World(1, 8, START), 3) != run(World(2, 8, START), 3)


def test_a_world_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        World(1, 3, START)
    with pytest.raises(ValueError, match="zone"):
        World(1, 4, START.replace(tzinfo=None))
