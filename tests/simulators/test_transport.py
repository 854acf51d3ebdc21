"""The way from the device to the line: a repeat never comes before the reading itself."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.fault import Fault
from simulators.faults.catalogue import kinds_named
from simulators.faults.transport import HEALTHY_HOLD_S, Journey, disturb, healthy_journey
from simulators.noise import Keys, asset_key
from simulators.scenario import Transport

FEEDS: Any = SimpleNamespace(feeds=np.array([0, 0]))
TIMES = np.arange(0, 3_600, 10)
ROWS = np.zeros(len(TIMES), dtype=np.int64)
ROUGH = Transport(duplicates=0.2, loss=0.1, late=0.2, late_s=30)


def keys(seed: int) -> Keys:
    return np.full(len(TIMES), asset_key(seed, 1, 0), dtype=np.uint64)


def journey(seed: int, *names: str) -> Journey:
    """An hour of one device on a rough feed, with faults from second 600 to 3,000."""
    way = healthy_journey(ROWS, TIMES, keys(seed), ROUGH)
    for name in names:
        kind = kinds_named(name)[0]
        fault = Fault(f"f-{name}", kind, 0, 600, 3_000, kind.size[1], 0.2, (), 1)
        disturb(FEEDS, way, keys(seed), [fault])
    return way


@given(st.integers(0, 10_000), st.permutations(["duplicates", "late_batches", "reorder"]))
def test_a_repeat_comes_after_the_reading(seed: int, names: list[str]) -> None:
    way = journey(seed, *names)
    repeated = way.again >= 0
    assert repeated.any()
    assert (way.again > way.at)[repeated].all()
    assert (way.at >= way.times).all()
    held_s = HEALTHY_HOLD_S + sum(kinds_named(n)[0].size[1] for n in names if n != "duplicates")
    assert (np.maximum(way.at, way.again) <= way.times + held_s).all()


@pytest.mark.parametrize("name", ["loss", "duplicates", "reorder", "late_batches", "clock_jump"])
def test_a_fault_of_the_feed_lasts_as_long_as_it_says(name: str) -> None:
    usual, way = journey(3), journey(3, name)
    outside = (TIMES < 600) | (TIMES >= 3_000)
    fields = zip(usual, way, strict=True)
    assert all(np.array_equal(a[outside], b[outside]) for a, b in fields)
    assert any(not np.array_equal(a, b) for a, b in zip(usual, way, strict=True))
