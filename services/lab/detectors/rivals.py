"""What ours are compared with: three models of river, and two scores that know nothing.

Each asset has a model of its own, which is shown the same held values as ours, missing ones as 0,
and scores a row before it learns it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from river import anomaly, preprocessing

from services.domain.detectors.held import Held
from services.domain.form import Array
from services.lab.detectors.fleet import Life

Score = Callable[[Life], Array]
"""The scores of the rows of one asset."""


def half_space_trees(life: Life) -> Array:
    """On values scaled to between 0 and 1, without which it is blind."""
    return _scored(life, preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=1))


def one_class_svm(life: Life) -> Array:
    """On standardised values."""
    return _scored(life, preprocessing.StandardScaler() | anomaly.OneClassSVM())


def standard_absolute_deviation(life: Life) -> Array:
    """The largest among the channels, a model each."""
    rows = _held(life)
    models: list[Any] = [anomaly.StandardAbsoluteDeviation() for _ in range(rows.shape[1])]
    scores = np.zeros(len(rows))
    for n, row in enumerate(rows.tolist()):
        scores[n] = max(model.score_one(None, y) for model, y in zip(models, row, strict=True))
        for model, y in zip(models, row, strict=True):
            model.learn_one(None, y)
    return scores


def elapsed_time(life: Life) -> Array:
    """Which row it is."""
    return np.arange(len(life.hours), dtype=float)


def random(life: Life) -> Array:
    """Anything; the same each time for lives of the same length and end."""
    return np.random.default_rng([len(life.hours), len(life.faults)]).random(len(life.hours))


RIVALS: Mapping[str, Score] = {
    "river HalfSpaceTrees": half_space_trees,
    "river StandardAbsoluteDeviation": standard_absolute_deviation,
    "river OneClassSVM": one_class_svm,
    "elapsed time": elapsed_time,
    "random": random,
}


def _held(life: Life) -> Array:
    rows = Held.new(1, life.values.shape[1]).take(np.zeros(len(life.hours), np.int64), life.values)
    return np.nan_to_num(rows)


def _scored(life: Life, model: Any) -> Array:
    scores = np.zeros(len(life.hours))
    for n, row in enumerate(_held(life).tolist()):
        known = dict(enumerate(row))
        scores[n] = model.score_one(known)
        model.learn_one(known)
    return scores
