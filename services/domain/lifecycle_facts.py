"""A fact comes in: the history is folded anew, and what changed in it is told."""

from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import msgspec
from msgspec.structs import replace

from schemas.alert import AlertChange
from schemas.fact import Fact
from schemas.transition import Transition
from services.domain import alert_book, lifecycle_standing
from services.domain.alert_book import Cause, Sight
from services.domain.alert_rules import (
    PROPOSAL_RULES,
    QUARANTINED_FACT,
    QUARANTINED_SEVERITY,
)
from services.domain.lifecycle_fold import History, compare, fold
from services.domain.lifecycle_state import AssetLife

Outcome = tuple[AssetLife, list[Transition], list[AlertChange]]


def take_fact(life: AssetLife, fact: Fact, actor: str = "contract") -> Outcome:
    """The step on a fact; the same fact told again changes nothing.

    Nothing is updated in place: entries of the history that are no longer true are taken back by
    `withdrawn` transitions, and what is now true is told as new ones, all caused by this fact.
    """
    facts = life.read_facts()
    if fact in facts:
        return life, [], []
    cause = Cause(_cause_id(fact, facts), fact.valid_from, fact.recorded_at, actor)
    history = fold([*facts, fact])
    told = life.read_told()
    gone, come = compare(told, history.entries)
    transitions = _tell(gone, come, cause)
    life = _grown(life, fact, history, told, gone, transitions[len(gone) :])
    life, quarantine = _judge_quarantine(life, history, come, cause)
    life, standing = lifecycle_standing.judge(life, history.regions, cause)
    life, proposals = _drop_proposals(life, cause)
    return life, transitions, [*quarantine, *standing, *proposals]


def _cause_id(fact: Fact, facts: Sequence[Fact]) -> str:
    """The fact's id, told apart by a checksum when another fact came under the same id before."""
    if all(other.id != fact.id for other in facts):
        return fact.id
    return f"{fact.id}~{crc32(fact.to_json()):08x}"


def _tell(gone: Sequence[Transition], come: Sequence[Transition], cause: Cause) -> list[Transition]:
    """The withdrawals, then the new entries, each with its own id: `<cause>/<region>[/<n>]`."""
    count: Counter[str] = Counter()
    out: list[Transition] = []
    for entry in [*gone, *come]:
        count[entry.region] += 1
        number = f"/{count[entry.region]}" if count[entry.region] > 1 else ""
        update: dict[str, object] = {
            "id": f"{cause.id}/{entry.region}{number}",
            "cause": cause.id,
            "recorded_at": cause.recorded_at,
        }
        if len(out) < len(gone):
            reason = f"no longer true by {cause.id}"
            update |= {"standing": "withdrawn", "supersedes": entry.id, "reason": reason}
        out.append(entry.model_copy(update=update))
    return out


def _grown(
    life: AssetLife, fact: Fact, history: History, told: Sequence[Transition],
    gone: Sequence[Transition], come: Sequence[Transition],
) -> AssetLife:  # fmt: skip
    withdrawn = {entry.id for entry in gone}
    kept = [raw for raw, entry in zip(life.told, told, strict=True) if entry.id not in withdrawn]
    return replace(
        life,
        asset_class=fact.asset_class,
        facts=(*life.facts, msgspec.Raw(fact.to_json())),
        told=(*kept, *(msgspec.Raw(entry.to_json()) for entry in come)),
        regions=history.regions,
    )


def _judge_quarantine(
    life: AssetLife, history: History, come: Sequence[Transition], cause: Cause
) -> tuple[AssetLife, list[AlertChange]]:
    """Fires on each fact that leaves something newly quarantined, clears when nothing is."""
    reasons = [entry.reason or "" for entry in come if entry.standing == "quarantined"]
    if reasons:
        summary = "fact quarantined: " + "; ".join(reasons)
        sight = Sight(summary, QUARANTINED_SEVERITY, {})
        holder = life.holder(history.regions)
        book, change = alert_book.fire(life.alerts, QUARANTINED_FACT, sight, cause, holder)
        return replace(life, alerts=book), [change]
    if any(entry.standing == "quarantined" for entry in history.entries):
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
