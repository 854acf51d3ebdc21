"""A model of river goes on from its written state as if nothing had been."""

import json
import random
from typing import Any

import msgspec
import pytest

from services.domain.detectors import river_models
from services.domain.detectors.drift import LevelDrift

MODELS: list[tuple[str, dict[str, Any]]] = [
    ("drift.page_hinkley.PageHinkley", {"min_instances": 20, "threshold": 5.0, "mode": "up"}),
    ("drift.page_hinkley.PageHinkley", {}),
    ("stats.ewvar.EWVar", {"fading_factor": 0.1}),
]


@pytest.mark.parametrize(("path", "parameters"), MODELS)
def test_state_is_plain_data_and_restores_the_model(path: str, parameters: Any) -> None:
    levels = random.Random(3)
    model, restored = (river_models.make(path, **parameters) for _ in range(2))
    for minute in range(50):
        model.update(levels.random() + minute // 25)
    state = json.loads(json.dumps(river_models.state_of(model)))
    river_models.set_state(restored, state)
    for _ in range(30):
        level = levels.random()
        model.update(level)
        restored.update(level)
        assert river_models.state_of(restored) == river_models.state_of(model)


def test_a_model_with_state_that_cannot_be_written_is_refused() -> None:
    class Opaque:
        __slots__ = ("x",)

    with pytest.raises(TypeError, match="no state that can be written down"):
        river_models.state_of(Opaque())


def test_a_rising_level_is_a_drift_until_it_was_calm_for_a_quarter_of_an_hour() -> None:
    levels = [0.5] * 60 + [3.5] * 60 + [0.5] * 60
    drift, changes = LevelDrift(), []
    for minute, level in enumerate(levels):
        # through its written state at every step: a restart changes nothing
        drift = LevelDrift.restored(msgspec.msgpack.decode(msgspec.msgpack.encode(drift.state())))
        change = drift.update(level)
        if change:
            changes.append((minute, change))
    assert [change for _, change in changes] == ["began", "ended"]
    assert 60 < changes[0][0] < 90
    assert 130 < changes[1][0] < 160
