"""Insurance: every cover that has begun has ended or was cancelled, and none follows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from schemas.fact import Fact
from schemas.messages import format_time
from services.domain.alert_text import date_words
from services.domain.terms.finding import Finding, Found

RULE = "insurance"
_KIND = "cover"
"""The detail that says what is covered (hull and machinery, liability), if there is more than one
policy; a cancellation is a cover of the same kind that ends at once."""
_AT_ONCE = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


def kind_of(fact: Fact) -> str:
    """What a cover covers; all that do not say so are one kind."""
    return str(fact.details.get(_KIND, ""))


def cancels(fact: Fact) -> bool:
    """Whether it ends the covers of its kind: its paper says so, or it ends as it begins."""
    paper = f"{fact.document or ''} {fact.details.get('paper', '')}".lower()
    at_once = fact.until is not None and fact.until <= fact.valid_from + _AT_ONCE
    return at_once or "cancellation" in paper


def look(facts: Iterable[Fact], now: datetime) -> Found:
    """Of several kinds, the one whose last cover ended first is told; without any, nothing is."""
    kinds: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "insured" and fact.valid_from <= now:
            kinds[kind_of(fact)].append(fact)
    ended: list[Fact] = []
    ends: list[Fact] = []
    for covers in kinds.values():
        last = max(_not_cancelled(covers), key=lambda fact: (fact.until or _NEVER, fact.id))
        if last.until is not None:
            (ended if last.until <= now else ends).append(last)
    due = min((fact.until for fact in ends if fact.until), default=None)
    return Found((_finding(ended, now),), due)


def _not_cancelled(covers: list[Fact]) -> list[Fact]:
    """The newest cancellation and what has begun after it."""
    covers.sort(key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id))
    newest = max((place for place, fact in enumerate(covers) if cancels(fact)), default=0)
    return covers[newest:]


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
