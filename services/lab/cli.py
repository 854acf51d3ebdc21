"""`leasewatch lab`: tables go to stdout, progress to stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.settings import SettingError

if TYPE_CHECKING:
    from simulators.scenario import Scenario

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write everything here as JSON.")]
"""The whole of what is printed, and every verdict."""
MostFalse = Annotated[
    int, typer.Option(min=0, help="So many false alarms are drawn; a page of all is large.")
]


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A public scenario's name, or a TOML file.")],
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Several, one after the other, and their spread: 1..3.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the result is the same.")] = 2,
    days: Annotated[float | None, typer.Option(min=0.01, help="End after so many days.")] = None,
    settings: Annotated[
        Path | None, typer.Option(help="TOML of other class data: ship.overspeed.limit = 24.")
    ] = None,
    json_file: JsonFile = None,
    page: Annotated[Path | None, typer.Option(help="Write a page with pictures here.")] = None,
    most_false: MostFalse = 1_000,
    keep: Annotated[bool, typer.Option("--keep", help="Keep these figures as today's.")] = False,
) -> None:
    """Simulate SCENARIO, watch it with the real monitor, compare its alerts with the truth."""
    from services.lab import figures, run, table
    from services.lab.score import score, write
    from simulators.scenario import load_scenario

    if seeds is not None:
        if keep or page is not None or seed is not None:
            raise SettingError("--seeds is for figures: leave --seed, --keep and --page out.")
        return _run_seeds(scenario, seeds, workers, days, settings, json_file)
    if keep and not (days is None and seed is None and settings is None):
        raise SettingError("--keep is for the scenario as it is: leave the other options out.")
    with _errors_told():
        chosen = _lasting(load_scenario(scenario), days)
        plan = run.Plan(chosen, chosen.seed if seed is None else seed, _overrides(settings))
        outcome = run.run(plan, workers, Progress(chosen.days))
    table.console().print(table.run_tables(outcome, score(outcome)))
    if json_file is not None:
        write(outcome, json_file)
    if keep:
        figures.keep(outcome)
    if page is not None:
        from services.lab.page.write import write_page

        print(write_page(outcome, page, workers, most_false))


def _run_seeds(
    scenario: str,
    text: str,
    workers: int,
    days: float | None,
    settings: Path | None,
    json_file: Path | None,
) -> None:
    from services.lab import run, score, seeds, table
    from simulators.scenario import load_scenario

    outcomes = []
    with _errors_told():
        chosen = _lasting(load_scenario(scenario), days)
        for seed in seeds.seeds_of(text):
            plan = run.Plan(chosen, seed, _overrides(settings))
            outcomes.append(run.run(plan, workers, Progress(chosen.days)))
            if json_file is not None:
                score.write(outcomes[-1], seeds.path_of(json_file, seed))
    found = seeds.spreads(outcomes)
    table.console().print(table.spread_table(found))
    if json_file is not None:
        seeds.write(outcomes, found, json_file)


def _lasting(scenario: "Scenario", days: float | None) -> "Scenario":
    return scenario if days is None else scenario.model_copy(update={"days": days})


@app.command()
def page(
    outcome: Annotated[Path, typer.Argument(help="What `lab run --json` wrote.")],
    directory: Annotated[Path, typer.Argument(help="Where the page is written.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes that draw.")] = 2,
    most_false: MostFalse = 1_000,
) -> None:
    """Draw the page of a run that was written as JSON: every missed fault, every false alarm."""
    from services.lab.outcome import Outcome
    from services.lab.page.write import write_page

    with _errors_told():
        print(write_page(Outcome.read(outcome), directory, workers, most_false))


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="What `lab run --json` wrote of one version.")],
    b: Annotated[Path, typer.Argument(help="The same of the other.")],
    json_file: JsonFile = None,
) -> None:
    """Tell what B does better or worse than A, and which differences are beyond chance."""
    from services.lab import table
    from services.lab.compare import compare as compare_runs
    from services.lab.outcome import Outcome

    with _errors_told():
        comparison = compare_runs(Outcome.read(a), Outcome.read(b))
    table.console().print(table.comparison_tables(comparison))
    if json_file is not None:
        json_file.write_text(comparison.model_dump_json(indent=1) + "\n")


@app.command()
def realism(
    scenario: Annotated[
        str, typer.Argument(help="A public scenario's name, or a TOML file.")
    ] = "standard",
    against: Annotated[
        Path | None, typer.Option(help="Measure these readings (JSON lines; -: stdin) instead.")
    ] = None,
    days: Annotated[float, typer.Option(min=0.01, help="Of the scenario.")] = 2.0,
    seed: Annotated[int | None, typer.Option(help="Another seed than the scenario's.")] = None,
    json_file: JsonFile = None,
    plots: Annotated[Path | None, typer.Option(help="Write a sheet of plots here (PNG).")] = None,
) -> None:
    """Hold the scenario's healthy life, or a recording, against figures of real recordings.

    A recording is what `leasewatch ingest ais FILE --dry-run --out READINGS` writes.
    """
    from services.lab import table
    from services.lab.realism import show, streams
    from services.lab.realism.table import realism as realism_of
    from simulators.scenario import load_scenario

    with _errors_told():
        if against is None:
            chosen = load_scenario(scenario).model_copy(update={"days": days})
            found = realism_of(chosen.name, streams.of_world(chosen, seed, Progress(days)))
        else:
            found = realism_of(against.name, streams.of_file(against))
    table.console().print(show.realism_table(found))
    if json_file is not None:
        json_file.write_text(found.model_dump_json(indent=1) + "\n")
    if plots is not None:
        print(show.write_plots(found, plots))


@app.command()
def plots(
    out: Annotated[Path, typer.Option(help="Write the plots here.")] = Path("plots"),
    seed: Annotated[int, typer.Option(help="The same seed gives the same plots.")] = 1,
    days: Annotated[float, typer.Option(min=3, max=30, help="Days that are looked at.")] = 14.0,
    scenario: Annotated[
        str, typer.Option(help="Whose world is drawn as it is received: a name, or a TOML file.")
    ] = "standard",
) -> None:
    """Draw the simulated world for people to judge, with the ranges that it should keep to.

    First what is received of a scenario: tracks at berth, anchorage and sea, a flight, a train's
    day, a gauge; then the physics.
    """
    from services.lab.plots.write import write_plots
    from simulators.scenario import load_scenario

    with _errors_told():
        world = load_scenario(scenario)
    write_plots(out, seed, days, world)


@contextmanager
def _errors_told() -> Iterator[None]:
    """What the person who typed the command can put right is one sentence."""
    from services.lab.outcome import OutcomeError
    from services.lab.overrides import OverrideError
    from services.lab.realism.streams import RecordingError
    from services.lab.seeds import SeedsError
    from simulators.scenario import ScenarioError

    try:
        yield
    except (OutcomeError, OverrideError, RecordingError, ScenarioError, SeedsError) as error:
        raise SettingError(str(error)) from error


def _overrides(path: Path | None) -> dict[str, object]:
    from services.lab.overrides import read_overrides

    return {} if path is None else dict(read_overrides(path))


class Progress:
    """One line on stderr that is written over; where nobody sees it, a line each half minute."""

    def __init__(self, days: float) -> None:
        self._days, self._began, self._told_at = days, time.monotonic(), -1e9
        self._seen = sys.stderr.isatty()

    def __call__(self, done: float) -> None:
        """Tells that a part of the run, from 0 to 1, is done."""
        took = time.monotonic() - self._began
        if done < 1 and took - self._told_at < (0.5 if self._seen else 30.0):
            return
        self._told_at = took
        left = f", {took / done - took:.0f} s to go" if done else ""
        line = f"lab: day {done * self._days:.1f} of {self._days:g}, {took:.0f} s{left}"
        end = "\n" if not self._seen or done >= 1 else ""
        print(f"\r{line:<70}" if self._seen else line, end=end, file=sys.stderr, flush=True)
