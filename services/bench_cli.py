"""`leasewatch bench`: how fast the parts are on this machine, as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the figures here.")]


@app.command()
def monitor(
    only: Annotated[
        str | None, typer.Option(help="Parts, for example core,shell; all when not given.")
    ] = None,
    scale: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Below 1: sooner, with less.")
    ] = 1.0,
    json_file: JsonFile = None,
) -> None:
    """Measure the monitor's parts and its peers, with a Kafka of its own."""
    from services.monitor.bench.report import PARTS, bench

    parts = list(PARTS) if only is None else [name.strip() for name in only.split(",")]
    if strange := [name for name in parts if name not in PARTS]:
        raise typer.BadParameter(
            f"There is no part {', '.join(strange)}; choose from {', '.join(PARTS)}.",
            param_hint="--only",
        )
    _report(bench(parts, scale, lambda sentence: typer.echo(sentence, err=True)), json_file)


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


def _report(figures: Mapping[str, Any], json_file: Path | None) -> None:
    text = json.dumps(figures, indent=2)
    if json_file is not None:
        json_file.write_text(text + "\n")
    typer.echo(text)
