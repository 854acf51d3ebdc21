"""Lives are chronological, legal by the lifecycle's chart, and break only what a fault names."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from schemas.fact import Fact
from services.domain.lifecycle_fold import fold
from simulators.air import AircraftFleet
from simulators.fault import Fault
from simulators.fleet import Span
from simulators.life import Life, mishaps
from simulators.life.standing import RESTS
from simulators.names import ship_name
from simulators.rail import MetroTrains
from simulators.scenario import FleetSize, Scenario
from simulators.sea import Ships
from tests.simulators.fake_fleet import FakeFleet

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S, BLOCK_S = 86_400, 600
SIZES = {"ship": 40, "aircraft": 20, "metro": 20}


class Run(NamedTuple):
    """A life of some days: the past, what was told live, the faults and their spans."""

    past: list[Fact]
    live: list[tuple[int, Fact]]
    faults: list[Fault]
    spans: list[Span]

    def by_asset(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in [*self.past, *(fact for _, fact in self.live)]:
            found[fact.asset].append(fact)
        return found


def run(days: float, every: int = 1, faults_s: tuple[int, int] | None = None) -> Run:
    """Lives of every `every`-th asset; faults last as said, or as long as their kind does."""
    size = FleetSize(ships=1, aircraft=1, trains=1)
    scenario = Scenario(name="x", title="x", days=days, block_s=BLOCK_S, fleet=size)
    fleets = [FakeFleet(name, np.arange(0, n, every)) for name, n in SIZES.items()]
    life = Life(7, fleets, scenario, START)
    done = Run(life.past(), [], [], [])
    for since in range(0, int(days * DAY_S), BLOCK_S):
        if faults_s:
            done.faults.extend(begun(life, fleets, done.faults, since, faults_s))
        events = {}
        for fleet in fleets:
            fleet.live(since + BLOCK_S, ())
            events[fleet.asset_class] = list(fleet.events())
        active = [fault for fault in done.faults if since < fault.end and fault.start <= since]
        done.live.extend(life.live(since, since + BLOCK_S, active, events))
        done.spans.extend(life.spans())
    return done


def begun(
    life: Life, fleets: list[FakeFleet], faults: list[Fault], now: int, lasting_s: tuple[int, int]
) -> Iterator[Fault]:
    """One fault of the kind whose turn it is, where somebody free is ready for it."""
    busy = {(f.kind.asset_class, f.row) for f in faults if f.end + DAY_S > now}
    for place, kind in enumerate(mishaps.KINDS):
        turn = now // BLOCK_S + place
        rows = np.flatnonzero(life.ready(kind.asset_class, kind.needs)).tolist()
        free = [row for row in rows if (kind.asset_class, row) not in busy]
        if free and turn % 3 == 0:
            length = (lasting_s if lasting_s[0] else kind.duration_s)[turn % 2]
            row = free[turn % len(free)]
            busy.add((kind.asset_class, row))
            yield Fault(f"f-{now}-{place}", kind, row, now, now + length, kind.size[1], 1.0, ())


@pytest.fixture(scope="module")
def healthy() -> Run:
    return run(20)


@pytest.fixture(scope="module")
def faulty() -> Run:
    return run(20, faults_s=(0, 0))


@pytest.fixture(scope="module")
def brief() -> Run:
    """A day's scenario, as a visitor sees it: faults last minutes and wait for no rent day."""
    return run(1, faults_s=(900, 1500))


@pytest.mark.parametrize("which", ["healthy", "faulty", "brief"])
def test_the_lifecycle_takes_every_fact(which: str, request: pytest.FixtureRequest) -> None:
    lives: Run = request.getfixturevalue(which)
    for facts in lives.by_asset().values():
        history = fold(facts)
        assert [e.reason for e in history.entries if e.standing != "in_force"] == []
        assert history.regions.title == "ACCEPTED"
    assert all(fact.document for _, fact in lives.live)
    ids = [fact.id for facts in lives.by_asset().values() for fact in facts]
    assert len(set(ids)) == len(ids)


def test_everything_of_a_contract_happens_while_the_world_runs(healthy: Run) -> None:
    kinds: Counter[str] = Counter(fact.kind for _, fact in healthy.live)
    rare = {"redelivery_notice", "redelivery_started", "redelivered", "lease_signed", "delivered",
            "lease_amended", "subchartered", "subcharter_ended", "maintenance_started",
            "maintenance_ended", "surveyed"}  # fmt: skip
    assert {kind for kind in rare if kinds[kind] < 3} == set()
    assert min(kinds["rent_paid"], kinds["utilisation_declared"] / 3, kinds["insured"] * 2) > 40
    assert len([at for at, _ in healthy.live if at < 600]) >= 8, "something to see at once"
    assert kinds["rent_overdue"] == 0


def test_a_past_spans_years_and_several_lessees(healthy: Run) -> None:
    past = healthy.past
    assert [fact.valid_from for fact in past] == sorted(fact.valid_from for fact in past)
    assert all(fact.recorded_at == START > fact.valid_from and fact.document for fact in past)
    assert {"subchartered", "subcharter_ended", "repossessed", "redelivered", "laid_up"} <= {
        fact.kind for fact in past
    }
    leases = {(fact.lease, fact.asset) for fact in past if fact.lease}
    assert len({lease for lease, _ in leases}) == len(leases), "a lease is of one asset"
    for asset, facts in healthy.by_asset().items():
        regions = fold([fact for fact in facts if fact.valid_from < START]).regions
        assert regions.contract in ("ON_LEASE", "REDELIVERY_DUE")
        assert regions.lease_until and regions.lease_until > START, asset


