"""Which facts of one kind and source an asset's life keeps, of those that move no region.

Newer ones of another cover say nothing of this one, and a declaration says where the next period
begins: of them more than the newest are kept, as long as something hangs on them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from schemas.fact import Fact
from services.domain.terms import cover, trail

OF_TERMS = frozenset({"insured", "utilisation_declared"})

NEWEST = 8
"""As many as corrections and retractions may still be told of."""
DECLARED = trail.KEPT + timedelta(days=5)
"""The trail judges no older declarations; and where the oldest of those periods begins."""
MOST = 64
"""Of one source and cover: a life is read and written as a whole."""


def surplus(kind: str, alike: Mapping[int, msgspec.Raw]) -> set[int]:
    """The places of those that go."""
    facts = {place: Fact.model_validate_json(bytes(raw)) for place, raw in alike.items()}
    if kind == "insured":
        kinds: dict[str, dict[int, Fact]] = defaultdict(dict)
        for place, fact in facts.items():
            kinds[cover.kind_of(fact)][place] = fact
        return {place for covers in kinds.values() for place in _oldest(covers, _is_over)}
    return set(_oldest(facts, _is_past))


def _is_over(fact: Fact, newest: Fact) -> bool:
    """A cancellation is not over as long as it ends another."""
    ended = fact.until is not None and fact.until <= newest.valid_from
    return ended and not cover.cancels(fact)


def _is_past(fact: Fact, newest: Fact) -> bool:
    return fact.valid_from < newest.valid_from - DECLARED


def _oldest(facts: Mapping[int, Fact], is_done: Callable[[Fact, Fact], bool]) -> Iterable[int]:
    places = sorted(facts, key=lambda place: (facts[place].valid_from, facts[place].id, place))
    newest = facts[places[-1]]
    yield from places[:-MOST]
    yield from (p for p in places[-MOST:-NEWEST] if is_done(facts[p], newest))


def knows_first(told: Sequence[Fact], since: datetime) -> bool:
    """Whether of one source's declarations, oldest first, none since a time may have gone."""
    if len(told) < NEWEST:
        return True
    return len(told) < MOST and since >= told[-1].valid_from - DECLARED
