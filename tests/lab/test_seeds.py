"""Several seeds of one scenario: the figures of each, and what lies between them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.lab.outcome import Outcome
from services.lab.seeds import SeedsError, Spread, Spreads, seeds_of, spreads
from services.lab.table import WIDTH, console, spread_table
from services.settings import SettingError
from tests.lab.builders import alert, fault, outcome


def a_run(seed: int, noticed: int, wrong: int) -> Outcome:
    """Four silences of four ships; the third seed has a theft as well."""
    silences = [fault(100, 200, "silence", f"ship-{n}", kind="dark") for n in (1, 2, 3, 4)]
    thefts = [fault(100, 200, "fuel_loss", kind="theft")] if seed == 3 else []
    told = [alert(110, "silence", f"ship-{n}") for n in range(1, noticed + 1)]
    told += [alert(300 + 100 * n, "drift") for n in range(wrong)]
    return outcome([*silences, *thefts], told, seed=seed)


@pytest.fixture(scope="module")
def found() -> Spreads:
    return spreads([a_run(1, 1, 0), a_run(2, 2, 2), a_run(3, 3, 4)])


def row(found: Spreads, name: str, asset_class: str = "ship") -> Spread:
    return next(o for o in found.spreads if (o.name, o.asset_class) == (name, asset_class))


def test_a_share_has_its_spread_and_that_of_all_seeds_together(found: Spreads) -> None:
    dark = row(found, "recall, dark")
    assert (dark.values, dark.mean, dark.sd) == ((0.25, 0.5, 0.75), 0.5, 0.25)
    assert dark.pooled is not None and (dark.pooled.hits, dark.pooled.of) == (6, 12)
    assert row(found, "recall", "all").values == (0.25, 0.5, 0.6)
    assert row(found, "precision", "all").values == pytest.approx((1.0, 0.5, 3 / 7))


def test_a_rate_that_a_seed_does_not_have_is_none_wrong(found: Spreads) -> None:
    drift = row(found, "false alarms, drift")
    assert (drift.values, drift.mean, drift.sd) == ((0.0, 0.5, 1.0), 0.5, 0.5)


def test_a_kind_that_one_seed_alone_has_tells_no_spread(found: Spreads) -> None:
    theft = row(found, "recall, theft")
    assert (theft.values, theft.mean, theft.sd) == ((None, None, 0.0), 0.0, None)


def test_the_table_fits_the_screen(found: Spreads) -> None:
    screen = console()
    with screen.capture() as captured:
        screen.print(spread_table(found))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= WIDTH
    (line,) = (line for line in lines if line.startswith("recall, dark"))
    shown = line.replace(" %", "%").split()[3:]
    assert shown == ["25%", "50%", "75%", "50%", "25%", "12", "25..75"]


@pytest.mark.parametrize("text", ["1", "3..1", "1..x", "-1..2", "1...3"])
def test_what_is_no_range_of_seeds_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(SeedsError, match=r"as 1\.\.3"):
        seeds_of(text)
    assert list(seeds_of("2..4")) == [2, 3, 4]


@pytest.mark.slow
def test_one_command_runs_them_all_and_keeps_each(tmp_path: Path) -> None:
    scenario, out = tmp_path / "small.toml", tmp_path / "small.json"
    scenario.write_text(
        'name = "small"\ntitle = "An hour"\ndays = 0.05\nblock_s = 300\n'
        "[fleet]\nships = 2\naircraft = 1\ntrains = 1\n[faults]\nimpossible = { per_day = 200 }\n"
    )
    command = ["lab", "run", str(scenario), "--workers", "1", "--json", str(out)]
    told = CliRunner().invoke(app, [*command, "--seeds", "4..5"])
    assert told.exit_code == 0, told.output
    assert "small, 2 seeds: what lies between them" in told.output
    whole = json.loads(out.read_text())
    assert whole["seeds"] == [4, 5] and [run["seed"] for run in whole["runs"]] == [4, 5]
    each = [Outcome.read(tmp_path / f"small-seed-{seed}.json") for seed in (4, 5)]
    assert Spreads.model_validate(whole) == spreads(each)
    refused = CliRunner().invoke(app, [*command, "--seeds", "4..5", "--keep"])
    assert isinstance(refused.exception, SettingError)
