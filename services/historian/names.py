"""The name of an asset: what the newest fact that is still believed declares."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from schemas import Fact
from services.database.times import BoundedLoader
from services.domain.lifecycle_corrections import believed, readable
from services.historian.statements import statement


def may_rename(fact: Fact) -> bool:
    """Whether the name may be another one after this fact: declared, corrected or taken back."""
    return fact.name is not None or fact.supersedes is not None


def refresh_names(connection: psycopg.Connection[Any], assets: Collection[str]) -> None:
    """Writes the names of `assets` as their stored facts declare them; none is none."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.adapters.register_loader("timestamptz", BoundedLoader)
        found = cursor.execute(statement("load_facts"), {"names": sorted(assets)}).fetchall()
    facts = readable(found)
    names = {asset: declared_name(told) for asset, told in groupby(facts, lambda fact: fact.asset)}
    parameters = {"assets": list(names), "names": list(names.values())}
    connection.execute(statement("refresh_names"), parameters)


def declared_name(facts: Iterable[Fact]) -> str | None:
    """The newest name among the facts that stand."""
    standing, _ = believed(list(facts))
    named = [fact for fact in standing if fact.name is not None]
    newest = max(named, key=lambda f: (f.valid_from, f.recorded_at, f.id), default=None)
    return None if newest is None else newest.name
