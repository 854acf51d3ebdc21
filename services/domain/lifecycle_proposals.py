"""Telemetry may only propose: a long rest in a yard asks staff whether maintenance has started.

The proposal is an alert.  `confirm` makes a fact of it, valid from the evidence's time and recorded
when it was confirmed; `refuse` closes it, and it is not proposed again during that stay.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.alert import AlertChange
from schemas.command import Command
from schemas.fact import Fact
from schemas.messages import format_time
from schemas.signal import Signal
from services.domain import alert_book
from services.domain.alert_book import Alert, Cause, Sight
from services.domain.alert_commands import cause_of, find, refuse
from services.domain.alert_rules import PROPOSAL_RULES, ProposalRule
from services.domain.alert_text import standing_summary
from services.domain.lifecycle_fold import fold
from services.domain.lifecycle_state import AssetLife, Stay, moving_states

_ZONE_KINDS = frozenset(rule.zone_kind for rule in PROPOSAL_RULES.values())


def follow(life: AssetLife, signal: Signal) -> tuple[AssetLife, list[AlertChange]]:
    """Keeps track of the stay, proposes when it has been long enough, clears when it is over."""
    stay = _stay_after(life, signal)
    if stay != life.stay:
        life = replace(life, stay=stay)
    if stay is None or stay.rests_since is None:
        return _take_back(life, signal)
    for rule in PROPOSAL_RULES.values():
        if _is_due(rule, stay, signal.time) and life.regions.employment not in rule.unless:
            return _propose(life, rule, stay, signal)
    return life, []


def _stay_after(life: AssetLife, signal: Signal) -> Stay | None:
    stay = life.stay
    moving = life.movement is None or life.movement in moving_states(life.asset_class)
    if signal.kind == "zone_entered" and signal.zone_kind in _ZONE_KINDS and signal.zone:
        name = str(signal.evidence.get("name", signal.zone))
        return Stay(signal.zone, signal.zone_kind or "", name, None if moving else signal.time)
    if stay is None or (signal.kind == "zone_left" and signal.zone == stay.zone):
        return None
    if signal.kind != "movement_changed":
        return stay
    if moving:
        return replace(stay, rests_since=None, proposed=False)
    return replace(stay, rests_since=stay.rests_since or signal.time)


def _is_due(rule: ProposalRule, stay: Stay, time: datetime) -> bool:
    if stay.proposed or stay.rests_since is None or stay.kind != rule.zone_kind:
        return False
    return time - stay.rests_since >= timedelta(seconds=rule.rest_s)


def _propose(
    life: AssetLife, rule: ProposalRule, stay: Stay, signal: Signal
) -> tuple[AssetLife, list[AlertChange]]:
    since = stay.rests_since or signal.time
    summary = standing_summary(rule.summary, place=stay.name, since=since)
    evidence: dict[str, float | str] = {
        "since": format_time(since), "zone": stay.zone, "place": stay.name, "fact": rule.fact,
    }  # fmt: skip
    sight = Sight(summary, rule.severity, evidence, signal.lat, signal.lon)
    holder = life.holder(life.regions_at(signal.time))
    book, change = alert_book.fire(life.alerts, rule.name, sight, _cause(signal), holder)
    return replace(life, alerts=book, stay=replace(stay, proposed=True)), [change]


def _take_back(life: AssetLife, signal: Signal) -> tuple[AssetLife, list[AlertChange]]:
    changes: list[AlertChange] = []
    for name in PROPOSAL_RULES.keys() & life.alerts.keys():
        book, cleared = alert_book.clear(life.alerts, name, _cause(signal), "the stay is over")
        life, changes = replace(life, alerts=book), changes + cleared
    return life, changes


def _cause(signal: Signal) -> Cause:
    """Not the signal itself, which fires no rule, but the region in which it proposes a change."""
    return Cause(f"{signal.id}/employment", signal.time, signal.ingest_time, "monitor")


def answer(life: AssetLife, command: Command) -> tuple[AssetLife, Fact | None, AlertChange]:
    """`confirm` or `refuse`: the alert's last change, and the fact that a confirmation makes."""
    alert = find(life.alerts, command)
    if alert is None or alert.rule not in PROPOSAL_RULES:
        return life, None, _refused(life, command, _NOT_OPEN)
    fact = _confirmed(life, alert, command) if command.kind == "confirm" else None
    reason = _objection(life, fact) if fact else None
    if reason:
        objection = f"{reason}; refuse the proposal, or correct the facts first"
        return life, None, _refused(life, command, objection)
    done = replace(alert, handling="done", verdict="true" if fact else "false_alarm")
    life = replace(life, alerts=alert_book.without(life.alerts, alert.rule))
    return life, fact, alert_book.tell("resolved", done, cause_of(command), command.note)


_NOT_OPEN = "no such proposal is open: take an id out of the list of alerts"


def _refused(life: AssetLife, command: Command, reason: str) -> AlertChange:
    return refuse(life.alerts, command, life.asset_class, reason)


def _confirmed(life: AssetLife, alert: Alert, command: Command) -> Fact:
    return Fact(
        id=command.id,
        asset=life.asset,
        asset_class=alert.asset_class,
        kind=PROPOSAL_RULES[alert.rule].fact,
        valid_from=datetime.fromisoformat(str(alert.evidence["since"])),
        recorded_at=command.time,
        source="telemetry",
        place=str(alert.evidence["place"]),
        details={"confirmed_by": command.actor, "proposal": alert.alert},
    )


def _objection(life: AssetLife, fact: Fact) -> str | None:
    entries = fold([*life.read_facts(), fact]).entries
    refused = [e.reason for e in entries if e.cause == fact.id and e.standing == "quarantined"]
    return refused[0] if refused else None
