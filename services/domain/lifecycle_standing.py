"""Alerts on how an asset stands: default, arrest, and contract against telemetry."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from schemas.alert import AlertChange
from services.domain import alert_book
from services.domain.alert_book import Cause, Sight
from services.domain.alert_rules import MOVING, STANDING_RULES, StandingRule
from services.domain.alert_text import standing_summary, state_words
from services.domain.lifecycle_state import AssetLife, moving_states


def judge(life: AssetLife, cause: Cause) -> tuple[AssetLife, list[AlertChange]]:
    """Fires the standing rules that newly hold, clears those that no longer do.

    Judged by the newest regions and movement whatever the cause's time: a signal that is older than
    a fact says nothing about that fact, and the order in which the two come makes no difference.
    """
    changes: list[AlertChange] = []
    for rule in STANDING_RULES:
        stood = rule.name in life.rules_holding
        holds = _holds(rule.holding if stood else rule.when, life)
        if holds and not stood:
            life, change = _begin(life, rule, cause)
            changes.append(change)
        elif stood and not holds:
            life, cleared = _end(life, rule, cause)
            changes += cleared
    return life, changes


def _holds(conditions: Mapping[str, frozenset[str]], life: AssetLife) -> bool:
    return all(_states(name, life) & states for name, states in conditions.items())


def _states(region: str, life: AssetLife) -> set[str]:
    if region == "overlay":
        return set(life.regions.overlays)
    if region != "movement":
        return {life.regions.state(region)}
    moving = life.movement in moving_states(life.asset_class)
    return {life.movement or "", MOVING if moving else ""}


def _begin(life: AssetLife, rule: StandingRule, cause: Cause) -> tuple[AssetLife, AlertChange]:
    since, lease = _since(life, rule, cause), life.regions.lease
    movement = state_words(life.asset_class, life.movement or "")
    summary = standing_summary(rule.summary, movement=movement, lease=lease, since=since)
    sight, holder = Sight(summary, rule.severity, {}), life.holder(life.regions)
    book, change = alert_book.fire(life.alerts, rule.name, sight, cause, holder)
    return replace(life, alerts=book, rules_holding=(*life.rules_holding, rule.name)), change


def _end(life: AssetLife, rule: StandingRule, cause: Cause) -> tuple[AssetLife, list[AlertChange]]:
    book, changes = alert_book.end(life.alerts, rule.name, cause)
    holding = tuple(name for name in life.rules_holding if name != rule.name)
    return replace(life, alerts=book, rules_holding=holding), changes


def _since(life: AssetLife, rule: StandingRule, cause: Cause) -> datetime:
    """When the declared side of the rule became true."""
    times = [
        entry.valid_from
        for entry in life.read_told()
        if entry.standing == "in_force" and entry.to_state in rule.holding.get(entry.region, ())
    ]
    return max(times, default=cause.time)
