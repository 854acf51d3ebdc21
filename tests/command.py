"""The console script as a user's terminal sees it, without a process of its own for each word.

To start one costs half a second of work: it is for what is said before anything is done.
"""

import sys
from typing import NamedTuple

import pytest

from services import cli


class Ended(NamedTuple):
    """What is left when the command has ended."""

    returncode: int
    stdout: str
    stderr: str


class Command:
    """Runs `leasewatch ARGUMENTS`; an error that is no sentence ends the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["leasewatch", *arguments])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = self._capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)
