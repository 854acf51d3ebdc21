"""A running line announces its servers, so that other commands of the same user find them.

One file a line, locked for as long as the line runs: a file that nobody locks is a leftover.
"""

import fcntl
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)


class Announced(NamedTuple):
    """A line that runs: its folder, and its servers as environment variables."""

    data_dir: Path
    servers: dict[str, str]


@contextmanager
def announcing(servers: Mapping[str, str], data_dir: Path) -> Iterator[None]:
    """Tells of a line's servers for as long as it runs, even when this process is killed."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_safe(folder):
        logger.warning("%s belongs to somebody else: other commands will not find us.", folder)
        yield
        return
    file = folder / f"{time.time_ns():020d}-{os.getpid()}.json"
    unfinished = file.with_suffix(".new")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        fcntl.flock(output, fcntl.LOCK_EX)
        json.dump({"data_dir": str(data_dir), "servers": dict(servers)}, output)
        output.flush()
        unfinished.rename(file)
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def announced_lines() -> list[Announced]:
    """The lines of this user that run on this machine, the newest first."""
    folder = _folder()
    files = sorted(folder.glob("*.json"), reverse=True) if _is_safe(folder) else []
    return [line for file in files if (line := _announced(file))]


def announced_servers(data_dir: Path | None = None) -> dict[str, str]:
    """The servers of the newest line, or of the one on `data_dir`; {} when there is none."""
    lines = announced_lines()
    if data_dir is not None:
        lines = [line for line in lines if line.data_dir == data_dir.resolve()]
    if len(lines) > 1:
        logger.warning(
            "%d lines run here, taking the newest, on %s: choose with `leasewatch --data FOLDER "
            "COMMAND`.", len(lines), lines[0].data_dir,
        )  # fmt: skip
    return lines[0].servers if lines else {}


def _announced(file: Path) -> Announced | None:
    try:
        with file.open() as opened:
            if _is_leftover(opened.fileno()):
                file.unlink(missing_ok=True)
                return None
            told: Any = json.load(opened)
        return Announced(Path(told["data_dir"]), dict(told["servers"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_leftover(descriptor: int) -> bool:
    """Whether nobody holds the lock: it ends with the process that took it."""
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True
    return False


def _folder() -> Path:
    folder = os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir())
    return Path(folder) / f"leasewatch-{os.getuid()}"


def _is_safe(folder: Path) -> bool:
    """Only what we alone can write is believed: the temporary folder is everybody's."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and status.st_uid == os.getuid() and not status.st_mode & 0o022
