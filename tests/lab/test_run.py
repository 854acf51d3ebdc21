"""Whole runs of a small world: the same whoever shares it, and what may be asked for on the way."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from services.cli import app
from services.lab.outcome import Outcome
from services.lab.overrides import OverrideError
from services.lab.run import Plan, run
from services.lab.score import write
from services.settings import SettingError
from simulators.scenario import (
    Cadence,
    FaultPlanning,
    FaultRate,
    FleetSize,
    Scenario,
    load_scenario,
)

pytestmark = pytest.mark.slow

SMALL = load_scenario("clean-smoke").model_copy(
    update={
        "days": 0.2,
        "fleet": FleetSize(ships=4, aircraft=4, trains=4),
        "cadence": Cadence(
            ship_under_way_s=300, ship_moored_s=300, aircraft_airborne_s=120, train_service_s=120
        ),
        "faults": {
            name: FaultRate(per_day=40) for name in ("impossible", "feed_outage", "late_rent")
        },
        "planning": FaultPlanning(after_s=1_800, rest_s=1_800),
    }
)


@pytest.fixture(scope="module")
def alone() -> Outcome:
    return run(Plan(SMALL, 3), workers=1)


def test_the_number_of_workers_makes_no_difference(alone: Outcome) -> None:
    shared = run(Plan(SMALL, 3), workers=9)
    assert (alone.workers, shared.workers) == (1, 3)  # as many as feeds
    untold = {"workers": 0, "wall_s": 0.0}
    assert shared.model_copy(update=untold) == alone.model_copy(update=untold)


def test_there_is_something_to_judge(alone: Outcome) -> None:
    kinds = {judged.label.kind for judged in alone.labels}
    assert {"impossible", "feed_outage"} <= kinds
    assert any(judged.alert for judged in alone.labels)
    assert alone.alerts and alone.rejected == 0
    assert [asset.days for asset in alone.assets] == [0.2] * 12
    assert all(alone.start <= judged.alert.known_at <= alone.end for judged in alone.alerts)
    assert Scenario.model_validate(alone.definition) == SMALL


def test_the_share_of_the_run_that_is_done_is_told() -> None:
    told: list[float] = []
    run(Plan(SMALL.model_copy(update={"days": 0.05}), 3), workers=1, report=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 3


def test_overrides_are_refused_before_anything_is_run() -> None:
    with pytest.raises(OverrideError):
        run(Plan(SMALL, 3, {"boat": {}}), workers=1)


def test_workers_end_with_the_process_that_started_them() -> None:
    """Killed, it cannot tell them."""
    command = [sys.executable, "-m", "services.cli", "lab", "run", "standard", "--workers", "2"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) as lab:
        assert lab.stderr is not None and b"lab: day" in lab.stderr.readline()
        started = psutil.Process(lab.pid).children(recursive=True)
        lab.kill()
        assert len(started) >= 3
        assert not psutil.wait_procs(started, timeout=120)[1]


def test_the_command_prints_the_table_and_writes_what_compare_reads(tmp_path: Path) -> None:
    scenario, a = tmp_path / "small.toml", tmp_path / "a.json"
    scenario.write_text(
        'name = "small"\ntitle = "A morning"\ndays = 0.1\nblock_s = 300\n'
        "[fleet]\nships = 2\naircraft = 2\ntrains = 2\n[faults]\nimpossible = { per_day = 100 }\n"
    )
    settings = tmp_path / "settings.toml"
    settings.write_text("ship.overspeed.limit = 12")
    command = ["lab", "run", str(scenario), "--workers", "1", "--settings", str(settings)]
    ran = CliRunner().invoke(app, [*command, "--json", str(a), "--seed", "5"])
    assert ran.exit_code == 0, ran.output
    assert "small, seed 5 with other settings: 6 assets, 0.6 asset-days" in ran.output
    assert Outcome.read(a).settings == {"ship": {"overspeed": {"limit": 12}}}
    compared = CliRunner().invoke(app, ["lab", "compare", str(a), str(a)])
    assert "Beyond chance, noticed in time: nothing." in compared.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "nowhere"], "no scenario 'nowhere': give one of"),
        (["run", "smoke", "--settings", "none.toml"], "none.toml cannot be read as TOML"),
        (["compare", "none.json", "none.json"], "none.json cannot be read"),
    ],
)
def test_what_is_typed_wrong_is_told_in_a_sentence(arguments: list[str], sentence: str) -> None:
    told = CliRunner().invoke(app, ["lab", *arguments])
    assert isinstance(told.exception, SettingError) and sentence in str(told.exception)


def test_only_the_scenario_as_it_is_is_kept() -> None:
    told = CliRunner().invoke(app, ["lab", "run", "smoke", "--days", "0.1", "--keep"])
    assert isinstance(told.exception, SettingError)


def test_the_page_of_a_run_is_drawn_from_its_json(alone: Outcome, tmp_path: Path) -> None:
    made = tmp_path / "run.json"
    write(alone, made)
    told = CliRunner().invoke(app, ["lab", "page", str(made), str(tmp_path), "--most-false", "3"])
    assert told.exit_code == 0
    assert "<svg" in (tmp_path / "index.html").read_text()
