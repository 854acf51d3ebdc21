"""Past lives are chronological, legal by the lifecycle's own chart, and end in today's lease."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest

from schemas.fact import Fact
from services.domain.lifecycle_fold import fold
from simulators import World
from simulators.old.ships import imo_number

START = datetime(2026, 3, 1, tzinfo=UTC)


def lives(world: World, seconds: int) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in world.facts():
        found[fact.asset].append(fact)
    for _ in range(seconds):
        for emission in world.advance():
            if emission.topic == "facts":
                found[emission.key].append(Fact.model_validate_json(emission.value))
    return found


@pytest.mark.parametrize("seed", [1, 7])
def test_the_lifecycle_takes_every_fact(seed: int) -> None:
    found = lives(World(seed, 48, START), 800)
    live = [fact for facts in found.values() for fact in facts if fact.valid_from > START]
    assert {fact.kind for fact in live} >= {
        "rent_overdue", "surveyed", "maintenance_started", "redelivery_notice", "rent_paid",
        "maintenance_ended",
    }  # fmt: skip
    for facts in found.values():
        history = fold(facts)
        assert [e.reason for e in history.entries if e.standing != "in_force"] == []
        assert history.regions.title == "ACCEPTED"
        assert history.regions.contract in ("ON_LEASE", "REDELIVERY_DUE")
        assert history.regions.lease_until and history.regions.lease_until > START


def test_a_life_spans_years_and_several_lessees() -> None:
    facts = World(7, 200, START).facts()
    assert [fact.valid_from for fact in facts] == sorted(fact.valid_from for fact in facts)
    assert len({fact.id for fact in facts}) == len(facts)
    assert all(fact.recorded_at == START and fact.document for fact in facts)
    kinds = {fact.kind for fact in facts}
    assert {"subchartered", "subcharter_ended", "repossessed", "redelivered"} <= kinds
    assert 10 <= len(facts) / 200 <= 40
    leases = {(fact.lease, fact.asset) for fact in facts if fact.lease}
    assert len({lease for lease, _ in leases}) == len(leases), "a lease is of one asset"


def test_today_is_known_without_a_reading() -> None:
    world = World(7, 20, START)
    names = {fact.asset: fact.name for fact in world.facts() if fact.kind == "registered"}
    assert names.keys() == {asset for fleet in world.fleets for asset in fleet.assets}
    assert len(set(names.values())) == len(names) and all(names.values())


def test_large_fleets_have_distinct_assets() -> None:
    world = World(9, 4_000, START)
    assets = [asset for fleet in world.fleets for asset in fleet.assets]
    assert len(set(assets)) == 4_000 and len(world.fleets[0].assets) == 2_000


def test_the_check_digit_is_that_of_a_known_ship() -> None:
    assert imo_number(907472) == "9074729"  # the example of IMO resolution A.1117(30)
