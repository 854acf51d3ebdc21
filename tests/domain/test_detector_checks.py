"""What the compiled window detector must hold for every class, whatever it computes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from schemas import ASSET_CLASSES
from schemas.asset_classes import SHIP
from schemas.asset_classes.model import driver
from services.domain.compiled import entry, records
from services.domain.detectors import baseline
from services.domain.form import Array
from services.domain.monitor.plan import plan_of

PLAN = plan_of(ASSET_CLASSES)


@entry
def look(
    models: Array, judged: Array, channels: Array, values: Array, predictions: Array,
) -> None:  # fmt: skip
    """Shows one row to every model of an asset."""
    for n in range(len(models)):
        baseline.follow(models[n], judged[n], channels, values, True, 60.0, predictions[n])
        baseline.judge(models[n], judged[n], channels, values, predictions[n])


class Asset:
    """One asset's models, as the kernel holds them."""

    def __init__(self, number: int) -> None:
        count = int(PLAN.classes["judged"][number])
        self.models = np.repeat(baseline.MODEL, count)
        self._plan = records(PLAN.judged[number][:count]), records(PLAN.channels[number])

    def learned(self) -> dict[str, bytes]:
        """The models' content; between their fields are bytes that mean nothing."""
        return {name: self.models[name].tobytes() for name in self.models.dtype.names or ()}

    def errors(self, values: Array) -> Array:
        """By how much a row is off, in typical ranges; it is learned."""
        predictions = baseline.scratch(len(self.models))
        look(records(self.models), *self._plan, values, records(predictions))
        return predictions["error"].copy()


def samples(number: int, count: int) -> Iterator[Array]:
    """Healthy-looking rows: every channel in its typical range."""
    channels, random = PLAN.channels[number], np.random.default_rng(5)
    for _ in range(count):
        share = 0.5 + 0.02 * random.standard_normal(len(channels))
        yield channels["typical_low"] + channels["typical_span"] * share


def taught(number: int, count: int = 700) -> Asset:
    asset = Asset(number)
    for values in samples(number, count):
        asset.errors(values)
    return asset


@pytest.fixture(params=range(len(ASSET_CLASSES)), ids=list(ASSET_CLASSES))
def number(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"matters": 0.0}, "lacks how much off"),
        ({"follows": (driver("me_rpm"),) * (baseline.TERMS + 1)}, "more than 7 drivers"),
    ],
)
def test_a_channel_that_cannot_be_judged_is_refused(changes: dict[str, Any], words: str) -> None:
    heat = SHIP.channel("main_brg_degc").model_copy(update=changes)
    with pytest.raises(ValueError, match=words):
        baseline.judged_channels(SHIP.model_copy(update={"channels": (*SHIP.channels, heat)}))


def test_cold_it_has_no_opinion(number: int) -> None:
    (values,) = samples(number, 1)
    assert np.isnan(Asset(number).errors(values)).all()


def test_taught_it_has_small_finite_errors(number: int) -> None:
    asset = taught(number)
    *_, values = samples(number, 701)
    errors = asset.errors(values)
    assert np.isfinite(errors).any()
    assert np.nanmax(np.abs(errors)) < 6 * 0.02


def test_missing_numbers_poison_nothing(number: int) -> None:
    asset = taught(number)
    *_, values = samples(number, 702)
    missing = np.full_like(values, np.nan)
    known = asset.learned()
    assert np.isnan(asset.errors(missing)).all()
    assert asset.learned() == known
    assert np.isfinite(asset.errors(values)).any()


def test_no_input_is_altered(number: int) -> None:
    asset = taught(number, 150)
    kept = asset.learned()
    (values,) = samples(number, 1)
    given = values.copy()
    asset.errors(values)
    assert asset.learned()["weights"] != kept["weights"]
    np.testing.assert_array_equal(values, given)


def test_a_fault_in_a_region_that_is_not_known_is_not_learned(number: int) -> None:
    """As two channels that are swapped for hours: all is elsewhere, and nothing fits."""
    asset, channels = taught(number), PLAN.channels[number]
    random = np.random.default_rng(6)
    for _ in range(400):
        share = random.uniform(-1.0, 2.0, len(channels))
        asset.errors(channels["typical_low"] + channels["typical_span"] * share)
    *_, values = samples(number, 703)
    assert np.nanmax(np.abs(asset.errors(values))) < 0.25
