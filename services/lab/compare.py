"""Two runs against each other: what is better, what is worse, and what is only chance; pure.

Runs of the same scenario and seed are paired: fault by fault, asset by asset.  Others are compared
as two samples.  Assets are what is drawn, for the faults and alerts of one asset belong together:

-   The 95 % interval of a difference is a bootstrap over assets (10,000 draws, a fixed seed).
-   Whether it is beyond chance is asked of a permutation test over the same assets (the two runs
    swapped at random: asset by asset when paired, else the assets dealt out anew), with the
    p-values of a table corrected after Holm (1979) for being many.

A fault belongs to the first asset that it names.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from services.lab.outcome import Outcome
from services.lab.score import ALL

DRAWS = 10_000
_SEED = 20_261_123
_SURE = 0.05

Array = npt.NDArray[np.float64]
Key = tuple[str, str]
"""(kind, class) of a recall, (detector, class) of a rate; (all, all) for the whole run."""


class Difference(BaseModel):
    """B against A: of recall (in time), or of false alarms an asset-day."""

    model_config = ConfigDict(frozen=True)

    name: str
    asset_class: str
    a: float | None
    b: float | None
    change: float
    low: float
    high: float
    p: float
    beyond_chance: bool


class Comparison(BaseModel):
    """All differences of two runs; the first of each is of the whole."""

    model_config = ConfigDict(frozen=True)

    paired: bool
    recall: tuple[Difference, ...]
    false_alarms: tuple[Difference, ...]


class _Counted(NamedTuple):
    """Events and what they are counted against, one number an asset each."""

    events: Array
    of: Array

    def rate(self) -> float | None:
        """Events by what they are counted against."""
        of = self.of.sum()
        return float(self.events.sum() / of) if of else None


Counts = Mapping[Key, _Counted]


def compare(a: Outcome, b: Outcome) -> Comparison:
    """The differences of run `b` against run `a`."""
    paired = _same_world(a, b)
    draws = _Draws(len(a.assets) + 1, len(b.assets) + 1, paired)
    return Comparison(
        paired=paired,
        recall=_differences(_faults(a), _faults(b), draws),
        false_alarms=_differences(*_of_both(_false_alarms(a), _false_alarms(b)), draws),
    )


def _same_world(a: Outcome, b: Outcome) -> bool:
    """Whether both tell of the very same faults on the very same assets over the same time."""

    def world(outcome: Outcome) -> object:
        labels = (judged.label for judged in outcome.labels)
        faults = {(label.id, label.asset, label.start, label.end) for label in labels}
        lived = {(asset.asset, asset.days) for asset in outcome.assets}
        return outcome.scenario, outcome.seed, outcome.start, faults, lived

    return world(a) == world(b)


def _faults(outcome: Outcome) -> Counts:
    """Faults noticed in time, of those injected; by kind, class and in all."""
    place = _places(outcome)
    counts: dict[Key, _Counted] = {}
    for label, verdict in ((j.label, j.verdict) for j in outcome.labels if j.counts):
        for key in ((ALL, ALL), (ALL, label.asset_class), (label.kind, label.asset_class)):
            counts.setdefault(key, _Counted(np.zeros(len(place) + 1), np.zeros(len(place) + 1)))
            counts[key].of[place[label.asset]] += 1
            counts[key].events[place[label.asset]] += verdict == "noticed"
    return counts


def _false_alarms(outcome: Outcome) -> Counts:
    """False alarms, of the days lived; by detector, class and in all.

    Those on strangers are put down to one more asset, that lives no day.
    """
    place = _places(outcome)
    counts: dict[Key, _Counted] = {}
    for name in {ALL, *(asset.asset_class for asset in outcome.assets)}:
        counts[ALL, name] = _Counted(np.zeros(len(place) + 1), np.zeros(len(place) + 1))
    for asset in outcome.assets:
        for name in (ALL, asset.asset_class):
            counts[ALL, name].of[place[asset.asset]] = asset.days
    for alert in (judged.alert for judged in outcome.alerts if judged.verdict == "false_alarm"):
        asset_class = alert.asset_class
        days = counts[ALL, asset_class].of
        counts.setdefault((alert.family, asset_class), _Counted(np.zeros(len(place) + 1), days))
        for key in ((ALL, ALL), (ALL, asset_class), (alert.family, asset_class)):
            counts[key].events[place.get(alert.asset, len(place))] += 1
    return counts


def _places(outcome: Outcome) -> dict[str, int]:
    return {asset: n for n, asset in enumerate(sorted(seen.asset for seen in outcome.assets))}


def _of_both(a: Counts, b: Counts) -> tuple[Counts, Counts]:
    """Both with every detector of either: no alert of it is none wrong."""
    keys = {key for key in a.keys() | b.keys() if (ALL, key[1]) in a and (ALL, key[1]) in b}

    def filled(counts: Counts) -> Counts:
        empty = {key: counts[ALL, key[1]].of for key in keys}
        return {key: counts.get(key, _Counted(of * 0, of)) for key, of in empty.items()}

    return filled(a), filled(b)


class _Draws:
    """How often each asset of A and of B is drawn, draw by draw."""

    def __init__(self, size_a: int, size_b: int, paired: bool) -> None:
        rng = np.random.default_rng(_SEED)
        self._a = _bootstrap(rng, size_a)
        self._b = self._a if paired else _bootstrap(rng, size_b)
        self._dealt = _swapped(rng, size_a) if paired else _shuffled(rng, size_a, size_b)

    def interval(self, a: _Counted, b: _Counted) -> tuple[float, float]:
        """The 95 % interval of the difference of the rates, b less a."""
        differences = _rates(self._b, b) - _rates(self._a, a)
        if np.isnan(differences).all():
            return -np.inf, np.inf
        low, high = np.nanquantile(differences, (_SURE / 2, 1 - _SURE / 2))
        return float(low), float(high)

    def p_value(self, a: _Counted, b: _Counted) -> float:
        """How often chance alone gives a difference as large, were the two runs alike."""
        both = _Counted(*(np.concatenate(pair) for pair in zip(a, b, strict=True)))
        dealt = _rates(1 - self._dealt, both) - _rates(self._dealt, both)
        seen = abs((b.rate() or 0.0) - (a.rate() or 0.0))
        as_large = np.nan_to_num(np.abs(dealt)) >= seen * (1 - 1e-9)
        return float((as_large.sum() + 1) / (DRAWS + 1))


def _bootstrap(rng: np.random.Generator, size: int) -> Array:
    return rng.multinomial(size, np.full(size, 1 / size), DRAWS).astype(np.float64)


def _swapped(rng: np.random.Generator, size: int) -> Array:
    """1 for what goes to A: of every asset's two runs, one or the other."""
    first = rng.integers(0, 2, (DRAWS, size)).astype(np.float64)
    return np.hstack([first, 1 - first])


