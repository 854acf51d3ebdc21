"""What signals and facts lead to when what was agreed is broken, or is kept again.

Alerts fire with a signal, by the asset's own clock; a fact that is told may end them at once.  A
life that is told as a whole therefore raises nothing of what was over long ago.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec.structs import replace

from schemas import ASSET_CLASSES
from schemas.alert import AlertChange
from schemas.fact import Fact
from schemas.signal import Signal
from services.domain import alert_book
from services.domain.alert_book import Alert, Cause, Sight
from services.domain.alert_rules import TERMS_RULES
from services.domain.alert_text import Words
from services.domain.lifecycle_chart import ENDED, INERT
from services.domain.lifecycle_corrections import believed
from services.domain.lifecycle_state import AssetLife
from services.domain.terms import cover, lease, use
from services.domain.terms.finding import Finding, Found
from services.domain.terms.state import Terms

_CONCERNED = frozenset({"insured", "utilisation_declared"})
_READ = _CONCERNED | lease.TERMS | {lease.RENT}


def concerns(fact: Fact) -> bool:
    """Whether a fact may say anything of terms; what a ship tells every six minutes does not."""
    return fact.kind not in INERT or fact.kind in _CONCERNED or fact.supersedes is not None


def is_broken(life: AssetLife) -> bool:
    """Whether an alert says so."""
    return any(_standing(life))


def _standing(life: AssetLife) -> Iterable[str]:
    for name, alert in life.alerts.items():
        if name.partition(":")[0] in TERMS_RULES and alert.condition == "firing":
            yield name


def take_signal(life: AssetLife, signal: Signal) -> tuple[AssetLife, list[AlertChange]]:
    """The counter is noted where it has grown; what is due is looked at; cheap if nothing is."""
    minute = signal.kind == "minute_summary"
    counter = life.counter(signal.evidence) if minute else None
    clock = max(signal.ingest_time, life.terms.looked_at or signal.ingest_time)
    if not life.terms.wakes(clock, counter):
        return life, []
    heard = life if counter is None else _noted(life, signal.time, counter)
    if _is_settled(life.terms, heard.terms, clock):
        return heard, []
    life = heard
    found = _look(life, clock)
    cause = Cause(f"{signal.id}/terms", signal.time, signal.ingest_time, "contract")
    book, changes = life.alerts, []
    for finding in found.findings:
        if finding.holds and finding.alert not in set(_standing(life)):
            opened = cause._replace(time=finding.since)
            holder = life.holder(life.regions)
            book, change = alert_book.fire(book, finding.alert, _sight(finding), opened, holder)
            changes.append(change)
    life, ended = _end(replace(life, alerts=book), found, cause)
    return _looked(life, found, clock), [*changes, *ended]


def take_fact(life: AssetLife, fact: Fact, id: str) -> tuple[AssetLife, list[AlertChange]]:
    """Ends the alerts that do not hold any more by what is known after the fact, called `id`."""
    if life.terms.looked_at is None or life.terms.read:
        return life, []
    clock = max(life.terms.looked_at, fact.recorded_at)
    cause = Cause(id, min(fact.valid_from, fact.recorded_at), fact.recorded_at, "contract")
    return _end(life, _look(life, clock), cause)


def _noted(life: AssetLife, time: datetime, counter: float) -> AssetLife:
    if life.usage is None:
        return life
    trail = life.terms.trail.noted(time, counter, life.usage)
    if trail is life.terms.trail:
        return life
    return replace(life, terms=life.terms.noting(trail, life.usage))


def _is_settled(before: Terms, after: Terms, clock: datetime) -> bool:
    """Whether a signal that wakes a life changes nothing of what is found."""
    unheard = before.read and not before.is_due(clock) and before.trail.points == after.trail.points
    return unheard or after.is_settled(clock)


def _look(life: AssetLife, now: datetime) -> Found:
    """Everything that is found by the facts and the counter's trail, as one.

    A fact that is valid later than `now` makes it be looked at again then.
    """
    told, trail = life.read_facts_of(_READ), life.terms.trail
    facts = life.without_quarantined(believed(told)[0])
    agreed, kind = lease.agreed(facts, life.regions, now), ASSET_CLASSES.get(life.asset_class)
    ahead = min((f.valid_from for f in facts if concerns(f) and f.valid_from > now), default=None)
    unsaid = {fact.id for fact in told} - {fact.id for fact in facts}
    found = [Found(due=ahead), lease.look(life.regions, now)]
    found.append(cover.look(facts if life.regions.title not in ENDED else (), now))
    if kind is not None:
        found.append(use.look_at_cap(agreed, trail, kind, now))
        found.append(use.look_at_declared(facts, agreed, trail, kind, now))
    return Found(
        tuple(finding for each in found for finding in each.findings),
        min((each.due for each in found if each.due is not None), default=None),
        min((each.limit for each in found if each.limit is not None), default=None),
        any(each.awaits for each in found),
        frozenset(unsaid),
    )


def _looked(life: AssetLife, found: Found, clock: datetime) -> AssetLife:
    terms = replace(
        life.terms, read=True, looked_at=clock, due=found.due, limit=found.limit,
        awaits=found.awaits,
    )  # fmt: skip
    return replace(life, terms=terms.noting_by(life.usage) if life.usage else terms)


def _end(life: AssetLife, found: Found, cause: Cause) -> tuple[AssetLife, list[AlertChange]]:
    """What is found not to hold ends; what is not found stays as long as its fact may be believed.

    A fact that is not kept any more takes an alert with it that staff have resolved.
    """
    holds = {finding.alert: finding.holds for finding in found.findings}
    book, changes = life.alerts, []
    for name in list(_standing(life)):
        found_to_hold = holds.get(name)
        if found_to_hold is None:
            over = _has_lost_its_fact(life, life.alerts[name], found.unsaid)
        else:
            over = not found_to_hold
        if over:
            book, ended = alert_book.end(book, name, cause)
            changes += ended
    return (replace(life, alerts=book) if changes else life), changes


def _has_lost_its_fact(life: AssetLife, alert: Alert, unsaid: Collection[str]) -> bool:
    fact = str(alert.evidence.get("fact", ""))
    return fact in unsaid or (fact != "" and alert.done and not life.keeps(fact))


def _sight(finding: Finding) -> Sight:
    rule = TERMS_RULES[finding.rule]
    return Sight(rule.summary.format_map(Words(finding.words)), rule.severity,
                 dict(finding.evidence))  # fmt: skip
