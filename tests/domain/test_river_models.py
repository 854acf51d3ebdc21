"""A model of river goes on from its written state as if nothing had been."""

import json
import random
from typing import Any

import pytest

from services.domain.detectors import MINUTE_DETECTORS, river_models

MODELS: list[tuple[str, dict[str, Any]]] = [
    ("drift.page_hinkley.PageHinkley", {"min_instances": 20, "threshold": 5.0, "mode": "up"}),
    ("drift.page_hinkley.PageHinkley", {}),
    ("stats.mean.Mean", {}),
    *((detector.model, dict(detector.parameters)) for detector in MINUTE_DETECTORS),
]


@pytest.mark.parametrize(("path", "parameters"), MODELS)
def test_state_is_plain_data_and_restores_the_model(path: str, parameters: Any) -> None:
    levels = random.Random(3)
    model, restored = (river_models.make(path, **parameters) for _ in range(2))
    for minute in range(50):
        model.update(levels.random() + minute // 25)
    state = json.loads(json.dumps(river_models.state_of(model)))  # plain, but for infinities
    river_models.set_state(restored, state)
    for _ in range(30):
        level = levels.random()
        model.update(level)
        restored.update(level)
        assert river_models.state_of(restored) == river_models.state_of(model)


def test_a_model_with_state_that_cannot_be_written_is_refused() -> None:
    compiled = river_models.make("stats.ewvar.EWVar")
    with pytest.raises(TypeError, match="no state that can be written down"):
        river_models.state_of(compiled)
