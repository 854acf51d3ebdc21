"""The simulators know the nouns and nothing of the line, so that truth cannot leak into it."""

import ast
from pathlib import Path

import pytest

import simulators

FILES = sorted(Path(simulators.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_schemas_are_imported(file: Path) -> None:
    tree = ast.parse(file.read_text())
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    assert not [name for name in names if name.split(".")[0] in ("services", "tests")]
