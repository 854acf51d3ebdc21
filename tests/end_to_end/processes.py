"""`leasewatch up` and `leasewatch demo` as their users run them, with all that they start."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psutil

from tests.running import PATIENCE_S

LEASEWATCH = [sys.executable, "-m", "services.cli"]
T = TypeVar("T")


class Running:
    """The command, and what it has written to stderr so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", stderr: Path) -> None:
        self.process = process
        self._stderr = stderr

    @property
    def said(self) -> str:
        """All of stderr."""
        return self._stderr.read_text()

    def page(self) -> str:
        """The page's address, as soon as it is said."""
        return self.wait_for(lambda: re.search(r"http://\S+/", self.said), "the address")[0]

    def wait_for_sentence(self, sentence: str) -> None:
        """Until it is said."""
        self.wait_for(lambda: sentence in self.said, sentence)

    def wait_for(self, ask: Callable[[], T | None], what: str) -> T:
        """The first true answer; fails when the command ends or patience does."""
        deadline = time.monotonic() + PATIENCE_S
        while not (answer := ask()):
            assert self.process.poll() is None, f"it ended before {what}: {self.said}"
            assert time.monotonic() < deadline, f"in vain waited for {what}: {self.said}"
            time.sleep(0.25)  # what is asked has to work as well
        return answer

    def server(self, program: str) -> psutil.Process:
        """The embedded server that is called so now."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if child.name() == program)

    def end(self, number: int) -> int:
        """Sends the signal; returns the exit code when none of its processes is left."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        assert {"java", "postgres"} <= {process.name() for process in family}
        os.kill(self.process.pid, number)
        code = self.process.wait(PATIENCE_S)
        _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
        assert alive == []
        return code


@contextmanager
def running(
    *arguments: str, stderr: Path, stdout: Path | None = None, **environment: str
) -> Iterator[Running]:
    """Starts `leasewatch ARGUMENTS`; it is killed if the test has not ended it."""
    with stderr.open("ab") as errors, (stdout or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            [*LEASEWATCH, *arguments], stdout=output, stderr=errors, env=os.environ | environment
        )
    try:
        yield Running(process, stderr)
    finally:
        family: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        for child in family:  # one that a failed test has suspended ends by this alone
            with suppress(psutil.NoSuchProcess):
                child.kill()
