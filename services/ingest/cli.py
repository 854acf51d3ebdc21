"""`leasewatch ingest`: the counts go to stdout as one JSON object, everything else to stderr."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from services.ingest.files import STDIN, dry_run_ais, run_ais, run_readings
from services.ingest.tcp import run_tcp
from services.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_TCP = "tcp"
Source = Annotated[str | None, typer.Option(help="Name of the source, instead of the file's.")]


@app.command()
def ais(
    path: Annotated[str, typer.Argument(help="A file (.gz too), - for stdin, tcp://HOST:PORT.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decode and count only.")] = False,
    out: Annotated[Path | None, typer.Option(help="Dry run: write readings here.")] = None,
    source: Source = None,
) -> None:
    """Take AIS sentences in (NMEA 0183: AIVDM, AIVDO, tag blocks, $PGHP times)."""
    address = urlsplit(path)
    if address.scheme == _TCP:
        if dry_run or not address.hostname or not address.port:
            raise typer.BadParameter("write tcp://HOST:PORT, and no --dry-run with it.")
        servers = Settings.from_environment().bootstrap_servers
        _report(run_tcp(servers, address.hostname, address.port, source))
        return
    _require_file(path)
    if dry_run:
        with out.open("w", encoding="utf-8") if out else nullcontext() as stream:
            _report(dry_run_ais(path, stream, source))
        return
    if out:
        raise typer.BadParameter("--out belongs to --dry-run: add it.")
    _report(run_ais(Settings.from_environment().bootstrap_servers, path, source))


@app.command()
def readings(
    path: Annotated[str, typer.Argument(help="A file (.gz too), or - for stdin.")],
    source: Source = None,
) -> None:
    """Take readings in, one JSON object a line."""
    _require_file(path)
    _report(run_readings(Settings.from_environment().bootstrap_servers, path, source))


def _require_file(path: str) -> None:
    if path != STDIN and not Path(path).is_file():
        raise typer.BadParameter(f"{path} is no file: give a file, - or tcp://HOST:PORT.")


def _report(figures: dict[str, Any]) -> None:
    typer.echo(json.dumps(figures))
