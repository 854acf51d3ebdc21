"""Other asset-class data: merged by name, and refused in one sentence."""

from pathlib import Path

import pytest

from schemas import ASSET_CLASSES
from services.lab.overrides import OverrideError, overridden, read_overrides

TEXT = """
[ship.overspeed]
limit = 24
[metro.channels.motor_degc]
alarm = [-50, 120]
[ship.movement.UNDER_WAY]
silence_after_s = 7200
"""


def test_named_fields_change_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(TEXT)
    classes = overridden(read_overrides(tmp_path / "settings.toml"))
    ship, metro = classes["ship"], classes["metro"]
    assert (ship.overspeed.limit, ship.overspeed.margin) == (24, 1)
    assert metro.channel("motor_degc").alarm == (-50, 120)
    assert {s.name: s.silence_after_s for s in ship.movement}["UNDER_WAY"] == 7200
    assert classes["aircraft"] == ASSET_CLASSES["aircraft"]
    assert [c for c in metro.channels if c.name != "motor_degc"] == [
        c for c in ASSET_CLASSES["metro"].channels if c.name != "motor_degc"
    ]


def test_nothing_changed_is_the_data_as_it_stands() -> None:
    assert overridden({}) == dict(ASSET_CLASSES)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"boat": {}}, "no asset class 'boat': begin with one of aircraft, metro, ship."),
        ({"ship": {"channels": {"warp": {}}}}, "ship.channels has no 'warp': take one of sog_kn,"),
        ({"ship": {"overspeed": {"limit": "fast"}}}, "ship.overspeed.limit: Input should be"),
        ({"ship": {"overspeed": {"speed": 3}}}, "ship.overspeed.speed: Extra inputs are not"),
        ({"ship": {"title": {"long": "x"}}}, "ship.title is no table: give it one value."),
        ({"ship": {"warp": {"factor": 9}}}, "ship.warp is no table: give it one value."),
    ],
)
def test_what_does_not_fit_is_refused(overrides: dict[str, object], sentence: str) -> None:
    with pytest.raises(OverrideError) as raised:
        overridden(overrides)
    assert str(raised.value).startswith(sentence)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("ship = [")
    with pytest.raises(OverrideError, match="cannot be read as TOML"):
        read_overrides(tmp_path / "settings.toml")
    with pytest.raises(OverrideError, match="cannot be read as TOML"):
        read_overrides(tmp_path / "none.toml")
