"""The lifecycle of one asset as one pure step: a fact, a signal or a command in; what changed out.

Facts move title, contract, employment and overlays; signals move movement and visibility and fire
alerts; commands move alerts.  With time or use, what was agreed may come to be broken (`terms`).
No message makes the step raise, and the same messages in the same order always give the same
transitions and alert changes with the same ids.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from schemas.alert import AlertChange
from schemas.command import Command
from schemas.fact import Fact
from schemas.signal import Signal
from schemas.transition import Region, Transition
from services.domain import alert_book, alert_commands, lifecycle_proposals, lifecycle_standing
from services.domain.alert_book import Cause, Sight
from services.domain.alert_commands import NONE_DONE
from services.domain.alert_rules import (
    Pattern,
    SignalRule,
    clearing_rule,
    continued_rule,
    firing_rule,
)  # fmt: skip
from services.domain.alert_text import signal_summary
from services.domain.lifecycle_facts import Outcome, cause_id, take_fact, take_time
from services.domain.lifecycle_state import AssetLife
from services.domain.terms import judge as terms

QUIET_KINDS = frozenset({"minute_summary", "reading_flagged", "silence_continues"})
"""Signals that change nothing but the time, which counts while `AssetLife.awaits_minutes`."""

_REMEMBERED_COMMANDS = 64

_VISIBILITY: Mapping[str, tuple[Pattern, Pattern]] = {
    "SILENT": (Pattern("silence_began"), Pattern("silence_ended")),
    "CONFLICTING": (
        Pattern("data_fault_began", {"flaw": frozenset({"jump"})}),
        Pattern("data_fault_ended", {"flaw": frozenset({"jump"})}),
    ),
}
"""What begins and ends each condition of visibility; the first that holds is the state."""


def step(
    life: AssetLife, message: Fact | Signal | Command, done: alert_commands.Done = NONE_DONE
) -> Outcome:
    """The asset's life after `message`, and the transitions and alert changes that it led to.

    `done` holds the alert that a command names, if it is done and still kept.
    """
    if isinstance(message, Fact):
        outcome = _take_fact(life, message)
    elif isinstance(message, Signal):
        outcome = _take_signal(life, message)
    else:
        outcome = _take_command(life, message, done)
    if not outcome.changes:
        return outcome
    left = alert_book.left(life.alerts, outcome.life.alerts, outcome.changes)
    return outcome._replace(done=left)


def _take_fact(life: AssetLife, fact: Fact) -> Outcome:
    """The fact, then what has been quiet for too long by the time when it was told."""
    own = take_fact(life, fact)
    told_again = own.life is life
    if told_again or not (own.life.may_fire_again or terms.is_broken(own.life)):
        return own
    id = cause_id(fact, life.read_facts())
    mended, kept = terms.take_fact(own.life, fact, id)
    after, again = _fire_again(mended, id, fact.recorded_at, {})
    return own._replace(life=after, changes=[*own.changes, *kept, *again])


def _take_signal(life: AssetLife, signal: Signal) -> Outcome:
    """What time has brought about first, then the signal, then what has been quiet for too long."""
    due = take_time(life, signal)
    life, broken = terms.take_signal(due.life, signal)
    own = _conclude(life, signal)
    life, again = _fire_again(own.life, signal.id, signal.ingest_time, _seen(own.life, signal))
    transitions = [*due.transitions, *own.transitions]
    return Outcome(life, transitions, [*due.changes, *broken, *own.changes, *again])


def _fire_again(
    life: AssetLife, cause_id: str, now: datetime, seen: Mapping[str, Sight]
) -> tuple[AssetLife, list[AlertChange]]:
    """Alerts that were resolved while their condition stood fire again when it stands too long."""
    if not life.may_fire_again:
        return life, []
    cause = Cause(f"{cause_id}/again", now, now, "monitor")
    book, changes = alert_book.fire_again(life.alerts, cause, life.holder(life.regions), seen)
    return (replace(life, alerts=book) if changes else life), changes


def _seen(life: AssetLife, signal: Signal) -> dict[str, Sight]:
    """What a signal shows of a condition that it says to go on."""
    rule = continued_rule(vars(signal))
    return {rule.name_for(vars(signal)): _sight(rule, signal, life.movement)} if rule else {}


def _conclude(life: AssetLife, signal: Signal) -> Outcome:
    if signal.kind in QUIET_KINDS and not life.awaits_minutes:
        return Outcome(life)
    if life.asset_class != signal.asset_class:
        life = replace(life, asset_class=signal.asset_class)
    life, transitions = _move(life, signal)
    life, changes = _alert(life, signal)
    if any(transition.region == "movement" for transition in transitions):
        cause = Cause(f"{signal.id}/movement", signal.time, signal.ingest_time, "monitor")
        life, conflicts = lifecycle_standing.judge(life, cause)
        changes += conflicts
    life, proposals = lifecycle_proposals.follow(life, signal)
    return Outcome(life, transitions, changes + proposals)


def _move(life: AssetLife, signal: Signal) -> tuple[AssetLife, list[Transition]]:
    """The two regions that telemetry alone moves."""
    if signal.kind == "movement_changed" and signal.to_state:
        before = signal.from_state or life.movement or "UNKNOWN"
        made = _transition(signal, "movement", before, signal.to_state)
        return replace(life, movement=signal.to_state), [made]
    obscured, before = _obscured(life, signal), life.visibility
    if obscured == life.obscured:
        return life, []
    life = replace(life, obscured=obscured)
    if life.visibility == before:
        return life, []
    return life, [_transition(signal, "visibility", before, life.visibility)]


def _obscured(life: AssetLife, signal: Signal) -> tuple[str, ...]:
    """The conditions that hold after `signal`, in the order of `_VISIBILITY`."""
    fields, holding = vars(signal), []
    for condition, (begins, ends) in _VISIBILITY.items():
        stays = condition in life.obscured and not ends.matches(fields)
        if stays or begins.matches(fields):
            holding.append(condition)
    return tuple(holding)


def _transition(signal: Signal, region: Region, before: str, after: str) -> Transition:
    return Transition(
        id=f"{signal.id}/{region}",
        cause=signal.id,
        asset=signal.asset,
        asset_class=signal.asset_class,
        region=region,
        from_state=before,
        to_state=after,
        valid_from=signal.time,
        recorded_at=signal.ingest_time,
        source=signal.source,
        actor=signal.detector,
        place=signal.zone,
        details=signal.evidence,
    )


def _alert(life: AssetLife, signal: Signal) -> tuple[AssetLife, list[AlertChange]]:
    """Exactly one change for a signal that fires a rule; one or none for a signal that clears."""
    cause = Cause(signal.id, signal.time, signal.ingest_time, "monitor")
    fields = vars(signal)
    fired, cleared = firing_rule(fields), clearing_rule(fields)
    if fired:
        sight = _sight(fired, signal, life.movement)
        holder = life.holder(life.regions_at(signal.time))
        book, change = alert_book.fire(life.alerts, fired.name_for(fields), sight, cause, holder)
        return replace(life, alerts=book), [change]
    if cleared:
        book, changes = alert_book.clear(life.alerts, cleared.name_for(fields), cause)
        return replace(life, alerts=book), changes
    return life, []


def _sight(rule: SignalRule, signal: Signal, movement: str | None) -> Sight:
    summary = signal_summary(rule, signal, movement)
    return Sight(summary, rule.severity, _evidence(signal), signal.lat, signal.lon)


def _evidence(signal: Signal) -> dict[str, float | str]:
    names = ("value", "threshold", "score", "channel", "flaw", "zone", "detector")
    fields = {name: getattr(signal, name) for name in names}
    return {**signal.evidence, **{k: v for k, v in fields.items() if v is not None}}


def _take_command(life: AssetLife, command: Command, done: alert_commands.Done) -> Outcome:
    """A command told again changes nothing; confirm and refuse answer proposals.

    A confirmed fact is taken at once and published: when it comes back it is known already.  A
    command for an asset of which nothing else is known is refused and makes none of it.
    """
    if command.id in life.commands:
        return Outcome(life)
    if not life.is_known:
        reason = f"no asset {life.asset} is known: take an id out of the list of assets"
        refused = alert_commands.refuse(life.alerts, command, life.asset_class, reason)
        return Outcome(life, changes=[refused])
    remembered = (*life.commands, command.id)[-_REMEMBERED_COMMANDS:]
    life = replace(life, commands=remembered)
    if command.kind not in ("confirm", "refuse"):
        book, change = alert_commands.obey(life.alerts, command, life.asset_class, done)
        return Outcome(replace(life, alerts=book), changes=[change])
    life, fact, change = lifecycle_proposals.answer(life, command)
    if fact is None:
        return Outcome(life, changes=[change])
    taken = take_fact(life, fact, actor=command.actor)
    return taken._replace(changes=[change, *taken.changes], facts=[fact])
