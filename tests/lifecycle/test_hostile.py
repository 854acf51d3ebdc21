"""Whatever a record holds, the lifecycle steps it or rejects it, and the others count."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Fact
from services.domain.lifecycle_state import AssetLife, encode
from services.lifecycle import logic
from services.lifecycle.logic import LifecycleLogic
from services.lifecycle.service import lifecycle_line
from services.partition import RecordCopy, StepResult
from tests import hostile
from tests.domain.lives import ASSET, delivered_life, fact

_TOPICS = sorted(logic.MODELS)
_HOSTILE = st.sampled_from(_TOPICS).flatmap(
    lambda topic: st.tuples(st.just(topic), hostile.values(topic))
)


def new_logic() -> LifecycleLogic:
    return LifecycleLogic(lifecycle_line("nowhere:9092"))


def record(topic: str, offset: int, key: bytes, value: bytes) -> RecordCopy:
    return RecordCopy(topic, 0, offset, -1, key, value)


def facts(messages: Sequence[Fact], first: int = 0) -> list[RecordCopy]:
    return [
        record("facts", n, message.asset.encode(), message.to_json())
        for n, message in enumerate(messages, first)
    ]


def rejected(result: StepResult) -> list[str]:
    """The reasons for what was rejected."""
    return [
        msgspec.json.decode(output.value)["reason"]
        for output in result.outputs
        if output.topic == "rejected"
    ]


@given(st.lists(_HOSTILE, max_size=8))
def test_hostile_records_change_nothing_for_others(told: list[tuple[str, bytes]]) -> None:
    bad = [record(topic, 100 + n, b"evil-1", value) for n, (topic, value) in enumerate(told)]
    alone, among = new_logic(), new_logic()
    good = facts(delivered_life())
    apart = alone.step(good)
    mixed = among.step([*bad[::2], *good[:3], *bad[1::2], *good[3:]])
    assert among.lives[ASSET] == alone.lives[ASSET]
    assert [o for o in mixed.outputs if o.key == ASSET.encode()] == apart.outputs
    LifecycleLogic(lifecycle_line("nowhere:9092")).load(
        {key: value for key, value in mixed.state.items() if value is not None}
    )


def test_a_state_that_grows_too_large_takes_no_more_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logic, "MAX_LIFE_BYTES", 20_000)
    many = [
        fact(f"n{n}", "surveyed", n, details={"report": "x" * 3_000}, source=f"s{n}")
        for n in range(9)
    ]
    step = new_logic()
    result = step.step(facts(many))
    assert 0 < len(rejected(result)) < 9
    assert set(rejected(result)) == {"step_failed"}
    assert all(len(value or b"") <= 20_000 for value in result.state.values())
    other = fact("o1", "ordered", 1, asset="ship-2")
    assert rejected(step.step(facts([other], first=9))) == []


def test_an_open_end_that_an_older_version_took_stands_at_the_bound() -> None:
    lease = fact(
        "f5", "lease_signed", 35, lease="LS-1", lessee="Aurora", until="2100-01-01T00:00:00Z"
    )
    old = new_logic()
    old.step(facts([*delivered_life()[:4], lease]))
    state = encode(old.lives[ASSET]).replace(b"2100-01-01T00:00:00Z", b"9999-12-31T23:59:59Z")
    step = new_logic()
    step.load({ASSET.encode(): state})
    earlier = fact("f0", "registered", 1)
    delivered = fact("f6", "delivered", 40, lease="LS-1", lessee="Aurora")
    assert rejected(step.step(facts([earlier, delivered]))) == []
    assert step.lives[ASSET].regions.contract == "ON_LEASE"
    assert len(step.lives[ASSET].facts) == 7


def test_a_fact_that_no_model_takes_any_more_does_not_hinder_new_ones() -> None:
    old = fact("old", "accepted", 5).to_json().replace(b"contract desk", b"d" * 300)
    step = new_logic()
    step.load({ASSET.encode(): encode(AssetLife(ASSET, "ship", facts=(msgspec.Raw(old),)))})
    result = step.step(facts([fact("f1", "ordered", 1)]))
    assert rejected(result) == []
    assert len(step.lives[ASSET].facts) == 1


@pytest.mark.parametrize("state", [b"", b"\xff", b"[", b'{"asset":1}'])
def test_an_unreadable_state_sets_its_asset_aside_and_no_other(state: bytes) -> None:
    step = new_logic()
    step.load({b"ship-2": state, b"ship-2/alert": state, b"\xff": state})
    other = fact("o1", "ordered", 1, asset="ship-2")
    result = step.step(facts([other, *delivered_life()]))
    assert rejected(result) == ["step_failed"]
    assert set(result.state) == {ASSET.encode()}
