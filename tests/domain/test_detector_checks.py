"""What the compiled window detector must hold for every class, whatever it computes."""

from collections.abc import Iterator

import numpy as np
import pytest

from schemas import ASSET_CLASSES
from services.domain.detectors import baseline
from services.domain.detectors.form import Array
from services.domain.monitor.compiled import entry, records
from services.domain.monitor.plan import plan_of

PLAN = plan_of(ASSET_CLASSES)


@entry
def look(
    models: Array, judged: Array, channels: Array, values: Array, working: bool, learning: bool,
    predictions: Array,
) -> None:  # fmt: skip
    """Shows one row to every model of an asset."""
    for n in range(len(models)):
        baseline.predict(models[n], judged[n], channels, values, working, predictions[n])
        if learning:
            baseline.learn(models[n], predictions[n], working)


class Asset:
    """One asset's models, as the kernel holds them."""

    def __init__(self, number: int) -> None:
        count = int(PLAN.classes["judged"][number])
        self.models = np.repeat(baseline.MODEL, count)
        self._plan = records(PLAN.judged[number][:count]), records(PLAN.channels[number])

    def learned(self) -> dict[str, bytes]:
        """The models' content; between their fields are bytes that mean nothing."""
        return {name: self.models[name].tobytes() for name in self.models.dtype.names or ()}

    def scores(self, values: Array, working: bool = True, learning: bool = False) -> Array:
        """What the models say of a row."""
        predictions = baseline.scratch(len(self.models))
        look(
            records(self.models), *self._plan, values, working, learning, records(predictions)
        )  # fmt: skip
        return predictions["score"].copy()


def samples(number: int, count: int) -> Iterator[Array]:
    """Healthy-looking rows: every channel in its typical range."""
    channels, random = PLAN.channels[number], np.random.default_rng(5)
    for _ in range(count):
        share = 0.5 + 0.02 * random.standard_normal(len(channels))
        yield channels["typical_low"] + channels["typical_span"] * share


def taught(number: int, count: int = 300) -> Asset:
    asset = Asset(number)
    for values in samples(number, count):
        asset.scores(values, learning=True)
    return asset


@pytest.fixture(params=range(len(ASSET_CLASSES)), ids=list(ASSET_CLASSES))
def number(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_cold_it_has_no_opinion(number: int) -> None:
    (values,) = samples(number, 1)
    assert np.isnan(Asset(number).scores(values)).all()


def test_taught_it_has_small_finite_scores_and_at_rest_none(number: int) -> None:
    asset = taught(number)
    *_, values = samples(number, 301)
    scores = asset.scores(values)
    assert np.isfinite(scores).any()
    assert np.nanmax(np.abs(scores)) < 6
    assert np.isnan(asset.scores(values, working=False)).all()


def test_missing_numbers_poison_nothing(number: int) -> None:
    asset = taught(number)
    *_, values = samples(number, 302)
    before = asset.scores(values)
    missing = np.full_like(values, np.nan)
    assert np.isnan(asset.scores(missing, learning=True)).all()
    np.testing.assert_array_equal(asset.scores(values), before)


def test_scoring_changes_nothing_and_no_input_is_altered(number: int) -> None:
    asset = taught(number, 150)
    kept = asset.learned()
    (values,) = samples(number, 1)
    given = values.copy()
    asset.scores(values)
    assert asset.learned() == kept
    asset.scores(values, learning=True)
    assert asset.learned() != kept
    np.testing.assert_array_equal(values, given)
