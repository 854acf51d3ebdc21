"""Compiled code is found again by the next start, and never outlives an edit of its sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.folders import CHECKOUT, keep_compiled_code

INNER = """
from services.domain.compiled import compiled

@compiled
def answer(number):
    return number + {added}
"""
OUTER = """
import numpy as np
from services.domain.compiled import entry, records
from services.domain.monitor.inner import answer

ROW = np.dtype([("number", "i8"), ("seen", "i4", (2,))])

@entry
def ask(rows):
    for n in range(len(rows)):
        row = rows[n]
        row.number = answer(row.number)
        row.seen[1] += 1
"""
RUN = """
import numpy as np
from services.domain.monitor import outer
from services.domain.compiled import PLAIN, records
rows = np.zeros(2, dtype=outer.ROW)
outer.ask(records(rows))
hits = 0 if PLAIN else sum(outer.ask.stats.cache_hits.values())
print(rows["number"].tolist(), rows["seen"].tolist(), "kept" if hits else "compiled")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources that a small kernel needs, to be edited."""
    root = tmp_path / "checkout"
    for folder in ("schemas", "services/domain"):
        shutil.copytree(CHECKOUT / folder, root / folder, ignore=shutil.ignore_patterns("*.pyc"))
    for file in ("__init__.py", "folders.py"):
        shutil.copy(CHECKOUT / "services" / file, root / "services" / file)
    monitor = root / "services" / "domain" / "monitor"
    (monitor / "__init__.py").write_text("")
    (monitor / "outer.py").write_text(OUTER)
    write_inner(root, 1)
    return root


def write_inner(root: Path, added: int) -> None:
    inner = root / "services" / "domain" / "monitor" / "inner.py"
    inner.write_text(INNER.format(added=added))
    os.utime(inner, (1e9, 1e9))  # two edits within one second, of one size


def run(root: Path, **environ: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    clean |= {"LEASEWATCH_CACHE": str(root / "cache"), "PYTHONPATH": str(root), **environ}
    return subprocess.run(
        [sys.executable, "-c", RUN], cwd=root, env=clean, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.slow
def test_an_edited_inner_function_is_never_run_stale(copy: Path) -> None:
    assert run(copy) == "[1, 1] [[0, 1], [0, 1]] compiled"
    write_inner(copy, 5)
    assert run(copy) == "[5, 5] [[0, 1], [0, 1]] compiled"
    assert run(copy) == "[5, 5] [[0, 1], [0, 1]] kept"
    assert run(copy, NUMBA_DISABLE_JIT="1") == "[5, 5] [[0, 1], [0, 1]] compiled"


@pytest.mark.slow
def test_where_nothing_can_be_written_it_is_compiled_each_time(copy: Path) -> None:
    (copy / "cache").write_text("no folder")
    assert run(copy) == "[1, 1] [[0, 1], [0, 1]] compiled"


def test_the_last_two_builds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEASEWATCH_CACHE", str(tmp_path))
    environ: dict[str, str] = {}
    keep_compiled_code(environ)
    newest = Path(environ["NUMBA_CACHE_DIR"])
    for age_s, name in enumerate(("older", "oldest", "first"), 1):
        (newest.parent / name).mkdir()
        os.utime(newest.parent / name, (age_s * -1000 + 1e9, age_s * -1000 + 1e9))
    newest.rmdir()
    keep_compiled_code(environ)
    assert {path.name for path in newest.parent.iterdir()} == {newest.name, "older"}
