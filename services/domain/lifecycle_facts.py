"""A fact comes in: the history is folded anew, and what changed in it is told."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zlib import crc32

import msgspec
from msgspec.structs import replace

from schemas.alert import AlertChange
from schemas.fact import Fact
from schemas.signal import Signal
from schemas.transition import Transition
from services.domain import alert_book, lifecycle_standing
from services.domain.alert_book import Alert, Cause, Sight
from services.domain.alert_rules import (
    PROPOSAL_RULES,
    QUARANTINED_FACT,
    QUARANTINED_SEVERITY,
)
from services.domain.lifecycle_chart import INERT, Regions
from services.domain.lifecycle_fold import append, compare, fold
from services.domain.lifecycle_state import AssetLife
from services.domain.terms import judge

CLOCK_TOLERANCE = timedelta(minutes=5)
"""By how much the clock of who records a fact may lag behind the clock of who declares it."""


class Outcome(NamedTuple):
    """The life after a message and what it led to.

    `facts`: those that staff declared by it.  `done`: alerts that are done and in no book any more,
    as they stand now.
    """

    life: AssetLife
    transitions: Sequence[Transition] = ()
    changes: Sequence[AlertChange] = ()
    facts: Sequence[Fact] = ()
    done: Sequence[Alert] = ()


def take_fact(life: AssetLife, fact: Fact, actor: str = "contract") -> Outcome:
    """The step on a fact; the same fact told again changes nothing.

    Nothing is updated in place: entries of the history that are no longer true are taken back by
    `withdrawn` transitions, and what is now true is told as new ones, all caused by this fact.
    A fact valid later than it was recorded is kept, and told when its time has come.
    """
    told_by = fact.recorded_at + CLOCK_TOLERANCE
    until = max(life.until or told_by, told_by)
    grown = replace(life, asset_class=fact.asset_class, facts=life.facts_with(fact), until=until)
    if judge.concerns(fact):
        grown = replace(grown, terms=replace(life.terms, read=False))
    if life.is_free(fact) and not life.is_due(until):
        if fact.kind in INERT:
            return Outcome(grown)
        if life.is_last(fact) and fact.valid_from <= until:
            regions, come = append(life.regions, fact)
            return _told(grown, Rewriting(regions, [], come), _cause(fact.id, fact, until, actor))
    facts = life.read_facts()
    if fact in facts:
        return Outcome(life)
    history = fold([*facts, fact], until)
    rewriting = Rewriting(history.regions, *compare(life.read_told(), history.entries))
    return _told(grown, rewriting, _cause(cause_id(fact, facts), fact, until, actor))


def take_time(life: AssetLife, signal: Signal) -> Outcome:
    """What was declared ahead takes effect with the asset's first signal taken in at or after it.

    Its cause is `<signal>/due`, for it is not the signal's own conclusion.
    """
    now = signal.ingest_time
    if life.due is None or not life.is_due(now):
        return Outcome(life)
    history = fold(life.read_facts(), now)
    rewriting = Rewriting(history.regions, *compare(life.read_told(), history.entries))
    cause = Cause(f"{signal.id}/due", life.due, now, "contract")
    unread = replace(life.terms, read=False)
    return _told(replace(life, until=now, terms=unread), rewriting, cause)


class Rewriting(NamedTuple):
    """What a fact does to the history: entries no longer true, entries newly so."""

    regions: Regions
    gone: Sequence[Transition]
    come: Sequence[Transition]


def _told(life: AssetLife, rewriting: Rewriting, cause: Cause) -> Outcome:
    withdrawals, told = _tell(rewriting, cause)
    life = _rewritten(life, rewriting, told)
    life, quarantine = _judge_quarantine(life, rewriting, cause)
    life, standing = lifecycle_standing.judge(life, cause)
    life, proposals = _drop_proposals(life, cause)
    return Outcome(life, [*withdrawals, *told], [*quarantine, *standing, *proposals])


def _cause(id: str, fact: Fact, until: datetime, actor: str) -> Cause:
    return Cause(id, min(fact.valid_from, until), fact.recorded_at, actor)


def cause_id(fact: Fact, facts: Sequence[Fact]) -> str:
    """The fact's id, told apart by a checksum when another fact came under the same id before."""
    if all(other.id != fact.id for other in facts):
        return fact.id
    return f"{fact.id}~{crc32(fact.to_json()):08x}"


def _tell(rewriting: Rewriting, cause: Cause) -> tuple[list[Transition], list[Transition]]:
    """The withdrawals and the new entries, each with its own id: `<cause>/<region>[/<n>]`."""
    count: Counter[str] = Counter()

    def tell(entry: Transition, **fields: str) -> Transition:
        count[entry.region] += 1
        number = f"/{count[entry.region]}" if count[entry.region] > 1 else ""
        told = {"cause": cause.id, "recorded_at": cause.recorded_at}
        id = f"{cause.id}/{entry.region}{number}"
        return entry.model_copy(update={**told, **fields, "id": id})

    reason = f"no longer true by {cause.id}"
    withdrawals = [
        tell(entry, standing="withdrawn", supersedes=entry.id, reason=reason)
        for entry in rewriting.gone
    ]
    return withdrawals, [tell(entry) for entry in rewriting.come]


def _rewritten(life: AssetLife, rewriting: Rewriting, told: Sequence[Transition]) -> AssetLife:
    kept: Sequence[msgspec.Raw] = life.told
    if rewriting.gone:
        withdrawn = {entry.id for entry in rewriting.gone}
        entries = zip(life.told, life.read_told(), strict=True)
        kept = [raw for raw, entry in entries if entry.id not in withdrawn]
    return replace(
        life,
        told=(*kept, *(msgspec.Raw(entry.to_json()) for entry in told)),
        regions=rewriting.regions,
        due=life.next_due(),
    )


def _judge_quarantine(
    life: AssetLife, rewriting: Rewriting, cause: Cause
) -> tuple[AssetLife, list[AlertChange]]:
    """Fires on each fact that leaves something newly quarantined, clears when nothing is."""
    reasons = [entry.reason or "" for entry in rewriting.come if entry.standing == "quarantined"]
    if reasons:
        summary = "fact quarantined: " + "; ".join(reasons)
        sight = Sight(summary, QUARANTINED_SEVERITY, {})
        holder = life.holder(life.regions)
        book, change = alert_book.fire(life.alerts, QUARANTINED_FACT, sight, cause, holder)
        return replace(life, alerts=book), [change]
    if not rewriting.gone or any(e.standing == "quarantined" for e in life.read_told()):
        return life, []
    book, changes = alert_book.clear(life.alerts, QUARANTINED_FACT, cause)
    return replace(life, alerts=book), changes


def _drop_proposals(life: AssetLife, cause: Cause) -> tuple[AssetLife, list[AlertChange]]:
    """What has been declared need not be proposed any more."""
    changes: list[AlertChange] = []
    for rule in PROPOSAL_RULES.values():
        if life.regions.employment in rule.unless:
            note = "it has been declared"
            book, cleared = alert_book.clear(life.alerts, rule.name, cause, note, over=True)
            life, changes = replace(life, alerts=book), changes + cleared
    return life, changes
