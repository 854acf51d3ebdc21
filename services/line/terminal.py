"""A line as somebody at a terminal runs it: it says what happens, and stops when it is asked to."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from services.announcement import announcing
from services.line.line import Line, run_line

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_USUAL_PORT = 8080
_WIDTH = 72


class Terminal:
    """Lines that stay, and on a real terminal a line of progress that the next one replaces."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.is_real = self._console.is_terminal

    def say(self, text: str) -> None:
        """A line that stays."""
        self._console.print(text.ljust(_WIDTH) if self.is_real else text)

    def progress(self, text: str) -> None:
        """Elsewhere than on a real terminal it stays as well: say it rarely."""
        self._console.print(text.ljust(_WIDTH), end="\r" if self.is_real else "\n")


class Stopped(Exception):
    """Somebody asked the line to end."""


@contextmanager
def shown_line(data_dir: Path, port: int | None, terminal: Terminal) -> Iterator[Line]:
    """As `run_line`, announced to other commands, with its incidents said on the terminal."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say ourselves who is away
    terminal.say("Starting Kafka, PostgreSQL and the services ...")
    with (
        run_line(data_dir, port=port, usual_port=_USUAL_PORT, say=terminal.say) as line,
        announcing(line.supervisor.environment, line.data_dir),
    ):
        yield line


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP raise Stopped, once: a second does not disturb the stopping."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in _STOP_SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)


if sys.platform != "linux":
    raise ImportError("a line keeps its processes by Linux means; use docker-compose.yml here.")
