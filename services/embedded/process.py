"""A server as a child of ours: started, asked until it answers, stopped, and never left behind.

Not even SIGKILL of this program leaves a server running: see services.processes.  What a killed
server leaves behind, a child that still runs, is ended before the next start on its folder.
"""

import hashlib
import shutil
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import ClassVar, Self

import psutil

from services.embedded.errors import EmbeddedServerError, explain
from services.embedded.folder import held
from services.embedded.ports import free_ports, is_free, require_free
from services.processes import spawn

_ROOM_MB = 512


class Server(ABC):
    """One server on one data folder; it may be started again after `stop` or `kill`.

    Without a `port` it takes the one that the folder had the last time, when that is free, else any
    free one.  Once it has run, it keeps its port.
    """

    name: ClassVar[str]
    program: ClassVar[str]  # the name of its processes
    stop_signal: ClassVar[signal.Signals]
    orphan_signal: ClassVar[signal.Signals]
    patience_s: ClassVar[float] = 180.0  # after a crash it first repairs its data

    def __init__(self, data_dir: Path, port: int | None) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port or self._last_port() or free_ports(1)[0]
        self._keeps_port = port is not None
        self._child: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """The file that takes the server's output."""
        return self.data_dir / f"{self.name.lower()}.log"

    @property
    def pid(self) -> int:
        """Process id of the running server; raises RuntimeError when it does not run."""
        if self._child is None:
            raise RuntimeError(f"{self.name} is not running: call start() first.")
        return self._child.pid

    def start(self) -> None:
        """Returns when the server answers; raises EmbeddedServerError. Main thread only."""
        if self._child is not None:
            return
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Start servers from the main thread: they end with their thread.")
        self.data_dir.mkdir(parents=True, exist_ok=True)
        require_room(self.name, self.data_dir)
        with ExitStack() as undo:
            undo.enter_context(held(self.data_dir, self.name, "server"))
            self._end_leftovers()
            self._choose_port()
            written_before = self.log.stat().st_size if self.log.exists() else 0
            self._child = spawn(
                self._prepare(),
                self.log,
                orphan_signal=self.orphan_signal,
                folder=self.data_dir,
            )
            undo.callback(self.kill)
            self._wait_until_ready(written_before)
            self._held = undo.pop_all()

    def has_ended(self) -> bool:
        """Whether it was started and has ended without being asked to."""
        return self._child is not None and self._child.poll() is not None

    def start_again(self) -> None:
        """After it `has_ended`: on the same data and port.  As `start`."""
        self.kill()
        self.start()

    def stop(self) -> None:
        """Ends the server in good order, by force when it does not follow."""
        if self._child is None:
            return
        if self.has_ended():
            self.kill()  # it may have left children
            return
        self._child.send_signal(self.stop_signal)
        try:
            self._child.wait(self.patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._child = None
        self._held.close()

    def kill(self) -> None:
        """SIGKILL to the server and all its processes at once, as a crash would."""
        if self._child is None:
            return
        family = self._family()
        self._child.kill()
        self._child.wait()
        self._end_leftovers(family)
        self._child = None
        self._held.close()

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Makes the data folder fit to start on, and returns the command."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server does what a client asks."""

    @property
    def _mark(self) -> str:
        """Stands in the command line of every process of this server, and of no other's."""
        return f"leasewatch-{hashlib.sha256(bytes(self.data_dir)).hexdigest()[:16]}"

    def _family(self) -> list[psutil.Process]:
        """The children of the running server; of one that has ended, none are known."""
        with suppress(psutil.Error):
            return psutil.Process(self.pid).children(recursive=True)
        return []

    def _end_leftovers(self, family: Iterable[psutil.Process] = ()) -> None:
        """Kills processes on our folder that outlived a killed server or a killed program.

        Nobody else can have started them, for we hold the folder.  One of the `family` that is on
        its way out has no command line any more to be known by, and is waited for all the same.
        """
        found = {*family, *(process for process in psutil.process_iter() if self._is_ours(process))}
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=self.patience_s)

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return process.name() == self.program and self._mark in " ".join(process.cmdline())
        return False

    def _last_port(self) -> int | None:
        with suppress(OSError, ValueError):
            return int((self.data_dir / "port").read_text())
        return None

    def _choose_port(self) -> None:
        if not self._keeps_port and not is_free(self.port):
            (self.port,) = free_ports(1)
        require_free(self.name, self.port)
        (self.data_dir / "port").write_text(f"{self.port}\n")
        self._keeps_port = True

    def _wait_until_ready(self, written_before: int) -> None:
        assert self._child is not None
        deadline = time.monotonic() + self.patience_s
        while not self._answers():
            if self._child.poll() is not None:
                raise self._explanation(written_before)
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"{self.name} did not answer within {self.patience_s:.0f} s: see {self.log}."
                )
            time.sleep(0.02)

    def _explanation(self, written_before: int) -> EmbeddedServerError:
        with self.log.open("rb") as log:
            log.seek(written_before)
            written = log.read().decode(errors="replace")
        return explain(
            self.name, folder=self.data_dir, port=self.port, log=self.log, written=written
        )


def require_room(name: str, folder: Path) -> None:
    """Raises EmbeddedServerError when the disk is nearly full."""
    free_mb = shutil.disk_usage(folder).free >> 20
    if free_mb < _ROOM_MB:
        raise EmbeddedServerError(
            f"{name} could not start, only {free_mb} MB are free for {folder}: "
            f"free at least {_ROOM_MB} MB or choose another folder."
        )
