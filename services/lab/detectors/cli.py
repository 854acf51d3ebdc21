"""`leasewatch bench detectors`: the table goes to stdout, progress to stderr."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer


def detectors(
    assets: Annotated[
        int, typer.Option(min=4, help="Assets of the simulated fleet; river's models are slow.")
    ] = 32,
    days: Annotated[
        float, typer.Option(min=0.5, help="Days of it, two fifths of them without a fault.")
    ] = 5.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same fleet.")] = 1,
    rate_assets: Annotated[
        int, typer.Option(min=1, help="Assets over which rows a second are measured.")
    ] = 10_000,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here.")
    ] = None,
) -> None:
    """Measure the detectors of rows, and three of river's beside them, on one simulated fleet."""
    from services.lab.detectors.fleet import every_life, failing_fleet
    from services.lab.detectors.rates import CHANNELS, rates
    from services.lab.detectors.recall import ALL, BUDGET, recalls
    from services.lab.detectors.show import recall_table
    from services.lab.table import console

    def say(sentence: str) -> None:
        typer.echo(sentence, err=True)

    say(f"rates: {rate_assets:,} assets of {CHANNELS} channels ...")
    speed = rates(rate_assets)
    say(f"recall: {assets} assets live for {days:g} days ...")
    fleet = failing_fleet(assets, days, seed)
    lives = list(every_life(fleet))
    faults = Counter(fault.kind for life in lives for fault in life.faults)
    faults[ALL] = faults.total()
    found = recalls(fleet, say)
    console().print(recall_table(found, faults))
    per_family = ", ".join(f"{name} {rate:,}" for name, rate in speed.items())
    typer.echo(f"rows/s over {rate_assets:,} assets of {CHANNELS} channels at once: {per_family}")
    if json_file is not None:
        figures = {
            "rows_per_s": speed["all"],
            "rows_per_s_of": speed,
            "rate_fleet": {"assets": rate_assets, "channels": CHANNELS},
            "recall_fleet": {
                "assets": assets,
                "days": days,
                "seed": seed,
                "rows": sum(len(life.hours) for life in lives),
                "healthy_rows": sum(int(life.healthy.sum()) for life in lives),
                "faults": dict(faults),
            },
            "false_alarms_per_healthy_row": BUDGET,
            "recall": {name: noticed.recall for name, noticed in found.items()},
            "recall_rows_per_s": {name: noticed.rows_per_s for name, noticed in found.items()},
        }
        json_file.write_text(json.dumps(figures, indent=2) + "\n")
