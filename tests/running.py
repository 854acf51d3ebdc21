"""A service as a process of its own, as the supervisor runs it, and what it answers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from services.processes import spawn

PATIENCE_S = 240.0  # a loaded machine only slows the tests
_LOOK_S, _LOOK_SELDOM_S = 0.02, 0.25


def start_service(
    name: str, kafka: str, database: str, log_file: Path, **environment: str
) -> "subprocess.Popen[bytes]":
    """Starts `leasewatch NAME` on these servers."""
    return spawn(
        [sys.executable, "-m", "services.cli", name],
        log_file,
        environment={
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "DATABASE_URL": database,
            **environment,
        },
    )


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    """A process that hangs: from the first statement within on, none of its threads runs."""
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_until(lambda: _all_stopped(pid), f"the threads of {pid} to stop")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _all_stopped(pid: int) -> bool:
    """SIGSTOP is sent, not obeyed, when `kill` returns: a busy server still answers for a while."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    try:
        return all(thread.read_text().rpartition(") ")[2].startswith("T") for thread in threads)
    except (FileNotFoundError, ProcessLookupError):  # one has just ended
        return False


def get(address: str, **query: str | int) -> httpx.Response:
    """One answer over plain HTTP: httpx would load all certificates, 25 ms of work, each time."""
    return httpx.get(address, params=query or None, verify=False)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Asks until it holds; fails with `what` when patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    pause_s = _LOOK_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:.0f} s: {what}"
        time.sleep(pause_s)
        pause_s = min(1.5 * pause_s, _LOOK_SELDOM_S)  # what is asked has to work as well
