"""Child processes that never outlive us: the kernel ends them when their parent is gone.

PR_SET_PDEATHSIG follows the thread that started the child, so start children from the main thread.
Each gets a session of its own, so that Ctrl-C in a terminal reaches only us and the order of
stopping stays ours.
"""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)  # loaded before any fork: loading takes locks


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    orphan_signal: signal.Signals = signal.SIGKILL,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Starts a child whose output is appended to `log`; it gets `orphan_signal` when we end."""
    parent = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with(parent, orphan_signal),
        )


def stop(child: "subprocess.Popen[bytes]", patience_s: float = 10.0) -> int:
    """Asks politely, then insists; returns the exit code."""
    if child.poll() is None:
        child.terminate()
    try:
        return child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def die_with(parent: int, orphan_signal: signal.Signals) -> None:
    """Called in a child of `parent`, so that it gets `orphan_signal` when its parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, orphan_signal)
    if os.getppid() != parent:  # the parent ended before the kernel knew of us
        os._exit(1)
