"""Which facts are believed once corrections and retractions are taken into account.

A fact that names another in `supersedes` takes its place, and the place of what that one itself
replaced.  A retraction makes a fact unsaid: whatever it had replaced stands again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from schemas.fact import Fact
from schemas.messages import clamp

Refused = tuple[Fact, str]


def readable(rows: Iterable[Mapping[str, Any]]) -> list[Fact]:
    """Rows of facts as models, times at the bounds that they are beyond.

    What an older version stored and no model takes any more is left out.
    """
    facts = []
    for row in rows:
        bounded = {k: clamp(v) if isinstance(v, datetime) else v for k, v in row.items()}
        try:
            facts.append(Fact.model_validate(bounded))
        except ValidationError:
            continue
    return facts


def believed(facts: Collection[Fact]) -> tuple[list[Fact], list[Refused]]:
    """The facts that count, and those that cannot be made sense of, each with the reason.

    Depends on the set of facts alone: a correction may come before what it corrects.
    """
    by_id, refused = _one_per_id(facts)
    waiting, correctors = _correction_graph(by_id)
    ready = sorted(id for id in by_id if not waiting[id])
    fate: dict[str, str] = {}
    while ready:
        fact = by_id[ready.pop()]
        fate[fact.id] = _fate(fact, correctors[fact.id], by_id, fate)
        if fact.supersedes in by_id:
            waiting[fact.supersedes] -= 1
            if not waiting[fact.supersedes]:
                ready.append(fact.supersedes)
    refused += [(by_id[id], "the corrections name each other in a circle")
                for id in sorted(by_id.keys() - fate.keys())]  # fmt: skip
    refused += [(f, f"retracts {f.supersedes}, which is not known")
                for f in _alive(by_id, fate) if _aimless(f, by_id)]  # fmt: skip
    return [f for f in _alive(by_id, fate) if f.kind != "retracted"], refused


def _alive(by_id: dict[str, Fact], fate: dict[str, str]) -> list[Fact]:
    return [by_id[id] for id in sorted(fate) if fate[id] == "stands"]


def _aimless(fact: Fact, by_id: dict[str, Fact]) -> bool:
    return fact.kind == "retracted" and fact.supersedes not in by_id


def _fate(fact: Fact, correctors: list[str], by_id: dict[str, Fact], fate: dict[str, str]) -> str:
    """`unsaid` by a retraction, `replaced` by a correction, or `stands`."""
    said = [by_id[id] for id in correctors if fate[id] != "unsaid"]
    if any(corrector.kind == "retracted" for corrector in said):
        return "unsaid"
    return "replaced" if said else "stands"


def _correction_graph(by_id: dict[str, Fact]) -> tuple[dict[str, int], dict[str, list[str]]]:
    waiting: dict[str, int] = defaultdict(int)
    correctors: dict[str, list[str]] = defaultdict(list)
    for fact in by_id.values():
        if fact.supersedes in by_id:
            waiting[fact.supersedes] += 1
            correctors[fact.supersedes].append(fact.id)
    return waiting, correctors


def _one_per_id(facts: Collection[Fact]) -> tuple[dict[str, Fact], list[Refused]]:
    """An id told twice with different content: the later recorded counts, the other is refused."""
    by_id = {fact.id: fact for fact in facts}
    refused: list[Refused] = []
    if len(by_id) == len(facts):  # nearly always; to write them all out for the order costs most
        return by_id, refused
    by_id = {}
    for fact in sorted(facts, key=lambda f: (f.recorded_at, f.to_json()), reverse=True):
        if fact.id not in by_id:
            by_id[fact.id] = fact
        elif fact != by_id[fact.id]:
            refused.append((fact, f"id {fact.id} was used again for another fact"))
    return by_id, refused
