"""A monitor restored into other class data or zones says nothing that is false."""

from typing import Any

import pytest

from schemas import ASSET_CLASSES, AssetClass, Signal
from schemas.asset_classes import Channel, MovementState
from schemas.asset_classes.model import when
from schemas.zones import Zone, load_zones
from services.domain.monitor.core import MonitorCore
from tests.domain.telemetry import reading, run, told

SINGAPORE = {"lat": 1.2644, "lon": 103.84}
SHIP = ASSET_CLASSES["ship"]
HEAT = "main_brg_degc"


def berthed(seconds: range) -> list[bytes]:
    """A ship alongside in Singapore."""
    return [
        reading("ship-2", s, **SINGAPORE, sog_kn=0.0, nav_status=5.0, me_rpm=0.0) for s in seconds
    ]


def sailing(seconds: range, fahrenheit: bool = False) -> list[bytes]:
    """A ship under way, with all that its bearing's temperature follows."""
    values = []
    for second in seconds:
        wobble = ((second * 7919) % 97) / 97 - 0.5
        given = {"sog_kn": 12.0, "me_rpm": 80 + wobble, "me_load_pct": 60.0}
        given["lo_temp_degc"] = 45 + wobble
        heat = 48 + 1.2 * wobble
        heat = heat * 1.8 + 32 if fahrenheit else heat
        given |= {HEAT: heat, "me_hours": 9.0}
        values.append(reading("ship-1", second, km=second * 0.006, **given))
    return values


@pytest.fixture(scope="module")
def chunks() -> dict[str, bytes]:
    core = MonitorCore(0)
    signals = run([*berthed(range(0, 100, 10)), *sailing(range(100, 12_000, 10))], core)
    assert ("zone_entered", "SGSIN") in {(s.kind, s.zone) for s in signals}
    return core.snapshot()


def went_on(core: MonitorCore) -> list[Signal]:
    """What is told of twenty more minutes of the same."""
    return run(
        [*sailing(range(12_000, 13_200, 10)), *berthed(range(13_200, 13_300, 10))], core, 2000
    )


def edited(**changes: Any) -> dict[str, AssetClass]:
    return {**ASSET_CLASSES, "ship": SHIP.model_copy(update=changes)}


def test_the_same_data_is_the_same_monitor(chunks: dict[str, bytes]) -> None:
    core = MonitorCore.restore(0, chunks)
    assert core.notes == []
    assert core.snapshot() == chunks
    assert not told(went_on(core), "movement_changed", "zone_left", "anomaly_began")


def test_a_port_added_at_the_top_makes_no_ship_leave_another(chunks: dict[str, bytes]) -> None:
    new = Zone(id="XXNEW", name="New Port", kind="port", lat=50.0, lon=-30.0, radius_km=3.0)
    core = MonitorCore.restore(0, chunks, zones=(new, *load_zones()))
    assert went_on(core) == went_on(MonitorCore.restore(0, chunks))


def test_a_port_that_is_no_more_is_left_out(chunks: dict[str, bytes]) -> None:
    kept = tuple(zone for zone in load_zones() if zone.id != "SGSIN")
    core = MonitorCore.restore(0, chunks, zones=kept)
    assert core.notes == ["zones: 1 are left out (port/SGSIN)"]
    assert not [s.zone for s in went_on(core) if s.kind in ("zone_left", "zone_entered")]


def test_a_state_inserted_changes_no_movement(chunks: dict[str, bytes]) -> None:
    state = MovementState(name="FLYING", moving=True, when=(when("sog_kn", ">", 200),))
    core = MonitorCore.restore(0, chunks, asset_classes=edited(movement=(state, *SHIP.movement)))
    assert core.notes == ["states of ship: 1 begin anew (FLYING)"]
    assert went_on(core) == went_on(MonitorCore.restore(0, chunks))


def test_a_channel_added_in_front_moves_the_others(chunks: dict[str, bytes]) -> None:
    new = Channel(name="aaa_pct", unit="%", meaning="something new", interval_s=10)
    core = MonitorCore.restore(0, chunks, asset_classes=edited(channels=(new, *SHIP.channels)))
    assert core.notes == ["channels of ship: 1 begin anew (aaa_pct in %)"]
    assert went_on(core) == went_on(MonitorCore.restore(0, chunks))


def heat_in(unit: str) -> dict[str, AssetClass]:
    channels = [
        c.model_copy(update={"unit": unit, "alarm": (None, None)}) if c.name == HEAT else c
        for c in SHIP.channels
    ]
    return edited(channels=tuple(channels))


def test_a_channel_in_another_unit_begins_anew(chunks: dict[str, bytes]) -> None:
    """As does its detector, which would take the new numbers for a fault."""
    core = MonitorCore.restore(0, chunks, asset_classes=heat_in("degF"))
    assert f"channels of ship: 1 begin anew ({HEAT} in degF)" in core.notes
    assert [note for note in core.notes if note.startswith("judged of ship: 1 begin anew")]
    values = sailing(range(12_000, 13_200, 10), fahrenheit=True)
    assert not told(run(values, core, 2000), "anomaly_began", "data_fault_began")
    unaware = MonitorCore.restore(0, chunks, asset_classes=heat_in("degC"))
    assert told(run(values, unaware, 2000), "anomaly_began")


def test_a_counter_replaced_by_another_is_not_behind_it(chunks: dict[str, bytes]) -> None:
    channels = tuple(
        c.model_copy(update={"unit": "kh"}) if c.name == "me_hours" else c for c in SHIP.channels
    )
    core = MonitorCore.restore(0, chunks, asset_classes=edited(channels=channels))
    values = [
        reading("ship-1", s, km=s * 0.006, sog_kn=12.0, me_hours=0.009)
        for s in range(12_000, 12_100, 10)
    ]
    assert not told(run(values, core, 2000), "reading_flagged")
    assert told(run(values, MonitorCore.restore(0, chunks), 2000), "reading_flagged")


def test_a_class_that_is_no_more_is_left_out(chunks: dict[str, bytes]) -> None:
    others = {name: c for name, c in ASSET_CLASSES.items() if name != "ship"}
    core = MonitorCore.restore(0, chunks, asset_classes=others)
    assert core.notes == ["asset class ship: is left out, with its assets"]
    restored = MonitorCore.restore(0, core.snapshot())
    assert told(went_on(restored), "movement_changed")  # known no more


def test_two_rules_of_one_name_keep_their_own_state() -> None:
    metro = ASSET_CLASSES["metro"]
    rules = tuple(metro.rules[0].model_copy(update={"limit": limit}) for limit in (1.0, 10.0))
    classes = {"metro": metro.model_copy(update={"rules": rules})}
    doors = [1.0] * 6 + [0.0] * 2
    values = [reading("metro-1", 5 * n, speed_mps=5.0, doors_open=it) for n, it in enumerate(doors)]
    core = MonitorCore(0, asset_classes=classes)
    before = run(values[:4], core)
    restored = MonitorCore.restore(0, core.snapshot(), asset_classes=classes)
    after = run(values[4:], restored, 4)
    assert [kind for _, kind, _ in told([*before, *after], "anomaly_began", "anomaly_ended")] == [
        "anomaly_began", "anomaly_ended",
    ]  # fmt: skip
    assert after == run(values[4:], core, 4)


def test_a_checkpoint_of_another_format_is_refused() -> None:
    with pytest.raises(KeyError):
        MonitorCore.restore(0, {"clock": b"old"})
