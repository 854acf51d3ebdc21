"""Processes that share one simulated world; they end with the process that started them."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from services.ingest.simulate import collect_rarely
from services.logs import log_to_stderr
from services.processes import die_with
from services.settings import SettingError

_spawning = multiprocessing.get_context("spawn")
pipe = _spawning.Pipe


@contextmanager
def workers(
    work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]
) -> Iterator[list[BaseProcess]]:
    """Runs `work` in as many processes as there are arguments; on leaving, all are ended."""
    running: list[BaseProcess] = [
        _spawning.Process(target=_work, args=(os.getpid(), work, given)) for given in arguments
    ]
    try:
        for process in running:
            process.start()
        yield running
    finally:
        for process in running:
            if process.pid is not None:
                process.terminate()
                process.join()


def run_workers(work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> None:
    """Until all have done their work, one has failed, or this process is asked to stop.

    Raises SystemExit with the code of the one that failed.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    with workers(work, arguments) as processes:
        unfinished = list(processes)
        while unfinished:
            wait([process.sentinel for process in unfinished])
            for process in [process for process in unfinished if not process.is_alive()]:
                unfinished.remove(process)
                if process.exitcode:
                    sys.exit(process.exitcode)


def _work(parent: int, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends us
    die_with(parent, signal.SIGKILL)
    log_to_stderr()
    collect_rarely()
    try:
        work(*arguments)
    except SettingError as error:
        print(f"leasewatch: {error}", file=sys.stderr)
        sys.exit(2)
