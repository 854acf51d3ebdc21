"""Files and stdin: AIS sentences or Readings as JSON, published exactly once, or only decoded.

The same content goes on where an earlier run was stopped, and adds nothing when all of it is in
already.  A file that breaks off gives all it has; the figures then say so under `problem`.
"""

import asyncio
import contextlib
import logging
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from schemas import Message, Reading, Rejected
from services.ingest.intake import AisIntake, Intake, ReadingIntake
from services.ingest.lines import Line, LineSplitter
from services.ingest.publisher import TICK_S, Publisher, open_publisher
from services.ingest.runner import run_until_signalled
from services.ingest.sources import STDIN, source_name, source_of_content
from services.ingest.unpack import Unpacker

logger = logging.getLogger(__name__)

Kind = Literal["ais", "readings"]
_INTAKES: Mapping[Kind, Callable[[str], Intake]] = {"ais": AisIntake, "readings": ReadingIntake}

_CHUNK = 64 << 10
_REJECTED_SHOWN = 5


def publish_file(
    bootstrap_servers: str, kind: Kind, path: str, name: str | None = None
) -> dict[str, Any]:
    """Publishes a file ('-': stdin); returns what this run took in.  Raises SettingError."""
    source = source_of_content(source_name(kind, path, name), path)
    intake = _INTAKES[kind](source)
    problem = run_until_signalled(_publish(bootstrap_servers, path, source, intake))
    return {"source": source, **_figures(intake, problem)}


def dry_run(
    kind: Kind, path: str, out: TextIO | None = None, name: str | None = None
) -> dict[str, Any]:
    """Decodes without publishing: Readings to `out` as JSON lines, the figures returned.

    What is absent in a reading is written as null.  The first that are rejected are told on stderr.
    Raises SettingError.
    """
    intake = _INTAKES[kind](source_name(kind, path, name))
    problem = asyncio.run(_decode(path, intake, out))
    return _figures(intake, problem)


async def _decode(path: str, intake: Intake, out: TextIO | None) -> str | None:
    file, rejected, last = _File(path, intake.limit), 0, 0
    async for lines in file.batches():
        messages = _take(intake, lines)
        rejected = _tell_rejected(messages, rejected)
        _write(messages, out)
        last = lines[-1].number if lines else last
    messages = intake.end(datetime.now(UTC))
    _tell_rejected(messages, rejected)
    _write(messages, out)
    return _problem(file, intake, last)


async def _publish(bootstrap_servers: str, path: str, source: str, intake: Intake) -> str | None:
    async with open_publisher(bootstrap_servers, source) as publisher:
        position = int(publisher.progress.get("position", 0))
        if publisher.progress.get("done"):
            logger.info("%s is already ingested: nothing to do", source)
            return publisher.progress.get("problem")
        if position:
            logger.info("%s goes on after line %d", source, position)
        file = _File(path, intake.limit)
        last = await _publish_lines(publisher, file, intake, position)
        now, problem = datetime.now(UTC), _problem(file, intake, last)
        progress = {"position": last, "done": True, **({"problem": problem} if problem else {})}
        await publisher.publish(intake.end(now), clock=now, progress=progress)
        return problem


async def _publish_lines(publisher: Publisher, file: "_File", intake: Intake, position: int) -> int:
    last = 0
    async for lines in file.batches():
        # The decoder needs the lines that an earlier run published; their messages it need not.
        _take(intake, [line for line in lines if line.number <= position])
        if last < position:
            intake.start_counting()
        now = datetime.now(UTC)
        messages = _take(intake, [line for line in lines if line.number > position])
        last = lines[-1].number if lines else last
        if last > position or not lines:
            reached = {"position": max(last, position)}
            await publisher.publish(messages, clock=now, progress=reached)
    return last


class _File:
    """The lines of a file, unpacked; `problem` stands once all of them were read."""

    def __init__(self, path: str, limit: int) -> None:
        self._path = path
        self._unpacker = Unpacker()
        self._splitter = LineSplitter(limit)

    @property
    def problem(self) -> str | None:
        return self._unpacker.problem

    async def batches(self) -> AsyncIterator[list[Line]]:
        """A list of lines for each piece that ends some, an empty one while a pipe is quiet;
        raises ForeignFileError.
        """
        async for chunk in _chunks(self._path):
            if not chunk:
                yield []
                continue
            for piece in self._unpacker.feed(chunk):
                if lines := self._splitter.feed(piece):
                    yield lines
        for piece in self._unpacker.end():
            if lines := self._splitter.feed(piece):
                yield lines
        if lines := self._splitter.end():
            yield lines


async def _chunks(path: str) -> AsyncIterator[bytes]:
    """Pieces of it; an empty one now and then while a pipe is quiet: the clock goes on."""
    if path == STDIN and not stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode):
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        while not reader.at_eof():
            chunk = b""
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S / 2):
                    chunk = await reader.read(_CHUNK)
            yield chunk
        return
    with open(sys.stdin.fileno() if path == STDIN else path, "rb", closefd=path != STDIN) as stream:
        while chunk := stream.read1(_CHUNK):
            yield chunk


def _take(intake: Intake, lines: list[Line]) -> list[Message]:
    now = datetime.now(UTC)
    return [message for line in lines for message in intake.take(line, now)]


def _problem(file: _File, intake: Intake, last: int) -> str | None:
    if file.problem is not None:
        return f"{file.problem}, in line {last}: all before it is taken"
    return intake.problem()


def _figures(intake: Intake, problem: str | None) -> dict[str, Any]:
    return {**intake.figures(), **({"problem": problem} if problem else {})}


def _tell_rejected(messages: list[Message], told: int) -> int:
    """Shows the first few rejections of a run; returns how many there were with these."""
    for message in messages:
        if isinstance(message, Rejected):
            told += 1
            if told <= _REJECTED_SHOWN:
                where = f"line {message.position}: {message.reason}"
                print(f"{where}: {message.detail}", file=sys.stderr)
    return told


def _write(messages: list[Message], out: TextIO | None) -> None:
    if out is None:
        return
    for message in messages:
        if isinstance(message, Reading):
            out.write(message.model_dump_json() + "\n")
