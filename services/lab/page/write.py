"""The page of a run: its scores, and a picture of everything that was missed, late or false.

One file that needs nothing else, for a browser or an archive.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from services.lab.outcome import Outcome
from services.lab.pictures.cases import Case, cases
from services.lab.pictures.draw import Drawn, draw_cases
from services.lab.pictures.map import MOST_NUMBERED
from services.lab.pictures.series import Past
from services.lab.score import ALL, SIZES, DetectorScore, FaultScore, Scores, Share, score
from services.lab.table import by_kind, percent, rate, span
from simulators.scenario import Scenario

MOST_FALSE = 1_000
"""Pictures of false alarms: a page of more would be slow to load."""
_MOST_FACTS = 5
_VERDICTS = {"missed": "Missed", "late": "Late", "false": "False alarm", "noticed": "Noticed"}
_CLASSES = {"ship": "Ships", "aircraft": "Aircraft", "metro": "Metro"}


def write_page(
    outcome: Outcome, directory: Path, workers: int = 2, most_false: int = MOST_FALSE
) -> Path:
    """Writes `index.html` into `directory`, which is made, and returns its path.

    The fleet is simulated once more for the pictures, in `workers` processes.  Of false alarms
    `most_false` are drawn, fewer of the most frequent kinds.
    """
    every = cases(outcome)
    shown = _fair(every, most_false)
    past = Past(Scenario.model_validate(outcome.definition), outcome.seed, outcome.start)
    pictures = draw_cases(past, shown, min(workers, outcome.workers))
    scores = score(outcome)
    page = Template(_part("page.html")).substitute(
        title=escape(f"{outcome.scenario}, seed {outcome.seed}"),
        style=_part("page.css"),
        script=_part("page.js"),
        run=_run(outcome, scores),
        tiles=_tiles(scores),
        faults="".join(map(_fault_row, (*scores.faults, *scores.totals))),
        sizes=_sizes(scores),
        detectors="".join(map(_detector_row, scores.detectors)),
        filters=_filters(shown),
        note=_note(len(shown), len(every)),
        cases="".join(
            _case(outcome.start, case, drawn) for case, drawn in zip(shown, pictures, strict=True)
        ),
    )
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def _part(name: str) -> str:
    return (files("services.lab.page") / name).read_text(encoding="utf-8")


def _fair(every: Sequence[Case], most_false: int) -> list[Case]:
    """All faults, and of false alarms so many; of their most frequent kinds some, evenly spread."""
    counts = Counter(_key(case) for case in every if case.verdict == "false")
    allowed = max(counts.values(), default=0)
    while sum(min(n, allowed) for n in counts.values()) > most_false:
        allowed = allowed * 9 // 10
    seen = Counter[tuple[str, str]]()
    shown = []
    for case in every:
        key = _key(case)
        share = min(1.0, allowed / counts[key]) if case.verdict == "false" else 1.0
        seen[key] += case.verdict == "false"
        if share == 1.0 or int(seen[key] * share) > int((seen[key] - 1) * share):
            shown.append(case)
    return shown


def _key(case: Case) -> tuple[str, str]:
    return case.kind, case.asset_class


def _note(shown: int, every: int) -> str:
    if shown == every:
        return ""
    more = f"{every - shown:,} more false alarms of the most frequent kinds are not drawn"
    return f'<p class="note">{more}: see --most-false.</p>'


def _run(outcome: Outcome, scores: Scores) -> str:
    days = (outcome.end - outcome.start).total_seconds() / 86_400
    parts = (
        f"seed {outcome.seed}", f"{outcome.start:%d %b %Y}", f"{days:.3g} days",
        f"{len(outcome.assets):,} assets", f"{scores.readings[ALL]:,} readings",
    )  # fmt: skip
    return f"<b>{escape(outcome.scenario)}</b>" + "".join(f"<span>{part}</span>" for part in parts)


def _tiles(scores: Scores) -> str:
    faults, alerts = scores.total, scores.all_alerts
    rows = (
        ("good", percent(faults.recall.share), "faults noticed in time",
         f"{faults.in_time} of {faults.injected}"),
        ("late", f"{faults.noticed - faults.in_time}", "late", f"median {span(faults.median_s)}"),
        ("missed", f"{faults.missed}", "missed", f"of {faults.injected} faults"),
        ("false", rate(alerts.false_per_asset_day), "false alarms an asset-day",
         f"{alerts.false_alarms:,} in {scores.asset_days[ALL]:,.0f} asset-days"),
        ("", percent(alerts.precision.share), "precision", f"{alerts.alerts:,} alerts"),
    )  # fmt: skip
    return "".join(
        f'<div class="tile {kind}"><b>{value}</b><span>{name}</span><small>{more}</small></div>'
        for kind, value, name, more in rows
    )


def _fault_row(row: FaultScore) -> str:
    mark = _mark(row.kind, row.asset_class)
    cells = (
        row.group, _words(row.kind), row.asset_class,
        f"{row.injected}", f"{row.in_time}", f"{row.noticed - row.in_time}", f"{row.missed}",
        percent(row.chance), span(row.median_s),
    )  # fmt: skip
    return _row(mark, cells, 3, _bar(row.recall))


def _detector_row(row: DetectorScore) -> str:
    every = row.family == ALL
    mark = (
        ' class="total"' if every else f' data-kind="{row.family}" data-class="{row.asset_class}"'
    )
    cells = (
        row.asset_class, _words(row.family), f"{row.alerts:,}", f"{row.true:,}", f"{row.late:,}",
        f"{row.repeats:,}", f"{row.side_effects:,}", f"{row.declared:,}",
        f"{row.false_alarms:,}",
        rate(row.false_per_asset_day),
    )  # fmt: skip
    return _row(mark, cells, 2, _bar(row.precision))


def _sizes(scores: Scores) -> str:
    """Recall by size, a bar each; nothing where every fault is of the largest of its kind."""
    rows = "".join(
        f"<tr{_mark(row[0].kind, row[0].asset_class)}><th>{_words(row[0].kind)}</th>"
        f"<th>{row[0].asset_class}</th>{''.join(_bar(one.recall) for one in row)}</tr>"
        for row in by_kind(scores.sizes)
    )
    if not rows:
        return ""
    heads = "".join(f"<th>to {high:g}</th>" for high in SIZES[1:])
    return (
        "<details open><summary>Faults noticed in time, by size <small>1: the largest of their "
        f"kind</small></summary><table><thead><tr><th>kind</th><th>class</th>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _mark(kind: str, asset_class: str) -> str:
    """What tells the script which pictures a row stands for."""
    if kind == ALL:
        return ' class="total"'
    return f' data-kind="{kind}" data-class="{asset_class}"'


def _row(mark: str, cells: Sequence[str], words: int, bar: str) -> str:
    names = "".join(f"<th>{escape(cell)}</th>" for cell in cells[:words])
    figures = "".join(f"<td>{escape(cell)}</td>" for cell in cells[words:])
    return f"<tr{mark}>{names}{bar}{figures}</tr>"


def _bar(share: Share) -> str:
    """A share as a bar with its 95 % interval as a whisker."""
    if share.share is None:
        return '<td class="share">-</td>'
    style = f"--share:{share.share:.3f};--low:{share.low:.3f};--high:{share.high:.3f}"
    title = f"{share.hits} of {share.of}, 95 %: {share.low:.0%} to {share.high:.0%}"
    return f'<td class="share" style="{style}" title="{title}"><i></i>{percent(share.share)}</td>'


def _filters(shown: Sequence[Case]) -> str:
    verdicts = Counter(case.verdict for case in shown)
    classes = Counter(case.asset_class for case in shown)
    kinds = sorted({case.kind for case in shown})
    options = "".join(f'<option value="{kind}">{_words(kind)}</option>' for kind in kinds)
    return (
        _chips("verdict", [(name, title, verdicts[name]) for name, title in _VERDICTS.items()])
        + _chips("class", [(name, title, classes[name]) for name, title in _CLASSES.items()])
        + '<select id="kind" aria-label="Kind"><option value="">all kinds</option>'
        + f"{options}</select>"
    )


def _chips(group: str, rows: Sequence[tuple[str, str, int]]) -> str:
    buttons = "".join(
        f'<button type="button" class="chip {name}" data-filter="{group}" data-value="{name}" '
        f'aria-pressed="true">{title} <b>{count:,}</b></button>'
        for name, title, count in rows
    )
    return f'<div class="chips" role="group" aria-label="{group}">{buttons}</div>'


def _case(start: datetime, case: Case, drawn: Drawn) -> str:
    begun = start + timedelta(seconds=case.begun)
    lasted = f", {span(case.shaded[1] - case.shaded[0])}" if case.shaded else ""
    return (
        f'<article class="case" data-verdict="{case.verdict}" data-class="{case.asset_class}" '
        f'data-kind="{case.kind}"><header><span class="badge {case.verdict}">'
        f"{_VERDICTS[case.verdict]}</span><h3>{_words(case.kind)}</h3>"
        f"<span class=channels>{escape(case.title)}</span>"
        f"<span class=asset>{escape(case.asset)}</span>"
        f"<time>{begun.day} {begun:%b %H:%M}{lasted}</time></header>{drawn.svg}"
        f"<p>{escape(case.note)}{_declared(start, drawn)}</p>{_alerts(start, case)}</article>"
    )


def _declared(start: datetime, drawn: Drawn) -> str:
    """The facts in the picture, the first few of them."""
    rows = [
        f"{start + timedelta(seconds=second):%-d %b %H:%M} {_words(kind)}"
        for second, kind in drawn.facts[:_MOST_FACTS]
    ]
    return f' <span class="declared">Declared: {", ".join(rows)}.</span>' if rows else ""


def _alerts(start: datetime, case: Case) -> str:
    rows = "".join(_alert_lines(start, case))
    more = len(case.marks) - MOST_NUMBERED
    rest = f'<li class="more">and {more} more</li>' if more > 0 else ""
    return f"<ol>{rows}{rest}</ol>" if rows else ""


def _alert_lines(start: datetime, case: Case) -> Iterator[str]:
    for number, mark in enumerate(case.marks[:MOST_NUMBERED], 1):
        time = start + timedelta(seconds=mark.second)
        yield (
            f'<li class="{mark.verdict}"><b>{number}</b><time>{time:%H:%M:%S}</time>'
            f"<span>{escape(mark.rule)}</span><em>{_words(mark.verdict)}</em>"
            f"<small>{escape(mark.summary)}</small></li>"
        )


def _words(name: str) -> str:
    return escape(name.replace("_", " ").replace(":", " · "))