def test_names_and_marks_are_each_of_one_asset(healthy: Run) -> None:
    owners = defaultdict(set)
    for facts in healthy.by_asset().values():
        for fact in facts:
            if fact.kind == "registered":
                assert fact.name
                for mark in (fact.name, fact.details.get("call_sign"), fact.details.get("mmsi")):
                    owners[mark].add(fact.asset)
    del owners[None]
    assert all(len(assets) == 1 for assets in owners.values())
    names = {ship_name(number, renamed) for number in range(2_560) for renamed in (False, True)}
    assert len(names) == 2 * 2_560


def test_an_asset_lives_alike_whoever_else_does(healthy: Run) -> None:
    few, all_of_them = run(20, every=3).by_asset(), healthy.by_asset()
    assert len(few) > 20
    assert all(facts == all_of_them[asset] for asset, facts in few.items())


def test_assets_are_given_back_and_let_again_where_they_rest(healthy: Run) -> None:
    """A ship under way and off lease would be a false alarm."""
    fleets = {name: FakeFleet(name, np.arange(n)) for name, n in SIZES.items()}
    rows = {asset: (fleet, row) for fleet in fleets.values()
            for row, asset in enumerate(fleet.assets)}  # fmt: skip
    for at, fact in healthy.live:
        if fact.kind in ("redelivered", "lease_signed"):
            fleet, row = rows[fact.asset]
            fleet.live(at, ())
            assert not fleet.ready("under_way")[row], fact


def test_declared_hours_add_up(healthy: Run) -> None:
    for facts in healthy.by_asset().values():
        told = [f for f in facts if f.kind == "utilisation_declared" and f.valid_from > START]
        for before, after in pairwise(told):
            totals = [next(v for k, v in f.details.items() if k.endswith("_total"))
                      for f in (before, after)]  # fmt: skip
            used = next(v for k, v in after.details.items() if k in ("hours", "flight_hours", "km"))
            if before.lease == after.lease:
                assert float(totals[1]) - float(totals[0]) == pytest.approx(float(used), abs=0.11)


def test_nothing_differs_before_a_fault_nor_for_others(healthy: Run, faulty: Run) -> None:
    first = {}
    for fault in reversed(faulty.faults):
        fleet = FakeFleet(fault.kind.asset_class, np.arange(SIZES[fault.kind.asset_class]))
        first[fleet.assets[fault.row]] = fault.start

    def untouched(lives: Run) -> list[tuple[int, Fact]]:
        return [(at, fact) for at, fact in lives.live if at < first.get(fact.asset, at + 1)]

    assert len(first) > 30
    assert untouched(healthy) == untouched(faulty)


@pytest.mark.parametrize("which", ["faulty", "brief"])
def test_every_mishap_breaks_the_contract_within_its_span(
    which: str, request: pytest.FixtureRequest
) -> None:
    faulty: Run = request.getfixturevalue(which)
    spans = {span.fault: span for span in faulty.spans}
    seen = Counter(fault.kind.name for fault in faulty.faults)
    assert seen.keys() == {kind.name for kind in mishaps.KINDS}
    for fault in faulty.faults:
        fleet = FakeFleet(fault.kind.asset_class, np.arange(SIZES[fault.kind.asset_class]))
        facts = [(at, f) for at, f in faulty.live if f.asset == fleet.assets[fault.row]]
        told: list[tuple[int, str]] = [
            (at - fault.start, f.kind) for at, f in facts if fault.start <= at <= fault.end
        ]
        if fault.end < faulty.live[-1][0]:
            check(fault, spans.get(fault.id), told)


def check(fault: Fault, span: Span | None, told: list[tuple[int, str]]) -> None:
    """What the papers show of one fault that is over."""
    kinds, length = [kind for _, kind in told], fault.end - fault.start
    if fault.kind.name in ("late_rent", "late_redelivery", "lapsed_insurance", "wrong_hours"):
        assert span and fault.start <= span.start < fault.end == span.end, fault
    if fault.kind.name == "late_rent":
        assert kinds.index("rent_overdue") < kinds.index("rent_paid")
        assert told[kinds.index("rent_paid")][0] == length
    if fault.kind.name == "late_redelivery":
        assert "redelivered" not in kinds
        assert (length, "lease_amended") in told
    if fault.kind.name == "lapsed_insurance":
        assert [at for at, kind in told if kind == "insured"][-1] == length
        assert kinds.count("insured") <= 2
    if fault.kind.name == "over_cap":
        assert (0, "lease_amended") in told and (length, "lease_amended") in told
    if fault.kind.name == "off_hire_under_way":
        assert (0, "off_hire") in told
        assert (length, "on_hire") in told or "maintenance_started" in kinds


@pytest.mark.parametrize("make", [Ships, AircraftFleet, MetroTrains])
def test_the_fleets_have_what_lives_ask_for(
    make: type[Ships] | type[AircraftFleet] | type[MetroTrains],
) -> None:
    size = FleetSize(ships=4, aircraft=4, trains=4)
    scenario = Scenario(name="x", title="x", days=1, block_s=300, fleet=size)
    fleet = make(7, np.arange(4), np.zeros(4, dtype=np.int64), scenario, START)
    life = Life(7, [fleet], scenario, START)
    fleet.live(300, [])
    assert fleet.ready(RESTS[fleet.asset_class]).dtype == np.bool_
    for kind in mishaps.KINDS:
        if kind.asset_class == fleet.asset_class:
            assert len(life.ready(kind.asset_class, kind.needs)) == len(fleet.assets)
    events = {fleet.asset_class: list(fleet.events())}
    told = life.live(0, 300, [], events)
    assert {fact.asset for _, fact in told} <= set(fleet.assets[: len(fleet.numbers)])
    assert {fact.asset for fact in life.past()} == {
        asset for asset, number in zip(fleet.assets, fleet.numbers, strict=True) if number >= 0
    }
