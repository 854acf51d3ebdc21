"""Keeps a line running: starts services, restarts what ends, embedded servers too, stops all."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.embedded.process import Server
from services.embedded.revival import Revival
from services.processes import spawn, stop

logger = logging.getLogger(__name__)

_RESTART_PAUSE_S = 0.5


@dataclass(frozen=True)
class Program:
    """One `leasewatch` subcommand to keep running; a `finite` one may end by itself with 0."""

    name: str
    arguments: tuple[str, ...] = ()
    finite: bool = False

    @property
    def command(self) -> list[str]:
        """What is executed: this interpreter, this code, whatever the PATH holds."""
        return [sys.executable, "-m", "services.cli", self.name, *self.arguments]


@dataclass
class _Running:
    program: Program
    child: "subprocess.Popen[bytes]"
    restarts: int = 0
    restart_at: float | None = None
    finished: bool = False


@dataclass
class Supervisor:
    """Runs programs as children; call `watch` a few times a second, from the main thread.

    `servers` run already and are started again as well; `say` takes what people must know.
    """

    environment: Mapping[str, str]
    log_dir: Path
    servers: Sequence[Server] = ()
    say: Callable[[str], object] = logger.warning
    _running: dict[str, _Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._revival = Revival(self.servers, self.say)

    def start(self, programs: Sequence[Program]) -> None:
        """Starts each program once, in order."""
        for program in programs:
            self._running[program.name] = _Running(program, self._spawn(program))

    def watch(self) -> None:
        """Restarts what has ended, after a pause; a finite program that ended with 0 rests.

        Waits for a server that it starts again; raises EmbeddedServerError when that cannot be.
        """
        self._revival.watch()
        for running in self._running.values():
            code = running.child.poll()
            if code is None or running.finished:
                continue
            if code == 0 and running.program.finite:
                running.finished = True
            else:
                self._restart(running, code)

    def _restart(self, running: _Running, code: int) -> None:
        if running.restart_at is None:
            logger.warning("%s ended with %s, starting it again", running.program.name, code)
            running.restart_at = time.monotonic() + _RESTART_PAUSE_S
        elif time.monotonic() >= running.restart_at:
            running.restart_at = None
            running.restarts += 1
            running.child = self._spawn(running.program)

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; `watch` starts it again."""
        child = self._running[name].child
        child.kill()
        child.wait()

    def stop(self, *names: str) -> None:
        """Ends the named programs, or all of them, last started first."""
        for name in names or list(reversed(self._running)):
            running = self._running.pop(name, None)
            if running is not None:
                stop(running.child)

    def finished(self, name: str) -> bool:
        """Whether a finite program has done its work."""
        self.watch()
        return self._running[name].finished

    def restarts(self) -> dict[str, int]:
        """How often each program had to be started again."""
        return {name: running.restarts for name, running in self._running.items()}

    def log_file(self, name: str) -> Path:
        """Where the program's output goes."""
        return self.log_dir / f"{name}.log"

    def _spawn(self, program: Program) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **self.environment}
        log_file = self.log_file(program.name)
        return spawn(program.command, log_file, environment=environment)
