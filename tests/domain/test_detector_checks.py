"""What every detector of the table must hold, whatever it computes; a new one needs no test."""

from collections.abc import Iterator

import numpy as np
import pytest

from schemas import ASSET_CLASSES, AssetClass
from services.domain.detectors import DETECTORS, Detector
from services.domain.detectors.form import Array

ASSETS = 3
ROWS, ALWAYS = np.arange(ASSETS), np.ones(ASSETS, dtype=bool)
KINDS = [
    (make, asset_class) for make in DETECTORS.values() for asset_class in ASSET_CLASSES.values()
]


def samples(asset_class: AssetClass, count: int) -> Iterator[Array]:
    """Healthy-looking rows: every channel in its typical range."""
    bounds = [channel.typical for channel in asset_class.channels]
    low = np.array([low or 0.0 for low, _ in bounds])
    high = np.array([100.0 if high is None else high for _, high in bounds])
    random = np.random.default_rng(5)
    for _ in range(count):
        yield low + (high - low) * (0.5 + 0.02 * random.standard_normal((ASSETS, len(low))))


def fresh(detector: Detector) -> dict[str, Array]:
    return {name: column.empty(ASSETS) for name, column in detector.table().items()}


def taught(detector: Detector, asset_class: AssetClass, count: int = 300) -> dict[str, Array]:
    state = fresh(detector)
    for values in samples(asset_class, count):
        detector.look(state, ROWS, values, ALWAYS).learn()
    return state


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0].__name__}-{kind[1].name}")
def kind(request: pytest.FixtureRequest) -> tuple[Detector, AssetClass]:
    make, asset_class = request.param
    return make(asset_class), asset_class


def test_cold_it_has_no_opinion(kind: tuple[Detector, AssetClass]) -> None:
    detector, asset_class = kind
    (values,) = samples(asset_class, 1)
    assert np.isnan(detector.look(fresh(detector), ROWS, values, ALWAYS).score).all()


def test_taught_it_has_small_finite_scores_and_at_rest_none(
    kind: tuple[Detector, AssetClass],
) -> None:
    detector, asset_class = kind
    state = taught(detector, asset_class)
    *_, values = samples(asset_class, 301)
    scores = detector.look(state, ROWS, values, ALWAYS).score
    assert np.isfinite(scores).any()
    assert np.nanmax(np.abs(scores)) < 6
    assert np.isnan(detector.look(state, ROWS, values, ~ALWAYS).score).all()


def test_missing_numbers_poison_nothing(kind: tuple[Detector, AssetClass]) -> None:
    detector, asset_class = kind
    state = taught(detector, asset_class)
    *_, values = samples(asset_class, 302)
    before = detector.look(state, ROWS, values, ALWAYS).score
    missing = np.full_like(values, np.nan)
    assert np.isnan(detector.look(state, ROWS, missing, ALWAYS).score).all()
    detector.look(state, ROWS, missing, ALWAYS).learn()
    np.testing.assert_array_equal(detector.look(state, ROWS, values, ALWAYS).score, before)


def test_scoring_changes_nothing_and_no_input_is_altered(
    kind: tuple[Detector, AssetClass],
) -> None:
    detector, asset_class = kind
    state = taught(detector, asset_class, 150)
    kept = {name: array.copy() for name, array in state.items()}
    (values,) = samples(asset_class, 1)
    given = values.copy()
    look = detector.look(state, ROWS, values, ALWAYS)
    for name, array in kept.items():
        np.testing.assert_array_equal(state[name], array)
    look.learn()
    np.testing.assert_array_equal(values, given)


def test_its_memory_is_bounded_and_survives_as_bytes(kind: tuple[Detector, AssetClass]) -> None:
    detector, asset_class = kind
    state = taught(detector, asset_class, 400)
    assert {n: a.nbytes for n, a in state.items()} == {
        n: a.nbytes for n, a in fresh(detector).items()
    }
    again = {
        name: np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape).copy()
        for name, array in state.items()
    }
    *_, values = samples(asset_class, 401)
    np.testing.assert_array_equal(
        detector.look(again, ROWS, values, ALWAYS).score,
        detector.look(state, ROWS, values, ALWAYS).score,
    )


def test_an_asset_is_judged_the_same_alone_and_in_company(
    kind: tuple[Detector, AssetClass],
) -> None:
    detector, asset_class = kind
    state = taught(detector, asset_class)
    *_, values = samples(asset_class, 301)
    together = detector.look(state, ROWS, values, ALWAYS).score
    for row in ROWS:
        one = np.array([row])
        alone = detector.look(state, one, values[one], ALWAYS[one]).score
        np.testing.assert_array_equal(alone[0], together[row])
