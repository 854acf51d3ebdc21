"""`leasewatch simulate`: a simulated fleet into Kafka, or into a file."""

from typing import Annotated

import typer

from services.settings import Settings

Assets = Annotated[
    int | None, typer.Option(min=4, help="How many assets, instead of the scenario's number.")
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, help="The same seed gives the same fleet and the same events."),
]
Speed = Annotated[
    float | None,
    typer.Option(
        min=0, help="Simulated seconds in a second; 0: as fast as it can. Into Kafka 1, else 0."
    ),
]
Seconds = Annotated[float | None, typer.Option(min=1, help="End by itself after so many seconds.")]
_WHEN = "of the part that is told: +3600 (seconds), 2026-03-01T06:00:00Z."


def simulate(
    scenario: Annotated[str, typer.Option(help="A scenario's name, or a TOML file.")] = "demo",
    seed: Seed = None,
    assets: Assets = None,
    speed: Speed = None,
    seconds: Seconds = None,
    since: Annotated[str, typer.Option("--from", help=f"First second {_WHEN}")] = "0",
    until: Annotated[str | None, typer.Option("--to", help=f"End {_WHEN}")] = None,
    out: Annotated[
        str | None, typer.Option(help="Write JSON lines here (- for stdout), not into Kafka.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the feeds.")] = 1,
    past_only: Annotated[bool, typer.Option(help="Declare the fleet's past and end.")] = False,
) -> None:
    """Tell the past of a simulated fleet, once, and then its readings and facts."""
    from services.ingest import simulate_file, simulate_kafka
    from services.ingest.simulate import Simulation, collect_rarely, moment, scenario_of

    collect_rarely()
    chosen = scenario_of(scenario, assets, workers)
    pace = float(out is None) if speed is None else speed
    asked = Simulation(
        scenario=chosen,
        seed=chosen.seed if seed is None else seed,
        speed=pace,
        since=moment(since),
        until=None if until is None else moment(until),
        seconds=seconds,
        workers=workers,
        live=out is None and pace > 0,
        past_only=past_only,
    )
    if out is not None:
        simulate_file.run(asked, out)
    else:
        simulate_kafka.run(Settings.from_environment(), asked)
