"""Worker processes that a test kills, freezes and starts again."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from services.processes import spawn, stop

_ROOT = Path(__file__).parents[2]


class Worker:
    """One process, started again whenever it ends, as a supervisor would."""

    def __init__(self, command: Sequence[str], log_file: Path, **environment: str) -> None:
        self._command, self._log_file = command, log_file
        self._environment = {**os.environ, "PYTHONPATH": str(_ROOT), **environment}
        self.exit_codes: list[int] = []
        self._child = self._start()

    def kill(self) -> None:
        """kill -9, and the next life."""
        self._child.kill()
        self._child.wait()
        self.revive()

    def freeze(self) -> None:
        """SIGSTOP: from now on a zombie that does not know what it misses."""
        self._child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def revive(self) -> None:
        """Starts it again if it has ended."""
        if (code := self._child.poll()) is not None:
            self.exit_codes.append(code)
            self._child = self._start()

    def stop(self) -> int:
        self.thaw()
        return stop(self._child, patience_s=60.0)

    def _start(self) -> "subprocess.Popen[bytes]":
        return spawn(self._command, self._log_file, environment=self._environment)


async def keep_alive(workers: Sequence[Worker]) -> None:
    """Revives them until cancelled."""
    while True:
        await asyncio.sleep(0.2)
        for worker in workers:
            worker.revive()
