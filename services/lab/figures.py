"""The figures that the public scenarios give today, kept in a file, and what fell below them.

A run repeats itself exactly, so that any difference comes from a change of the code.  Small ones
are let pass (another machine rounds otherwise); larger ones, better or worse, are to be written
down: `leasewatch lab run SCENARIO --keep`.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.lab.outcome import Outcome
from services.lab.score import ALL, FaultScore, Scores, score

KEPT = Path(__file__).parent / "figures.json"

FAULTS_OF_A_KIND = 1
"""So many more or fewer faults of one kind and class may be noticed in time."""
RECALL = 0.02
PRECISION = 0.02
"""By so much the whole run's shares may differ."""
FALSE_ALARMS = 0.05
"""By this part of themselves the false alarms an asset-day may differ."""


class Figures(BaseModel):
    """What one scenario gives; recall is of faults noticed in time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    asset_days: float
    readings: int
    wall_s: float
    injected: int
    recall: float
    precision: float
    false_alarms_per_asset_day: float
    injected_by_kind: dict[str, int]
    in_time_by_kind: dict[str, int]
    """CLASS/KIND: faults."""
    false_alarms_by_detector: dict[str, int]
    """CLASS/DETECTOR: false alarms."""


_FILE = TypeAdapter(dict[str, Figures])


def figures_of(outcome: Outcome) -> Figures:
    """The figures of a run."""
    scores = score(outcome)
    return Figures(
        seed=outcome.seed,
        asset_days=round(scores.asset_days[ALL], 2),
        readings=scores.readings[ALL],
        wall_s=outcome.wall_s,
        injected=scores.total.injected,
        recall=round(scores.total.recall.share or 0.0, 4),
        precision=round(scores.all_alerts.precision.share or 0.0, 4),
        false_alarms_per_asset_day=round(scores.all_alerts.false_per_asset_day, 5),
        injected_by_kind={_kind(row): row.injected for row in scores.faults},
        in_time_by_kind={_kind(row): row.in_time for row in scores.faults},
        false_alarms_by_detector=_false_alarms(scores),
    )


def _kind(row: FaultScore) -> str:
    return f"{row.asset_class}/{row.kind}"


def _false_alarms(scores: Scores) -> dict[str, int]:
    return {
        f"{row.asset_class}/{row.family}": row.false_alarms
        for row in scores.detectors
        if row.family != ALL and row.false_alarms
    }


def kept(path: Path = KEPT) -> dict[str, Figures]:
    """The figures kept, by scenario."""
    return _FILE.validate_json(path.read_bytes()) if path.exists() else {}


def keep(outcome: Outcome, path: Path = KEPT) -> None:
    """Writes the figures of a run in place of those kept of its scenario."""
    figures = {**kept(path), outcome.scenario: figures_of(outcome)}
    in_order = {name: figures[name] for name in sorted(figures)}
    path.write_bytes(_FILE.dump_json(in_order, indent=1) + b"\n")


def differences(before: Figures, now: Figures) -> Iterator[str]:
    """One sentence for everything beyond tolerance, better or worse."""
    if (before.seed, before.asset_days) != (now.seed, now.asset_days):
        yield "it is not the same run: take the seed and the days that were kept"
        return
    yield from _by_kind(before, now)
    yield from _told("recall", before.recall, now.recall, RECALL, more_is_better=True)
    yield from _told("precision", before.precision, now.precision, PRECISION, more_is_better=True)
    rate = before.false_alarms_per_asset_day
    yield from _told(
        "false alarms an asset-day", rate, now.false_alarms_per_asset_day, rate * FALSE_ALARMS,
        more_is_better=False,
    )  # fmt: skip


def _by_kind(before: Figures, now: Figures) -> Iterator[str]:
    for kind in sorted(before.injected_by_kind.keys() | now.injected_by_kind.keys()):
        of_was, of_now = before.injected_by_kind.get(kind, 0), now.injected_by_kind.get(kind, 0)
        if of_was != of_now:
            yield f"other faults: {of_now} of {kind}, {of_was} were kept"
            continue
        was, is_now = before.in_time_by_kind[kind], now.in_time_by_kind[kind]
        name = f"{kind} in time, of {of_now},"
        yield from _told(name, was, is_now, FAULTS_OF_A_KIND, more_is_better=True)


def _told(
    name: str, before: float, now: float, tolerance: float, more_is_better: bool
) -> Iterator[str]:
    if abs(now - before) > tolerance:
        word = "better" if (now > before) == more_is_better else "worse"
        yield f"{word}: {name} {now:g}, kept is {before:g}"