def _shuffled(rng: np.random.Generator, size_a: int, size_b: int) -> Array:
    """1 for what goes to A: as many assets as A has, of all."""
    mine = np.zeros((DRAWS, size_a + size_b))
    mine[:, :size_a] = 1.0
    return rng.permuted(mine, axis=1)


def _rates(weights: Array, counted: _Counted) -> Array:
    of = weights @ counted.of
    rates = np.full(len(of), np.nan)
    np.divide(weights @ counted.events, of, out=rates, where=of > 0)
    return rates


def _differences(a: Counts, b: Counts, draws: _Draws) -> tuple[Difference, ...]:
    """One row for each key that both have; the whole first, then classes, then by name."""
    keys = sorted(a.keys() & b.keys(), key=lambda key: (key[0] != ALL, key[1] != ALL, key))
    p_values = [draws.p_value(a[key], b[key]) for key in keys]
    sure = holm(p_values)
    return tuple(
        _difference(key, a[key], b[key], draws.interval(a[key], b[key]), p, beyond)
        for key, p, beyond in zip(keys, p_values, sure, strict=True)
    )


def _difference(
    key: Key, a: _Counted, b: _Counted, interval: tuple[float, float], p: float, beyond: bool
) -> Difference:
    before, after = a.rate(), b.rate()
    return Difference(
        name=key[0], asset_class=key[1], a=before, b=after,
        change=(after or 0.0) - (before or 0.0), low=interval[0], high=interval[1],
        p=p, beyond_chance=beyond,
    )  # fmt: skip


def holm(p_values: Sequence[float]) -> list[bool]:
    """Which of many tests are significant at 5 % in all, after Holm (1979)."""
    significant = [False] * len(p_values)
    for rank, n in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[n] > _SURE / (len(p_values) - rank):
            break
        significant[n] = True
    return significant
