"""The console script `leasewatch`: one subcommand a service, and the tools around them.

Imports happen inside the commands, so that each process loads only what it runs.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from aiokafka.errors import KafkaError

from services.announcement import announced_servers
from services.bench_cli import app as bench_app
from services.embedded.errors import EmbeddedServerError
from services.ingest.cli import app as ingest_app
from services.ingest.declare.cli import declare
from services.ingest.simulate_cli import simulate
from services.lab.cli import app as lab_app
from services.lab.detectors.cli import detectors
from services.logs import log_to_stderr
from services.scoring.cli import score
from services.settings import SettingError, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(ingest_app, name="ingest", help="Take readings in from a file, a port or stdin.")
app.add_typer(lab_app, name="lab", help="Judge the monitor by simulated fleets.")
app.add_typer(bench_app, name="bench", help="Measure how fast the parts are on this machine.")
bench_app.command()(detectors)
app.command()(simulate)
app.command()(declare)
app.command()(score)

Assets = Annotated[int, typer.Option(min=4, help="How many assets the fleet has.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same fleet and the same events.")]
Speed = Annotated[float, typer.Option(min=0.1, help="Simulated seconds in a second.")]
Seconds = Annotated[
    float | None, typer.Option(min=1, help="End by itself after so many seconds of wall time.")
]
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Port of the page."),
]


@app.callback()
def choose_line(
    data: Annotated[
        Path | None,
        typer.Option(help="Take the line that runs on this folder."),
    ] = None,
) -> None:
    """Leasewatch watches leased ships, aircraft and trains: their telemetry and their contracts."""
    if data is None:
        return
    servers = announced_servers(data)
    if not servers:
        raise SettingError(f"no line runs on {data}: start it with `leasewatch up --data {data}`.")
    os.environ.update(servers)


@app.command()
def up(
    data: Annotated[Path, typer.Option(help="Folder of the servers' data and logs.")],
    port: Port = None,
) -> None:
    """Run the whole line on this machine for a fleet of your own, and show its page."""
    from services.line.up import run_up

    raise typer.Exit(run_up(data, port))


@app.command()
def demo(
    assets: Assets = 60,
    seconds: Seconds = None,
    speed: Speed = 1.0,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here.")] = None,
    seed: Seed = 7,
    port: Port = None,
    data: Annotated[Path | None, typer.Option(help="Keep servers' data and logs here.")] = None,
) -> None:
    """Run the whole line on this machine with a simulated fleet, and show its page."""
    from services.demo.demo import DemoOptions, run_demo

    options = DemoOptions(assets, seed, speed, seconds, report, data, port)
    raise typer.Exit(run_demo(options))


@app.command()
def monitor() -> None:
    """Watch telemetry and conclude signals."""
    from services.monitor.service import run

    run(Settings.from_environment())


@app.command()
def lifecycle() -> None:
    """Keep every asset's lifecycle and the alert book."""
    from services.lifecycle.service import run

    run(Settings.from_environment())


@app.command()
def historian() -> None:
    """Write everything into the database."""
    from services.historian.service import run

    run(Settings.from_environment())


@app.command()
def api() -> None:
    """Serve the HTTP API and the page."""
    from services.api.service import run

    run(Settings.from_environment())


@app.command()
def migrate() -> None:
    """Create the topics in Kafka and the tables in the database, or bring them up to date."""
    from services.database.migrate import migrate as migrate_database
    from services.topics import create_topics

    settings = Settings.from_environment()
    created = asyncio.run(create_topics(settings.bootstrap_servers))
    migrate_database(settings.database_url)
    typer.echo(f"topics created: {', '.join(created) or 'none'}; tables are up to date")


@app.command()
def verify() -> None:
    """Count in Kafka and in the database what was lost or repeated; exit 1 if anything was."""
    import json

    from services.verify.report import verify as verify_line

    settings = Settings.from_environment()
    report = asyncio.run(verify_line(settings.bootstrap_servers, settings.database_url))
    typer.echo(json.dumps(report.as_dict(), indent=2))
    raise typer.Exit(int(bool(report.lost or report.duplicated)))


def main() -> None:
    """Entry of the console script: an expected error is one sentence on stderr and exit code 2."""
    log_to_stderr()
    try:
        app()
    except (SettingError, EmbeddedServerError) as error:
        _end(str(error))
    except (KafkaError, ConnectionError) as error:  # aiokafka's lost connection is both
        went = f"Kafka went away: {error or type(error).__name__}"
        _end(f"{went.rstrip('.')}. Run the same command again: it goes on where it stopped.")


def _end(sentence: str) -> NoReturn:
    print(f"leasewatch: {sentence}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
