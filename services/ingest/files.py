"""Files and stdin: AIS sentences or Readings as JSON, published exactly once, or only decoded.

A file's source is its name and the start of its content's SHA-256, so that the same content goes on
where an earlier run was stopped, and adds nothing when all of it is in already.
"""

import asyncio
import gzip
import hashlib
import logging
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TextIO

from schemas import Message, Reading
from services.ingest.intake import AisIntake, Intake, ReadingIntake
from services.ingest.lines import Line, LineSplitter
from services.ingest.names import checked, of_file
from services.ingest.publisher import Publisher, open_publisher
from services.ingest.runner import run_until_signalled

logger = logging.getLogger(__name__)

STDIN = "-"
_CHUNK = 64 << 10
_DIGEST_CHARACTERS = 8


def run_ais(bootstrap_servers: str, path: str, name: str | None = None) -> dict[str, Any]:
    """Publishes a file of sentences ('-': stdin); returns what this run took in."""
    return _run(bootstrap_servers, path, _source("ais", path, name), AisIntake)


def run_readings(bootstrap_servers: str, path: str, name: str | None = None) -> dict[str, Any]:
    """Publishes a file of Readings as newline-delimited JSON ('-': stdin)."""
    return _run(bootstrap_servers, path, _source("readings", path, name), ReadingIntake)


def dry_run_ais(path: str | Path, out: TextIO | None, name: str | None = None) -> dict[str, Any]:
    """Decodes without publishing: Readings to `out` as JSON lines, the figures returned.

    lat and lon are written as null where a report had no position.
    """
    source = _source("ais", str(path), name)
    intake = AisIntake(source)
    with _open(str(path)) as stream:
        splitter = LineSplitter(intake.limit)
        for chunk in iter(lambda: stream.read1(_CHUNK), b""):  # type: ignore[attr-defined]
            _write(_take(intake, splitter.feed(chunk)), out)
        _write(_take(intake, splitter.end()) + intake.end(datetime.now(UTC)), out)
    return intake.figures()


def _run(
    bootstrap_servers: str, path: str, name: str, intake_of: Callable[[str], Intake]
) -> dict[str, Any]:
    source = f"{name}:{_mark(path)}"
    intake = intake_of(source)
    run_until_signalled(_publish(bootstrap_servers, path, source, intake))
    return {"source": source, **intake.figures()}


async def _publish(bootstrap_servers: str, path: str, source: str, intake: Intake) -> None:
    async with open_publisher(bootstrap_servers, source) as publisher:
        position = int(publisher.progress.get("position", 0))
        if publisher.progress.get("done"):
            logger.info("%s is already ingested: nothing to do", source)
            return
        if position:
            logger.info("%s goes on after line %d", source, position)
        last = await _publish_lines(publisher, path, intake, position)
        now = datetime.now(UTC)
        await publisher.publish(
            intake.end(now), clock=now, progress={"position": last, "done": True}
        )


async def _publish_lines(publisher: Publisher, path: str, intake: Intake, position: int) -> int:
    splitter, last = LineSplitter(intake.limit), 0
    async for lines in _batches(path, splitter):
        # The decoder needs the lines that an earlier run published; their messages it need not.
        _take(intake, [line for line in lines if line.number <= position])
        if last < position:
            intake.start_counting()
        now = datetime.now(UTC)
        messages = _take(intake, [line for line in lines if line.number > position])
        last = lines[-1].number
        if last > position:
            await publisher.publish(messages, clock=now, progress={"position": last})
    return last


async def _batches(path: str, splitter: LineSplitter) -> AsyncIterator[list[Line]]:
    async for chunk in _chunks(path):
        if lines := splitter.feed(chunk):
            yield lines
    if lines := splitter.end():
        yield lines


async def _chunks(path: str) -> AsyncIterator[bytes]:
    if path == STDIN and not stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode):
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        while chunk := await reader.read(_CHUNK):
            yield chunk
        return
    with _open(path) as stream:
        while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
            yield chunk


@contextmanager
def _open(path: str) -> Iterator[IO[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
    elif path.endswith(".gz"):
        with gzip.open(path, "rb") as packed:
            yield packed  # type: ignore[misc]
    else:
        with open(path, "rb") as plain:
            yield plain


def _take(intake: Intake, lines: list[Line]) -> list[Message]:
    now = datetime.now(UTC)
    return [message for line in lines for message in intake.take(line, now)]


def _write(messages: list[Message], out: TextIO | None) -> None:
    if out is None:
        return
    for message in messages:
        if isinstance(message, Reading):
            out.write(message.model_dump_json() + "\n")


def _source(kind: str, path: str, name: str | None) -> str:
    """The feed's name; raises SettingError when it is none."""
    return checked(name) if name else of_file(kind, "stdin" if path == STDIN else path)


def _mark(path: str) -> str:
    if path == STDIN:  # cannot be read twice: each run is a source of its own
        return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGEST_CHARACTERS]
