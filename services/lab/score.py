"""The scores of a run: faults noticed by kind, alerts right and wrong by detector; pure.

Recall counts what was noticed in time, also by how large the faults were (SIZES).  Precision
is the share of alerts that were the first to tell of a fault, in time or late, among those and the
false alarms; repeats, side effects and what was declared count neither way.  `chance` is the recall
that false alarms alone would give: how often an alerter that knows nothing, but fires as often as
ours does when nothing is wrong, would hit the faults' times.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from services.lab.judge import accepts
from services.lab.outcome import AlertVerdict, JudgedAlert, JudgedLabel, Label, Outcome

ALL = "all"
SIZES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""The edges between which recall by size is told."""
_Z95 = 1.959964
_DAY_S = 86_400


class _Score(BaseModel):
    model_config = ConfigDict(frozen=True)


class Share(_Score):
    """`hits` of `of`, with the 95 % interval of Wilson (1927); `share` is None of nothing."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float


class FaultScore(_Score):
    """Faults of one kind and class, or of a group, or all: how many were noticed, and how soon."""

    group: str
    kind: str
    asset_class: str
    injected: int
    noticed: int
    in_time: int
    missed: int
    recall: Share
    chance: float
    median_s: float | None
    p90_s: float | None


class SizeScore(_Score):
    """Recall of the faults whose size is over `low` and up to `high`, of one kind or of all."""

    kind: str
    asset_class: str
    low: float
    high: float
    recall: Share


class DetectorScore(_Score):
    """Alerts of one family of rules on one class, or all."""

    family: str
    asset_class: str
    alerts: int
    true: int
    late: int
    repeats: int
    side_effects: int
    declared: int
    false_alarms: int
    precision: Share
    false_per_asset_day: float


class Scores(_Score):
    """Everything that is printed; the last of `totals` and of `detectors` is of all."""

    asset_days: dict[str, float]
    readings: dict[str, int]
    wall_s: float
    faults: tuple[FaultScore, ...]
    totals: tuple[FaultScore, ...]
    left_out: dict[str, int]
    sizes: tuple[SizeScore, ...]
    detectors: tuple[DetectorScore, ...]

    @property
    def total(self) -> FaultScore:
        """All faults of all classes."""
        return self.totals[-1]

    @property
    def all_alerts(self) -> DetectorScore:
        """All alerts on all classes."""
        return self.detectors[-1]


def score(outcome: Outcome) -> Scores:
    """The scores of a run."""
    days, readings = _seen(outcome)
    chances = _Chances(outcome.alerts, days)
    labels = [judged for judged in outcome.labels if judged.counts]
    return Scores(
        asset_days=days,
        readings=readings,
        wall_s=outcome.wall_s,
        faults=tuple(_by_kind(labels, chances)),
        totals=tuple(_totals(labels, chances)),
        left_out=dict(Counter(j.left_out for j in outcome.labels if j.left_out)),
        sizes=tuple(_by_size(labels)),
        detectors=tuple(_by_detector(outcome.alerts, days)),
    )


def write(outcome: Outcome, path: Path) -> None:
    """The outcome as JSON, with its scores beside; `Outcome.read` reads it back."""
    whole = {**outcome.model_dump(mode="json"), "scores": score(outcome).model_dump(mode="json")}
    path.write_text(json.dumps(whole, separators=(",", ":")) + "\n", encoding="utf-8")


def wilson(hits: int, of: int) -> Share:
    """The share of `hits` in `of` with its 95 % interval; of nothing, anything is possible."""
    if of == 0:
        return Share(hits=0, of=0, share=None, low=0.0, high=1.0)
    p, z2 = hits / of, _Z95**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 * math.sqrt(p * (1 - p) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Share(
        hits=hits, of=of, share=p, low=max(0.0, middle - half), high=min(1.0, middle + half)
    )


def _seen(outcome: Outcome) -> tuple[dict[str, float], dict[str, int]]:
    days, readings = defaultdict[str, float](float, {ALL: 0.0}), Counter({ALL: 0})
    for asset in outcome.assets:
        for name in (asset.asset_class, ALL):
            days[name] += asset.days
            readings[name] += asset.readings
    return dict(days), dict(readings)


def _by_kind(labels: Sequence[JudgedLabel], chances: "_Chances") -> list[FaultScore]:
    parts = _parted(labels, lambda label: (label.group, label.kind, label.asset_class))
    return [_fault_score(*key, part, chances) for key, part in parts.items()]


def _totals(labels: Sequence[JudgedLabel], chances: "_Chances") -> list[FaultScore]:
    """By group, then by class, then all."""
    groups = _parted(labels, lambda label: (label.group, ALL, ALL))
    classes = _parted(labels, lambda label: (ALL, ALL, label.asset_class))
    parts = {**groups, **classes, (ALL, ALL, ALL): labels}
    return [_fault_score(*key, part, chances) for key, part in parts.items()]


def _parted(
    labels: Sequence[JudgedLabel], key_of: Callable[[Label], tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[JudgedLabel]]:
    parts = defaultdict[tuple[str, str, str], list[JudgedLabel]](list)
    for judged in labels:
        parts[key_of(judged.label)].append(judged)
    return {key: parts[key] for key in sorted(parts)}


def _fault_score(
    group: str, kind: str, asset_class: str, part: Sequence[JudgedLabel], chances: "_Chances"
) -> FaultScore:
    verdicts = Counter(judged.verdict for judged in part)
    after_s = [judged.after_s for judged in part if judged.after_s is not None]
    return FaultScore(
        group=group,
        kind=kind,
        asset_class=asset_class,
        injected=len(part),
        noticed=verdicts["noticed"] + verdicts["late"],
        in_time=verdicts["noticed"],
        missed=verdicts["missed"],
        recall=wilson(verdicts["noticed"], len(part)),
        chance=float(np.mean([chances.of(judged) for judged in part])) if part else 0.0,
        median_s=float(np.quantile(after_s, 0.5)) if after_s else None,
        p90_s=float(np.quantile(after_s, 0.9)) if after_s else None,
    )


def _by_size(labels: Sequence[JudgedLabel]) -> Iterator[SizeScore]:
    """All faults, then each kind and class; a span without a fault is there too."""
    parts = _parted(labels, lambda label: ("", label.kind, label.asset_class))
    for (_, kind, asset_class), part in {("", ALL, ALL): labels, **parts}.items():
        for low, high in pairwise(SIZES):
            here = [j.verdict for j in part if low < j.label.share <= high]
            recall = wilson(here.count("noticed"), len(here))
            yield SizeScore(kind=kind, asset_class=asset_class, low=low, high=high, recall=recall)


class _Chances:
    """How likely a false alarm is to fall into a fault's time, by the rates of this very run."""

    def __init__(self, alerts: Iterable[JudgedAlert], days: Mapping[str, float]) -> None:
        wrong = (judged.alert for judged in alerts if judged.verdict == "false_alarm")
        self._false = Counter((alert.asset_class, alert.rule, alert.channel) for alert in wrong)
        self._days = days
        self._rates: dict[tuple[str, str, tuple[str, ...]], float] = {}

    def of(self, judged: JudgedLabel) -> float:
        """Probability that a false alarm notices a fault in time; they come as Poisson's do."""
        label, due = judged.label, judged.due
        key = (label.asset_class, label.expect, label.channels)
        if key not in self._rates:
            self._rates[key] = self._rate(label)
        days = ((due or label.notice_by) - label.start).total_seconds() / _DAY_S * len(label.assets)
        return 1.0 - math.exp(-self._rates[key] * days)

    def _rate(self, label: Label) -> float:
        """False alarms an asset-day that would be taken as telling of `label`."""
        count = sum(
            times
            for (asset_class, rule, channel), times in self._false.items()
            if asset_class == label.asset_class and accepts(label, rule, channel)
        )
        return count / self._days[label.asset_class] if count else 0.0


