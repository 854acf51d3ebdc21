"""SQL lives in `.sql` files: blocks that begin with `-- name: NAME` and a sentence about them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class NamedSql(NamedTuple):
    """One block: the comment that follows its name, and the statement as psycopg takes it."""

    sentence: str
    sql: bytes


@cache
def load_sql(path: Path) -> Mapping[str, NamedSql]:
    """The blocks of a file by name; raises ValueError when a name comes twice."""
    _, *parts = _NAME.split(path.read_text())
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path.name} has two blocks of the same name: rename one of them.")
    return MappingProxyType(dict(zip(names, map(_block, bodies), strict=True)))


def _block(body: str) -> NamedSql:
    lines = body.strip().splitlines()
    comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    statement = "\n".join(line for line in lines if not line.startswith("--"))
    return NamedSql(" ".join(comments), statement.strip().rstrip(";").encode())


QUERIES = Path(__file__).parent / "queries.sql"


def query(name: str) -> bytes:
    """The statement called `name` in queries.sql."""
    return load_sql(QUERIES)[name].sql
