"""The scores as tables of at most 120 columns."""

import math
from collections.abc import Callable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.lab.compare import Comparison, Difference
from services.lab.outcome import Outcome
from services.lab.score import (
    ALL,
    SIZES,
    DetectorScore,
    FaultScore,
    Scores,
    Share,
    SizeScore,
)
from services.lab.seeds import Spreads

WIDTH = 120


def console(stderr: bool = False) -> Console:
    """Where the lab prints: never wider than WIDTH, and as wide as that when there is no screen."""
    width = min(Console(stderr=stderr).width, WIDTH) if Console().is_terminal else WIDTH
    return Console(width=width, stderr=stderr, highlight=False)


def run_tables(outcome: Outcome, scores: Scores) -> RenderableType:
    """A whole run: what was run, faults, detectors."""
    return Group(
        Text(_headline(outcome, scores), style="bold"),
        _faults(scores),
        *([_sizes(scores)] if by_kind(scores.sizes) else []),
        _detectors(scores),
        Text(_summary(scores)),
    )


def _headline(outcome: Outcome, scores: Scores) -> str:
    changed = " with other settings" if outcome.settings else ""
    return (
        f"{outcome.scenario}, seed {outcome.seed}{changed}: {len(outcome.assets):,} assets, "
        f"{scores.asset_days[ALL]:,.1f} asset-days, {scores.readings[ALL]:,} readings, "
        f"{outcome.workers} workers, {scores.wall_s:,.0f} s"
        + (f"; {outcome.rejected:,} messages could not be read" if outcome.rejected else "")
    )


def _summary(scores: Scores) -> str:
    faults, alerts = scores.total, scores.all_alerts
    return (
        f"Noticed in time: {faults.in_time} of {faults.injected} faults "
        f"({percent(faults.recall.share)}), late: {faults.noticed - faults.in_time}, "
        f"missed: {faults.missed}{_left_out(scores)}.  False alarms: {alerts.false_alarms:,}, "
        f"{rate(alerts.false_per_asset_day)} an asset-day; "
        f"precision {percent(alerts.precision.share)}."
    )


def _left_out(scores: Scores) -> str:
    rows = (f"{count} ({why})" for why, count in sorted(scores.left_out.items()))
    text = ", ".join(rows)
    return f"; not counted: {text}" if text else ""


def _sizes(scores: Scores) -> Table:
    table = _table(
        "Faults noticed in time by their size, 1 being the largest of their kind",
        ["kind", "class"], [f"to {high:g}" for high in SIZES[1:]],
    )  # fmt: skip
    for row in by_kind(scores.sizes):
        table.add_row(row[0].kind, row[0].asset_class, *(_of(one.recall) for one in row))
    return table


def by_kind(sizes: Sequence[SizeScore]) -> list[tuple[SizeScore, ...]]:
    """One row a kind and class, of those of which weaker faults than the strongest are known."""
    n = len(SIZES) - 1
    rows = [tuple(sizes[at : at + n]) for at in range(0, len(sizes), n)]
    return [row for row in rows if any(one.recall.of for one in row[:-1])]


def _of(share: Share) -> str:
    return f"{percent(share.share)} of {share.of}" if share.of else "-"


def _faults(scores: Scores) -> Table:
    table = _table(
        "Faults: recall is what was noticed in time, chance what false alarms alone would hit",
        ["group", "kind", "class"],
        ["injected", "in time", "late", "missed", "recall", "95 %", "chance", "median", "p90"],
    )
    for fault in (*scores.faults, *scores.totals):
        table.add_row(*_fault_cells(fault))
    return table


def _fault_cells(row: FaultScore) -> list[str]:
    return [
        row.group, row.kind, row.asset_class, f"{row.injected}", f"{row.in_time}",
        f"{row.noticed - row.in_time}", f"{row.missed}", percent(row.recall.share),
        interval(row.recall), percent(row.chance), span(row.median_s), span(row.p90_s),
    ]  # fmt: skip


