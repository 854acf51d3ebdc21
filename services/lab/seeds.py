"""One scenario lived with several seeds: the figures of each, and how far they lie apart.

A difference between two monitors that is smaller than what lies between seeds tells nothing.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from services.lab.outcome import Outcome
from services.lab.score import ALL, Scores, Share, score, wilson


class SeedsError(Exception):
    """Seeds that cannot be read; the message says what to do."""


class Spread(BaseModel):
    """One figure: its value of every seed, their mean and their standard deviation.

    A share has that of all seeds together in `pooled`; what no seed tells is None.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    asset_class: str
    unit: str
    values: tuple[float | None, ...]
    mean: float | None
    sd: float | None
    pooled: Share | None = None


class Spreads(BaseModel):
    """All figures of all seeds; the first are those of the whole."""

    model_config = ConfigDict(frozen=True)

    scenario: str
    seeds: tuple[int, ...]
    spreads: tuple[Spread, ...]


def seeds_of(text: str) -> range:
    """`1..3` as 1, 2, 3; raises SeedsError."""
    found = re.fullmatch(r"(\d+)\.\.(\d+)", text)
    if found is None or int(found[2]) < int(found[1]):
        raise SeedsError(f"{text!r} is no range of seeds: write the first and the last, as 1..3.")
    return range(int(found[1]), int(found[2]) + 1)


def spreads(outcomes: Sequence[Outcome]) -> Spreads:
    """What lies between runs of one scenario with different seeds."""
    every = [score(outcome) for outcome in outcomes]
    shares = [_shares(scores) for scores in every]
    rates = [_rates(scores) for scores in every]
    return Spreads(
        scenario=outcomes[0].scenario,
        seeds=tuple(outcome.seed for outcome in outcomes),
        spreads=(
            *(_of_shares(key, [one.get(key) for one in shares]) for key in _keys(shares)),
            *(
                _spread(*key, "an asset-day", [one.get(key, 0.0) for one in rates])
                for key in _keys(rates)
            ),
        ),
    )


def write(outcomes: Sequence[Outcome], found: Spreads, path: Path) -> None:
    """The spread and every seed's scores as JSON."""
    runs = [
        {"seed": one.seed, "wall_s": one.wall_s, "scores": score(one).model_dump(mode="json")}
        for one in outcomes
    ]
    whole = {**found.model_dump(mode="json"), "runs": runs}
    path.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def path_of(path: Path, seed: int) -> Path:
    """Where the whole outcome of one seed goes, beside the spread."""
    return path.with_name(f"{path.stem}-seed-{seed}{path.suffix}")


_Key = tuple[str, str]


def _shares(scores: Scores) -> dict[_Key, Share]:
    """Precision, and recall of all, by group and class, and by kind."""
    found = {
        ("precision", ALL): scores.all_alerts.precision, ("recall", ALL): scores.total.recall
    }  # fmt: skip
    for row in scores.totals[:-1]:
        name = "recall" if row.group == ALL else f"recall, {row.group}"
        found[name, row.asset_class] = row.recall
    return found | {(f"recall, {row.kind}", row.asset_class): row.recall for row in scores.faults}


def _rates(scores: Scores) -> dict[_Key, float]:
    return {
        (f"false alarms, {row.family}", row.asset_class): row.false_per_asset_day
        for row in scores.detectors
        if row.family == ALL or row.false_alarms
    }


def _keys(parts: Sequence[dict[_Key, Share]] | Sequence[dict[_Key, float]]) -> list[_Key]:
    """In the order in which they first come; what only a later seed has is last."""
    return list(dict.fromkeys(key for part in parts for key in part))


def _of_shares(key: _Key, shares: Sequence[Share | None]) -> Spread:
    told = [share for share in shares if share is not None]
    pooled = wilson(sum(one.hits for one in told), sum(one.of for one in told))
    values = [None if share is None else share.share for share in shares]
    return _spread(*key, "share", values).model_copy(update={"pooled": pooled})


def _spread(name: str, asset_class: str, unit: str, values: Sequence[float | None]) -> Spread:
    told = np.array([value for value in values if value is not None])
    sd = float(told.std(ddof=1)) if len(told) > 1 else math.nan
    return Spread(
        name=name, asset_class=asset_class, unit=unit, values=tuple(values),
        mean=float(told.mean()) if len(told) else None, sd=None if math.isnan(sd) else sd,
    )  # fmt: skip
