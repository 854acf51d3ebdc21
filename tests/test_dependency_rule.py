"""schemas <- services.domain <- the shells.

Simulators import schemas alone.  They may be driven by the shells that publish them, and by the
lab, which alone may ask them for the truth and which nobody imports.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE_STDLIB = {
    "abc", "bisect", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib",
    "heapq", "importlib", "itertools", "json", "math", "operator", "re", "statistics", "string",
    "types", "typing", "typing_extensions", "zlib", "__future__",
}  # fmt: skip
DOMAIN_LIBRARIES = {"schemas", "services.domain", "numba", "numpy", "river", "msgspec", "pydantic"}
SCHEMA_LIBRARIES = {"schemas", "pydantic"}
IMPURE_STDLIB = {
    "asyncio", "http", "multiprocessing", "os", "random", "socket", "subprocess", "threading",
    "time", "urllib",
}  # fmt: skip
SERVER_LIBRARIES = {"aiokafka", "psycopg", "faust", "asyncpg"}
DRIVES_WORLDS = re.compile(
    r"services/(cli|ingest/(bench|simulate\w*|workers)|monitor/bench/\w+|lab/(\w+/)?\w+)\.py"
)
THE_LAB = "services/lab/"
IMPURE_CALLS = {"now", "today", "utcnow", "default_rng", "open", "print", "input"}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that the file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the import in full"
            found.add(node.module or "")
    return frozenset(found)


@cache
def calls(path: Path) -> frozenset[str]:
    """The name of every function that the file calls."""
    found = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
    return frozenset(
        function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        for function in found
    )


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def within(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", files("services/domain"), ids=named)
def test_the_domain_is_pure(path: Path) -> None:
    strange = {m for m in imports(path) if not within(m, PURE_STDLIB | DOMAIN_LIBRARIES)}
    assert not strange
    assert not IMPURE_CALLS & calls(path)


def test_one_file_knows_the_compiler() -> None:
    knows = [named(path) for path in files("services") if "numba" in imports(path)]
    assert knows == ["services/domain/compiled.py"]


@pytest.mark.parametrize("path", files("schemas"), ids=named)
def test_the_schemas_know_nobody(path: Path) -> None:
    assert not {m for m in imports(path) if within(m, {"services", "simulators"})}
    assert not {m for m in imports(path) if within(m, IMPURE_STDLIB | SERVER_LIBRARIES)}


@pytest.mark.parametrize("path", files("simulators"), ids=named)
def test_the_simulators_know_the_schemas_alone(path: Path) -> None:
    assert not {m for m in imports(path) if within(m, {"services"} | SERVER_LIBRARIES)}


@pytest.mark.parametrize("path", files("services"), ids=named)
def test_nobody_else_imports_the_simulators(path: Path) -> None:
    worlds = {module for module in imports(path) if within(module, {"simulators"})}
    assert DRIVES_WORLDS.fullmatch(named(path)) or not worlds


@pytest.mark.parametrize("path", [*files("services"), *files("simulators")], ids=named)
def test_the_truth_is_told_to_the_lab_alone(path: Path) -> None:
    in_the_lab = named(path).startswith(THE_LAB)
    assert in_the_lab or "truth" not in calls(path)
    of_services = named(path).startswith("services/")
    faults = {module for module in imports(path) if module.startswith("simulators.fault")}
    assert in_the_lab or not of_services or not faults
    assert (
        in_the_lab
        or named(path) == "services/cli.py"
        or not {module for module in imports(path) if within(module, {"services.lab"})}
    )


def test_there_is_something_to_look_at() -> None:
    assert len(files("services/domain")) > 10
    assert len(files("schemas")) > 5
    assert any("truth" in calls(path) for path in files(THE_LAB))
