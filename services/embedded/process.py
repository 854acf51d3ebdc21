"""A server as a child of ours: started, asked until it answers, stopped, and never left behind.

Not even SIGKILL of this program leaves a server running: see services.processes.
"""

import fcntl
import shutil
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Self

import psutil

from services.embedded.errors import EmbeddedServerError, explain
from services.embedded.ports import require_free
from services.processes import spawn

_ROOM_MB = 512


class Server(ABC):
    """One server on one data folder; it may be started again after `stop` or `kill`."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    orphan_signal: ClassVar[signal.Signals]
    patience_s: ClassVar[float] = 60.0

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
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
            undo.enter_context(self._own_folder())
            require_free(self.name, self.port)
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

    def stop(self) -> None:
        """Ends the server in good order, by force when it does not follow."""
        if self._child is None:
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
        family: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._child.pid).children(recursive=True)
        self._child.kill()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._child.wait()
        psutil.wait_procs(family, timeout=self.patience_s)
        self._child = None
        self._held.close()

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Makes the data folder fit to start on, and returns the command."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server does what a client asks."""

    @contextmanager
    def _own_folder(self) -> Iterator[None]:
        """Holds the folder against other starts; the kernel lets go of it when we end."""
        with (self.data_dir / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EmbeddedServerError(
                    f"{self.name} could not start, {self.data_dir} is used by another server: "
                    "stop that one first, or choose another folder."
                ) from None
            yield

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