def _detectors(scores: Scores) -> Table:
    table = _table(
        "Alerts: precision leaves repeats, side effects, and what is declared on paper, out",
        ["class", "detector"],
        ["alerts", "true", "late", "repeat", "side", "declared", "false", "precision", "95 %",
         "false / asset-day"],
    )  # fmt: skip
    for detector in scores.detectors:
        table.add_row(*_detector_cells(detector))
    return table


def _detector_cells(row: DetectorScore) -> list[str]:
    return [
        row.asset_class, row.family, f"{row.alerts:,}", f"{row.true:,}", f"{row.late:,}",
        f"{row.repeats:,}", f"{row.side_effects:,}", f"{row.declared:,}",
        f"{row.false_alarms:,}",
        percent(row.precision.share), interval(row.precision), rate(row.false_per_asset_day),
    ]  # fmt: skip


def _table(title: str, words: Sequence[str], figures: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in words:
        table.add_column(name, no_wrap=True)
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def comparison_tables(comparison: Comparison) -> RenderableType:
    """B against A: recall, then false alarms."""
    pairing = (
        "The same faults and assets in both runs, compared one by one."
        if comparison.paired
        else "Different worlds: compared as two samples, which tells less than the same seed would."
    )
    recall, rates = comparison.recall, comparison.false_alarms
    return Group(
        Text(pairing, style="bold"),
        _compared("Faults noticed in time", "kind", recall, percent),
        _compared("False alarms an asset-day", "detector", rates, rate),
        Text(_plainly(recall, "noticed in time", percent)),
        Text(_plainly(rates, "false alarms an asset-day", rate)),
    )


def _compared(
    title: str, what: str, rows: Sequence[Difference], shown: Callable[[float | None], str]
) -> Table:
    table = _table(title, ["class", what], ["A", "B", "change", "95 %", "p", ""])
    for row in rows:
        table.add_row(
            row.asset_class, row.name, shown(row.a), shown(row.b), _signed(row.change, shown),
            f"{_signed(row.low, shown)} .. {_signed(row.high, shown)}", f"{row.p:.3f}",
            "beyond chance" if row.beyond_chance else "",
        )  # fmt: skip
    return table


def _signed(value: float, shown: Callable[[float | None], str]) -> str:
    if not math.isfinite(value):
        return "?"
    return shown(value) if value <= 0 else f"+{shown(value)}"


def _plainly(rows: Sequence[Difference], what: str, shown: Callable[[float | None], str]) -> str:
    sure = [
        f"{row.asset_class} {row.name} {_signed(row.change, shown)}"
        for row in rows
        if row.beyond_chance
    ]
    return f"Beyond chance, {what}: {'; '.join(sure) or 'nothing'}."


def spread_table(found: Spreads) -> RenderableType:
    """Every figure of every seed, and what lies between them."""
    seeds = [f"seed {seed}" for seed in found.seeds]
    table = _table(
        f"{found.scenario}, {len(seeds)} seeds: what lies between them",
        ["figure", "class"], [*seeds, "mean", "sd", "of", "95 % of all"],
    )  # fmt: skip
    for row in found.spreads:
        shown = percent if row.unit == "share" else rate
        cells = [shown(value) for value in (*row.values, row.mean, row.sd)]
        pooled = row.pooled
        of = ["", ""] if pooled is None else [f"{pooled.of}", interval(pooled)]
        table.add_row(row.name, row.asset_class, *cells, *of)
    return table


def percent(share: float | None) -> str:
    """A share as a percentage; - for a share of nothing."""
    return "-" if share is None else f"{share * 100:.0f} %"


def interval(share: Share) -> str:
    """The 95 % interval in per cent."""
    return "-" if share.share is None else f"{share.low * 100:.0f}..{share.high * 100:.0f}"


def rate(value: float | None) -> str:
    """A rate with three figures that matter, whatever its size."""
    return "-" if value is None else f"{value:.3g}"


_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def span(seconds: float | None) -> str:
    """A duration in the largest unit of which it has at least two."""
    if seconds is None:
        return "-"
    size, unit = next((row for row in _UNITS if seconds >= 2 * row[0]), _UNITS[-1])
    return f"{seconds / size:.0f} {unit}"
