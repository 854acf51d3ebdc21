"""Each key of [severity]: sizes, variants and times of faults, and what their labels say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulators import FaultLabel, World, load_scenario
from simulators.fault import FADES, MASKED, MOTION, SILENT, Fault
from simulators.faults.catalogue import KINDS, kinds_named
from simulators.faults.range import SCALED, WORKING, full_from, ranged
from simulators.faults.transport import disturb, healthy_journey
from simulators.noise import asset_key, uniform
from simulators.roughness import Severity
from simulators.scenario import FaultRate, Transport

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
DRAWS = np.stack([uniform(np.arange(2_000, dtype=np.uint64), n, 0) for n in range(4)], axis=1)


def faults(name: str, **keys: Any) -> list[Fault]:
    """Two thousand of a kind, as drawn and then as [severity] has them."""
    kind = kinds_named(name)[0]
    made = []
    for size, weight, small, variant in DRAWS.tolist():
        low, high = kind.size
        drawn = Fault("f", kind, 0, 600, 8_000, low + size * (high - low), weight, kind.channels)
        made.append(ranged(drawn, Severity(**keys), small, variant))
    return made


def share(made: list[Fault], variant: str) -> float:
    return float(np.mean([fault.variant == variant for fault in made]))


@pytest.mark.parametrize("name", sorted({kind.name for kind in KINDS}))
def test_at_zero_a_fault_is_as_the_catalogue_draws_it(name: str) -> None:
    for fault in faults(name):
        assert fault.share == 1.0 and fault.end == 8_000 and fault.kind in kinds_named(name)
        assert not fault.variant or fault.variant == SILENT


@pytest.mark.parametrize("name", sorted({kind.name for kind in KINDS}))
def test_sizes_go_down_to_a_tenth_evenly_in_their_logarithm(name: str) -> None:
    usual, smaller = faults(name), faults(name, smaller=1.0)
    shares = np.array([fault.share for fault in smaller])
    ratios = np.array([b.size / a.size for a, b in zip(usual, smaller, strict=True) if a.size])
    if name in SCALED:
        assert np.allclose(ratios, shares)
        assert 0.1 <= shares.min() < 0.11 and 0.95 < shares.max() <= 1
        assert abs(np.median(shares) - 10**-0.5) < 0.03
    else:
        assert (shares == 1).all() and (ratios == 1).all()


def test_the_kinds_named_exist() -> None:
    assert {kind.name for kind in KINDS} >= SCALED | WORKING


@pytest.mark.parametrize(
    ("name", "key", "variant", "usual", "real"),
    [
        ("gps_interference", "masked", MASKED, 0.0, 0.5),
        ("spoofed_position", "fake_motion", MOTION, 0.0, 0.5),
        ("grounding", "silent_crews", SILENT, 0.5, 0.8),
        ("feed_outage", "fading", FADES, 0.0, 0.5),
    ],
)
def test_variants_come_in_their_shares(
    name: str, key: str, variant: str, usual: float, real: float
) -> None:
    assert abs(share(faults(name), variant) - usual) < 0.04
    assert abs(share(faults(name, **{key: 1.0}), variant) - real) < 0.04


def test_a_spoofer_that_fakes_motion_names_the_channels_that_it_fakes() -> None:
    for fault in faults("spoofed_position", fake_motion=1.0):
        assert ("sog_kn" in fault.channels) == (fault.variant == MOTION)


def test_half_of_the_drifts_take_days() -> None:
    lasts = np.array([fault.end - fault.start for fault in faults("drift", slow_drifts=1.0)])
    slow = lasts > 86_400
    assert 0.45 < slow.mean() < 0.55
    assert lasts[slow].min() >= 2 * 86_400 and lasts.max() <= 14 * 86_400


def test_an_outage_that_fades_loses_ever_more() -> None:
    kind = kinds_named("feed_outage")[0]
    fault = Fault("f", kind, 0, 0, 8_000, 1.0, 0.9, (), variant=FADES)
    times = np.arange(0, 9_000, 2)
    rows, keys = times * 0, np.full(len(times), asset_key(1, 1, 0), dtype=np.uint64)
    way = healthy_journey(rows, times, keys, Transport())
    fleet: Any = SimpleNamespace(feeds=np.array([0]))
    disturb(fleet, way, keys, [fault])
    parts = [way.lost[(times >= a) & (times < a + 1_000)].mean() for a in range(0, 9_000, 1_000)]
    assert parts == [*sorted(parts[:8]), 0.0]
    assert parts[0] < 0.2 and parts[4:8] == [1.0] * 4
    assert full_from(fault) == 4_000


def labels(working_time: bool) -> list[FaultLabel]:
    scenario = load_scenario("clean-smoke").sized(24)
    kinds = ("bias", "stuck", "drift", "dark_period", "compressor_leak")
    update = {
        "faults": {kind: FaultRate(per_day=12) for kind in kinds},
        "planning": scenario.planning.model_copy(update={"after_s": 3_600}),
        "severity": Severity(working_time=working_time),
    }
    world = World(scenario.model_copy(update=update), 3, START)
    while world.second < 16 * 3_600:
        world.advance()
    return world.truth()


@pytest.mark.slow
def test_what_shows_at_work_is_to_be_noticed_by_hours_of_work() -> None:
    longer = 0
    for usual, label in zip(labels(False), labels(True), strict=True):
        assert usual._replace(notice_by=label.notice_by) == label
        idle = label.notice_by - usual.notice_by
        assert timedelta(0) <= idle <= usual.end - usual.start
        assert not idle or label.kind in WORKING
        longer += bool(idle)
    assert longer >= 3
