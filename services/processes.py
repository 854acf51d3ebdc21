"""Child processes that never outlive us: the kernel ends them when their parent is gone."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str], *, log_file: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Starts `command` in a session of its own, so that Ctrl-C reaches only us, output appended.

    Call it from the main thread: the kernel ties the child's life to the starting thread.
    """
    parent = os.getpid()
    with log_file.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),
        )


def stop_child(child: "subprocess.Popen[bytes]", patience_s: float = 10.0) -> int:
    """Asks politely, then insists; returns the exit code."""
    if child.poll() is None:
        child.terminate()
    try:
        return child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent died before the kernel knew of us
        os._exit(1)
