"""Insurance: the newest cover that has begun has ended, and none follows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from schemas.fact import Fact
from schemas.messages import format_time
from services.domain.alert_text import date_words
from services.domain.terms.finding import Finding, Found

RULE = "insurance"
_KIND = "cover"
"""The detail that says what is covered (hull and machinery, liability), if there is more than one
policy; a cancellation is a cover of the same kind that ends at once."""


def look(facts: Iterable[Fact], now: datetime) -> Found:
    """Of several covers, the one that ended first is told; without any, nothing is."""
    kinds: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "insured":
            kinds[str(fact.details.get(_KIND, ""))].append(fact)
    if not kinds:
        return Found()
    ended, ends = [], []
    for covers in kinds.values():
        covers.sort(key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id))
        in_force = [fact for fact in covers if fact.valid_from <= now][-1:]
        ended += [f for f in in_force if f.until is not None and f.until <= now]
        ends += [f.until for f in in_force if f.until is not None and f.until > now]
    return Found((_finding(ended, now),), min(ends, default=None))


def _finding(ended: Sequence[Fact], now: datetime) -> Finding:
    first = min(ended, key=lambda fact: (fact.until or now, fact.id), default=None)
    if first is None:
        return Finding(RULE, False, now)
    since, kind = first.until or now, first.details.get(_KIND)
    words = {
        "of": f" of {kind}" if kind else "",
        "insurer": f" by {first.counterparty}" if first.counterparty else "",
        "ended": date_words(since),
    }
    evidence = {"since": format_time(since), "fact": first.id}
    return Finding(RULE, True, since, words=words, evidence=evidence)
