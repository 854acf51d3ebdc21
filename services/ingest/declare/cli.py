"""`leasewatch declare`: figures to stdout as one JSON object, the reasons to stderr, one a line.

Exit code 0: all is declared; 1: a row cannot be taken, so nothing is; 2: there is no line.
"""

import json
import logging
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.ingest.cli import require_file
from services.ingest.declare.facts import declaration_of
from services.ingest.declare.publish import publish
from services.ingest.declare.table import Reason, read_rows
from services.ingest.runner import run_until_signalled
from services.ingest.sources import STDIN, source_name
from services.ingest.unpack import Unpacker
from services.settings import SettingError, Settings

MAX_BYTES = 256 << 20
MAX_ROWS = 250_000
_CHUNK = 1 << 20
_SHOWN_OF_A_CODE = 100
_REFUSED = 1


def declare(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CSV with a column a field of a fact (and details.NAME), or a JSON object a line; "
            "gzip and UTF-16 too; - for stdin.",
        ),
    ],
    dry: Annotated[bool, typer.Option("--dry-run", help="Check only; needs no line.")] = False,
    source: Annotated[
        str | None, typer.Option(help="Who declares it, where a row has no source.")
    ] = None,
) -> None:
    """Declare facts of assets' lives and leases: the whole file, or nothing of it.

    Times: 2024-05-01T12:30:00Z (Z or an offset); 2024-05-01 is midnight UTC.

    id left out: it is made from what the row says, so that the same row again adds nothing.

    recorded_at left out: it is the time of declaring; source left out: it is the file's name.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # one sentence is told instead
    require_file(path)
    name = "stdin" if path == STDIN else Path(path).name
    told_by = source_name("declare", path, source)
    declaration = declaration_of(read_rows(_content(path), name), told_by, datetime.now(UTC))
    if declaration.rows > MAX_ROWS:
        raise SettingError(f"{name} has {declaration.rows} rows: cut it, {MAX_ROWS} at a time.")
    if not declaration.reasons and not dry:
        servers = Settings.from_environment().bootstrap_servers
        published = run_until_signalled(publish(servers, declaration))
        if published is None:
            raise SettingError("interrupted: declare the file again, nothing is repeated.")
        declaration = published
    _tell(declaration.reasons)
    typer.echo(json.dumps({"file": name, "dry_run": dry, **declaration.figures()}))
    raise typer.Exit(_REFUSED if declaration.reasons else 0)


def _content(path: str) -> bytes:
    """The file's text in UTF-8; raises SettingError when it is too large or breaks off."""
    unpacker, found = Unpacker(), bytearray()
    with open(sys.stdin.fileno() if path == STDIN else path, "rb", closefd=path != STDIN) as stream:
        while chunk := stream.read(_CHUNK):
            for piece in unpacker.feed(chunk):
                found += piece
                if len(found) > MAX_BYTES:
                    raise SettingError(f"the file has over {MAX_BYTES >> 20} MiB of text: cut it.")
    for piece in unpacker.end():
        found += piece
    if unpacker.problem:
        raise SettingError(f"{unpacker.problem}: nothing is declared, get the whole file.")
    return bytes(found)


def _tell(reasons: Sequence[Reason]) -> None:
    """A line a reason, in the order of the file; of one code the first hundred."""
    told: Counter[str] = Counter()
    for reason in sorted(reasons, key=lambda r: r.line):
        told[reason.code] += 1
        if told[reason.code] <= _SHOWN_OF_A_CODE:
            column = f", {reason.column}" if reason.column else ""
            print(f"line {reason.line}{column}: {reason.detail}", file=sys.stderr)
    for code, count in told.items():
        if count > _SHOWN_OF_A_CODE:
            print(f"... and {count - _SHOWN_OF_A_CODE} more: {code}", file=sys.stderr)
    if reasons:
        print("nothing is declared: mend these rows and declare the file again", file=sys.stderr)
