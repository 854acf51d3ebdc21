"""Both scores of whole rows: what must hold whatever the rows are."""

import json
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import compiled
from services.domain.detectors import alarm, departure, discord, gated, held, novelty
from services.domain.detectors.discord import DiscordSettings
from services.domain.detectors.scores import Detectors, Scores, ScoreSettings
from services.domain.form import Array
from services.scoring.compile import compile_ahead
from tests.domain.streams import hours, of_one, sensors

SHORT = ScoreSettings(discord=DiscordSettings(history_rows=64))


def eventful(rows: int = 900) -> Array:
    """Sensors, a switch and an empty channel, with a shift, a dropout and wild numbers."""
    values = np.hstack([sensors(rows), np.zeros((rows, 1)), np.full((rows, 1), np.nan)])
    values[::7, 3] = 1.0
    values[500:520, 1] *= 2.0
    values[600:640, 0] = np.nan
    values[700, 2], values[705, 2], values[710, 0] = np.inf, -1e300, 1e-300
    return values


def scored(values: Array, settings: ScoreSettings = SHORT) -> Scores:
    detectors = Detectors.new(1, values.shape[1], settings)
    return detectors.take(of_one(len(values)), values, hours(len(values)))


def test_what_befalls_the_sensors_is_seen() -> None:
    values = sensors(3_000)
    values[2_500:2_540, 1] += 60.0
    scores = scored(values, ScoreSettings())
    assert (scores.alert[1_000:2_500] >= 0.5).sum() <= 2
    assert scores.alert[2_500:2_503].max() >= 0.5
    assert (scores.level[1_000:2_500] >= 0.5).sum() == 0
    assert scores.level[2_510:2_540].min() >= 0.5


def test_no_row_changes_what_was_said_before_it() -> None:
    values = eventful()
    whole = scored(values)
    for rows in (1, 63, 199, 201, 450, 705):
        part = scored(values[:rows])
        np.testing.assert_array_equal(part.alert, whole.alert[:rows])
        np.testing.assert_array_equal(part.level, whole.level[:rows])


def test_restarts_at_any_cut_change_nothing() -> None:
    values = eventful()
    whole, rows = scored(values), len(values)
    detectors = Detectors.new(1, values.shape[1], SHORT)
    alert, level = [], []
    cuts = sorted({0, rows, *np.random.default_rng(5).integers(0, rows, 40).tolist()})
    for start, stop in pairwise(cuts):
        part = slice(start, stop)
        scores = detectors.take(of_one(stop - start), values[part], hours(rows)[part])
        alert.append(scores.alert)
        level.append(scores.level)
        detectors = pickle.loads(pickle.dumps(detectors))
    assert np.concatenate(alert).tobytes() == whole.alert.tobytes()
    assert np.concatenate(level).tobytes() == whole.level.tobytes()


def test_an_asset_is_scored_as_if_it_were_alone() -> None:
    lives = [eventful(), eventful()[::-1].copy(), sensors(900, 5, seed=9)]
    order = np.random.default_rng(6).permutation(np.repeat(np.arange(3), 900))
    values, hour = np.empty((2_700, 5)), np.empty(2_700, np.int64)
    for asset, life in enumerate(lives):
        values[order == asset], hour[order == asset] = life, hours(900)
    together = Detectors.new(3, 5, SHORT).take(order, values, hour)
    for asset, life in enumerate(lives):
        alone = scored(life)
        np.testing.assert_array_equal(together.alert[order == asset], alone.alert)
        np.testing.assert_array_equal(together.level[order == asset], alone.level)


def test_no_input_is_altered() -> None:
    values = eventful()
    kept = values.copy()
    scored(values)
    np.testing.assert_array_equal(values, kept)


numbers = st.one_of(
    st.floats(), st.sampled_from([0.0, 1.0, 5.0, 1e300, -1e300, np.inf, -np.inf, np.nan, 1e-300])
)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20), st.integers(0, 50))
def test_no_numbers_poison_the_scores(strange: list[tuple[float, float]], seed: int) -> None:
    values = sensors(320, 2, seed)
    values[::3][: len(strange)] = strange
    values[250 : 250 + len(strange)] = strange
    scores = scored(values)
    for one in scores:
        assert np.isfinite(one).all()
        assert ((one >= 0.0) & (one <= 1.0)).all()


def everything() -> list[list[str]]:
    """The bits of the scores of an eventful life, and of one of large numbers that hardly move."""
    lives = [eventful(720), 1e9 + 0.002 * sensors(720)]
    return [[score.hex() for score in one.tolist()] for life in lives for one in scored(life)]


@pytest.mark.skipif(compiled.PLAIN, reason="compares machine code with this mode")
def test_as_plain_python_they_are_the_same() -> None:
    program = f"from {__name__} import everything; import json; print(json.dumps(everything()))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2], env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert json.loads(done.stdout) == everything()


@pytest.mark.skipif(compiled.PLAIN, reason="is about machine code")
def test_whatever_was_compiled_at_set_up_is_all_that_runs() -> None:
    compile_ahead()
    entries = [alarm._take, departure._take, discord._take, gated._take, held._take, novelty._take]
    given = ScoreSettings.model_validate({"alarm": {"young": 1}, "discord": {"history_rows": 64}})
    scored(eventful(), given)
    scored(np.full((1, 40), np.nan))
    assert [len(entry.signatures) for entry in entries] == [1] * 6  # type: ignore[attr-defined]
