"""The arithmetic of the scores, on runs small enough to count by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lab.figures import differences, figures_of, keep, kept
from services.lab.outcome import Outcome, OutcomeError
from services.lab.score import ALL, score, wilson, write
from services.lab.table import WIDTH, by_kind, console, run_tables, span
from tests.lab.builders import alert, fault, outcome


def a_day() -> Outcome:
    """Four silences, two in time (after 2 and 4 min), one late (40 min), and three alerts wrong."""
    silences = [
        fault(100 * n, 100 * n + 60, "silence", f"ship-{n}", kind="dark") for n in range(1, 5)
    ]
    told = [
        alert(102, "silence", "ship-1"), alert(204, "silence", "ship-2"),
        alert(340, "silence", "ship-3"), alert(341, "overspeed", "ship-3"),
        alert(900, "silence", "ship-3"), alert(900, "aground", "ship-4"),
        alert(901, "anomaly:me_rpm", "ship-4", "me_rpm"), alert(902, "rent_overdue", "ship-4"),
    ]  # fmt: skip
    return outcome([*silences, fault(10, 20, "fuel_loss", kind="theft")], told)


def test_faults_are_counted_by_kind_and_in_all() -> None:
    scores = score(a_day())
    dark, theft = scores.faults
    assert (dark.injected, dark.noticed, dark.in_time, dark.missed) == (4, 3, 2, 1)
    assert (dark.recall.share, dark.median_s) == (0.5, 240)
    assert dark.p90_s == pytest.approx(0.8 * 2400 + 0.2 * 240)
    assert (theft.injected, theft.noticed, theft.median_s) == (1, 0, None)
    assert (scores.total.injected, scores.total.in_time) == (5, 2)


def test_alerts_are_counted_by_detector_and_in_all() -> None:
    scores = score(a_day())
    by_family = {(row.asset_class, row.family): row for row in scores.detectors}
    silence, every = by_family["ship", "silence"], by_family[ALL, ALL]
    assert (silence.alerts, silence.true, silence.late, silence.false_alarms) == (4, 2, 1, 1)
    assert silence.precision.share == 0.75
    assert (every.alerts, every.side_effects, every.declared, every.false_alarms) == (8, 1, 1, 3)
    assert every.false_per_asset_day == 0.75
    assert scores.all_alerts == every


def test_recall_is_told_by_size() -> None:
    """Three weak ones, one noticed; a strong one, noticed."""
    weak = [fault(100 * n, 100 * n + 60, "silence", f"ship-{n}", share=0.2) for n in (1, 2, 3)]
    strong = fault(100, 160, "silence", "ship-4")
    told = [alert(101, "silence", "ship-1"), alert(101, "silence", "ship-4")]
    run = outcome([*weak, strong], told)
    every, _ = (rows := by_kind(score(run).sizes))
    assert [(row.low, row.high, row.recall.hits, row.recall.of) for row in every] == [
        (0.0, 0.2, 1, 3), (0.2, 0.4, 0, 0), (0.4, 0.6, 0, 0), (0.6, 0.8, 0, 0), (0.8, 1.0, 1, 1)
    ]  # fmt: skip
    assert [(row[0].kind, row[0].asset_class) for row in rows] == [("all", "all"), ("k", "ship")]
    assert not by_kind(score(a_day()).sizes), "all of these are the strongest of their kind"
    screen = console()
    with screen.capture() as captured:
        screen.print(run_tables(run, score(run)))
    assert "33 % of 3" in captured.get()


def test_repeats_count_neither_for_precision_nor_as_false_alarms() -> None:
    told = [alert(minute, "silence") for minute in (110, 120, 130)]
    told += [alert(minute, "overspeed") for minute in (500, 501, 502, 900)]
    scores = score(outcome([fault(100, 160, "silence")], told))
    every = scores.all_alerts
    assert (every.alerts, every.true, every.repeats, every.false_alarms) == (7, 1, 4, 2)
    assert (every.precision.hits, every.precision.of) == (1, 3)


def test_what_does_not_count_is_told() -> None:
    under = fault(100, 160, "drift", "ship-1")
    down = fault(90, 170, "feed_down", "ship-1", "ship-2", "ship-3")
    last = fault(1_430, 1_500, "drift", "ship-4")
    run = outcome([under, down, last], [])
    assert score(run).left_out == {"feed down": 1, "run ended": 1}
    assert score(run).total.injected == 1
    screen = console()
    with screen.capture() as captured:
        screen.print(run_tables(run, score(run)))
    assert "not counted: 1 (feed down), 1 (run ended)" in captured.get().replace("\n", " ")


def test_chance_is_what_false_alarms_alone_would_notice() -> None:
    dark, theft = score(a_day()).faults
    assert dark.chance == pytest.approx(1 - 2.718281828 ** -(1 / 4 * 30 / 1440))
    assert theft.chance == 0


def test_a_run_of_nothing_has_scores_too() -> None:
    scores = score(outcome([], []))
    assert (scores.total.injected, scores.total.recall.share) == (0, None)
    assert scores.all_alerts.false_per_asset_day == 0


def test_wilson_is_as_published() -> None:
    share = wilson(8, 10)
    assert share.low == pytest.approx(0.4902, abs=1e-4)
    assert share.high == pytest.approx(0.9433, abs=1e-4)


@given(st.integers(0, 200), st.integers(0, 200))
def test_wilson_holds_the_share(hits: int, misses: int) -> None:
    share = wilson(hits, hits + misses)
    assert 0 <= share.low <= (share.share or 0) + 1e-9
    assert (share.share or 0) <= share.high + 1e-9 <= 1 + 2e-9


def test_an_outcome_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write(a_day(), tmp_path / "run.json")
    assert Outcome.read(tmp_path / "run.json") == a_day()
    assert '"scores":{' in (tmp_path / "run.json").read_text()


def test_what_is_no_outcome_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutcomeError, match="cannot be read: No such file"):
        Outcome.read(tmp_path / "none.json")
    (tmp_path / "other.json").write_text('{"version": 2}')
    with pytest.raises(OutcomeError, match="not what `leasewatch lab run --json` writes: scenario"):
        Outcome.read(tmp_path / "other.json")


def test_the_tables_fit_the_screen() -> None:
    screen = console()
    with screen.capture() as captured:
        screen.print(run_tables(a_day(), score(a_day())))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= WIDTH and not any("…" in line for line in lines)
    assert any(line.split()[:7] == ["sensor", "dark", "ship", "4", "2", "1", "1"] for line in lines)
    assert "Noticed in time: 2 of 5 faults (40 %), late: 1, missed: 2." in captured.get()


def test_durations_read_well() -> None:
    spans = [span(s) for s in (None, 0, 59, 119, 120, 7_199, 7_200, 172_800)]
    assert spans == ["-", "0 s", "59 s", "119 s", "2 min", "120 min", "2 h", "2 d"]


def test_figures_are_kept_by_scenario(tmp_path: Path) -> None:
    keep(a_day(), tmp_path / "figures.json")
    keep(a_day().model_copy(update={"scenario": "other"}), tmp_path / "figures.json")
    figures = kept(tmp_path / "figures.json")
    assert list(figures) == ["day", "other"]
    assert figures["day"] == figures_of(a_day())
    assert figures["day"].injected_by_kind == {"ship/dark": 4, "ship/theft": 1}
    assert figures["day"].in_time_by_kind == {"ship/dark": 2, "ship/theft": 0}


def test_what_falls_or_rises_beyond_tolerance_is_told() -> None:
    before = figures_of(a_day())
    assert not list(differences(before, before))
    fell = before.model_copy(update={"in_time_by_kind": {"ship/dark": 0, "ship/theft": 0}})
    assert list(differences(before, fell)) == ["worse: ship/dark in time, of 4, 0, kept is 2"]
    rose = before.model_copy(update={"precision": before.precision + 0.1})
    assert [line[:18] for line in differences(before, rose)] == ["better: precision "]
    noisy = before.model_copy(update={"false_alarms_per_asset_day": 0.8})
    assert list(differences(before, noisy)) == [
        "worse: false alarms an asset-day 0.8, kept is 0.75"
    ]
    other = before.model_copy(update={"seed": 2})
    assert list(differences(before, other)) == [
        "it is not the same run: take the seed and the days that were kept"
    ]
