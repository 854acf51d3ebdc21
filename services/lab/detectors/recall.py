"""Which faults are noticed when one row in a thousand healthy ones may be a false alarm.

One threshold for all assets of all classes: so a detector whose scores do not compare loses.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from services.domain.detectors.scores import Detectors
from services.domain.form import Array
from services.lab.detectors.fleet import Life, every_life
from services.lab.detectors.rivals import RIVALS

BUDGET = 0.001
ALL = "all"

Say = Callable[[str], None]


class Noticed(NamedTuple):
    """Of one detector."""

    recall: dict[str, float]  # by kind of fault, and of all
    rows_per_s: float


def recalls(fleet: dict[str, list[Life]], say: Say) -> dict[str, Noticed]:
    """By detector, ours first."""
    lives = list(every_life(fleet))
    began = time.process_time()
    ours = [_ours(life) for life in lives]
    took = time.process_time() - began
    found = {
        name: noticed(lives, [scores[n] for scores in ours], took)
        for n, name in enumerate(("alert", "level"))
    }
    for name, score in RIVALS.items():
        say(f"recall: {name} ...")
        began = time.process_time()
        scores = [score(life) for life in lives]
        found[name] = noticed(lives, scores, time.process_time() - began)
    return found


def _ours(life: Life) -> tuple[Array, Array]:
    rows, channels = life.values.shape
    return Detectors.new(1, channels).take(np.zeros(rows, np.int64), life.values, life.hours)


def noticed(lives: Iterable[Life], scores: Iterable[Array], took_s: float) -> Noticed:
    """The recall of scores of the lives' rows; nothing is noticed at the threshold itself."""
    pairs = list(zip(lives, scores, strict=True))
    healthy = np.sort(np.concatenate([score[life.healthy] for life, score in pairs]))
    threshold = healthy[-int(BUDGET * len(healthy)) - 1]
    hits: dict[str, list[bool]] = defaultdict(list, {ALL: []})
    for life, score in pairs:
        for fault in life.faults:
            hit = bool((score[fault.first : fault.last] > threshold).any())
            hits[fault.kind].append(hit)
            hits[ALL].append(hit)
    rows = sum(len(life.hours) for life, _ in pairs)
    return Noticed(
        {kind: round(sum(hit) / max(len(hit), 1), 3) for kind, hit in sorted(hits.items())},
        round(rows / max(took_s, 1e-6)),
    )
