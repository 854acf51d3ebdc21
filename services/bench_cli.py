"""`leasewatch bench`: how fast the parts are on this machine, as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures here.")]


@app.command()
def monitor(
    readings: Annotated[int, typer.Option(min=1_000, help="How many readings.")] = 200_000,
    assets: Annotated[int, typer.Option(min=4, help="How many assets.")] = 10_000,
    json_file: JsonFile = None,
) -> None:
    """Measure each part of the monitor against the others, with a Kafka of its own."""
    from services.monitor.bench import bench

    _report(bench(readings, assets), json_file)


@app.command()
def simulate(
    readings: Annotated[int, typer.Option(min=1_000, help="At least so many readings.")] = 300_000,
    assets: Annotated[int | None, typer.Option(min=4, help="Instead of the scenario's.")] = None,
    scenario: Annotated[str, typer.Option(help="A scenario's name, or a file.")] = "standard",
    json_file: JsonFile = None,
) -> None:
    """Measure one process that simulates: alone, into a file, into a Kafka of its own."""
    from services.ingest.bench import bench

    _report(bench(scenario, assets, readings), json_file)


def _report(figures: Mapping[str, float | str], json_file: Path | None) -> None:
    text = json.dumps(figures, indent=2)
    if json_file is not None:
        json_file.write_text(text + "\n")
    typer.echo(text)