def _by_detector(
    alerts: Sequence[JudgedAlert], days: Mapping[str, float]
) -> Iterator[DetectorScore]:
    """By class, then by family; then each class, then all."""
    parts = defaultdict[tuple[str, str], Counter[AlertVerdict]](Counter)
    for judged in alerts:
        asset_class, family = judged.alert.asset_class, judged.alert.family
        for key in ((asset_class, family), (asset_class, ALL), (ALL, ALL)):
            parts[key][judged.verdict] += 1
    keys = sorted(parts.keys() | {(name, ALL) for name in days}, key=_totals_last)
    return (_detector_score(*key, parts[key], days.get(key[0], 0.0)) for key in keys)


def _totals_last(key: tuple[str, str]) -> tuple[bool, bool, str, str]:
    asset_class, family = key
    return (asset_class == ALL, family == ALL, asset_class, family)


def _detector_score(
    asset_class: str, family: str, verdicts: Counter[AlertVerdict], days: float
) -> DetectorScore:
    right, wrong = verdicts["true"] + verdicts["late"], verdicts["false_alarm"]
    return DetectorScore(
        family=family,
        asset_class=asset_class,
        alerts=verdicts.total(),
        true=verdicts["true"],
        late=verdicts["late"],
        repeats=verdicts["repeat"],
        side_effects=verdicts["side_effect"],
        declared=verdicts["declared"],
        false_alarms=wrong,
        precision=wilson(right, right + wrong),
        false_per_asset_day=wrong / days if days else 0.0,
    )
