"""`leasewatch ingest`: the counts go to stdout as one JSON object, everything else to stderr.

Exit code 1: it was read, and the figures' `problem` says what is wrong with it as a whole.
The decoders are imported inside the commands: every other command of `leasewatch` loads this file.
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO
from urllib.parse import urlsplit

import typer

from services.ingest.sources import STDIN, source_name
from services.settings import SettingError, Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_TCP = "tcp:"
DryRun = Annotated[bool, typer.Option("--dry-run", help="Decode and count only.")]
Out = Annotated[Path | None, typer.Option(help="Dry run: write readings here.")]
Source = Annotated[str | None, typer.Option(help="Name of the source, instead of the file's.")]


@app.command()
def ais(
    path: Annotated[str, typer.Argument(help="A file (gzip too), - for stdin, tcp://HOST:PORT.")],
    dry: DryRun = False,
    out: Out = None,
    source: Source = None,
) -> None:
    """Take AIS sentences in (NMEA 0183: AIVDM, AIVDO, tag blocks, $PGHP times)."""
    if not path.lower().startswith(_TCP):
        _ingest("ais", path, dry, out, source)
        return
    from services.ingest.tcp import run_tcp

    host, port = _address(path)
    if dry or not host or not port:
        raise typer.BadParameter("write tcp://HOST:PORT, and no --dry-run with it.")
    name = source_name("ais", f"tcp:{host}:{port}", source)
    servers = Settings.from_environment().bootstrap_servers
    _report(run_tcp(servers, host, port, name))


def _address(url: str) -> tuple[str | None, int | None]:
    """Host and port; both absent when they cannot be read."""
    try:
        address = urlsplit(url)
        return address.hostname, address.port
    except ValueError:  # a port that is no number up to 65535, half a pair of brackets
        return None, None


@app.command()
def readings(
    path: Annotated[str, typer.Argument(help="A file (gzip too), or - for stdin.")],
    dry: DryRun = False,
    out: Out = None,
    source: Source = None,
) -> None:
    """Take readings in, one JSON object a line."""
    _ingest("readings", path, dry, out, source)


def _ingest(
    kind: Literal["ais", "readings"], path: str, dry: bool, out: Path | None, source: str | None
) -> None:
    from services.ingest.files import dry_run, publish_file

    require_file(path)
    if dry:
        with _opened(out) if out else nullcontext() as stream:
            _report(dry_run(kind, path, stream, source))
        return
    if out:
        raise typer.BadParameter("--out belongs to --dry-run: add it.")
    _report(publish_file(Settings.from_environment().bootstrap_servers, kind, path, source))


def require_file(path: str) -> None:
    """Raises BadParameter unless `path` is a file or stdin."""
    if path != STDIN and not Path(path).is_file():
        raise typer.BadParameter(f"{path} is no file: give a file, or - for stdin.")


def _opened(out: Path) -> TextIO:
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise SettingError(f"{out} cannot be written: {error.strerror}.") from error


def _report(figures: dict[str, Any]) -> None:
    typer.echo(json.dumps(figures))
    if problem := figures.get("problem"):
        print(f"leasewatch: {problem}.", file=sys.stderr)
        raise typer.Exit(1)
