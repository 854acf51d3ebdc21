"""What staff may do to an alert, one function a command; what does not fit is refused.

A refusal says what to do instead.  What an action does beyond its name (an acknowledged alert that
has cleared is done, or waits for a verdict) is told in the change's note.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from msgspec.structs import replace

from schemas.alert import AlertChange, ChangeKind
from schemas.command import Command
from services.domain.alert_book import (
    AWAITS_VERDICT,
    Alert,
    Book,
    Cause,
    join_notes,
    tell,
    verdict_words,
    without,
)
from services.domain.alert_rules import policy_of

KEPT_DONE = 100
"""How many alerts that are done can still be judged, of one asset: the newest."""

Done = Mapping[str, Alert]
"""The newest alerts of an asset that are done and not in its book any more, by their ids."""

NONE_DONE: Done = MappingProxyType({})

Answer = tuple[ChangeKind, Alert, str | None] | str
"""The change, the alert after it and what there is to say of it; or why the command is refused."""

_VERDICTS = "true, false_alarm, expected or data_fault"
_JUDGE = "a verdict can still be given or corrected (judge)"


def obey(
    book: Book, command: Command, asset_class: str, done: Done = NONE_DONE
) -> tuple[Book, AlertChange]:
    """Exactly one change: what the command asks for, or `refused` with the reason as its note."""
    cause = cause_of(command)
    alert = find(book, command) or done.get(command.alert or "")
    action = _ACTIONS.get(command.kind)
    if alert is None or action is None:
        return book, refuse(book, command, asset_class, _not_there(command))
    answer = action(alert, command)
    if isinstance(answer, str):
        return book, tell("refused", alert, cause, answer)
    kind, new, effect = answer
    change = tell(kind, new, cause, join_notes(command.note, effect))
    if alert.alert in done:  # it has left the book: who keeps the done ones keeps this one anew
        return book, change
    stays = not new.done or new.fires_again_at is not None
    return {**book, new.rule: new} if stays else without(book, new.rule), change


def find(book: Book, command: Command) -> Alert | None:
    """The alert in the book that the command names by `alert` or `proposal`."""
    name = command.alert or command.proposal
    return next((alert for alert in book.values() if alert.alert == name), None)


def cause_of(command: Command) -> Cause:
    """A command is recorded when it was given."""
    return Cause(command.id, command.time, command.time, command.actor)


def refuse(book: Book, command: Command, asset_class: str, reason: str) -> AlertChange:
    """A `refused` change; of an alert that is not open, all but its id is a placeholder."""
    alert = find(book, command) or _unknown(command, asset_class)
    return tell("refused", alert, cause_of(command), reason)


def _not_there(command: Command) -> str:
    if not command.alert:
        return f"{command.kind} names no alert: take an id out of the list of alerts"
    return (
        f"no such alert is open, nor among the newest {KEPT_DONE} of this asset that are done:"
        " take an id out of the list of alerts"
    )


def _unknown(command: Command, asset_class: str) -> Alert:
    name = command.alert or command.proposal or ""
    return Alert(
        alert=name,
        asset=command.asset,
        asset_class=asset_class or "unknown",
        rule=name.rpartition("/")[2] or "unknown",
        severity="caution",
        condition="cleared",
        handling="done",
        opened_at=command.time,
        known_at=command.time,
        summary=f"{command.kind} was refused: no such alert is known",
    )


def _acknowledge(alert: Alert, command: Command) -> Answer:
    if alert.done:
        return f"the alert is done, there is nothing to acknowledge; {_JUDGE}"
    if alert.condition == "cleared":
        if not alert.lacks_verdict:
            effect = "the condition has cleared: the alert is done"
            return "acknowledged", replace(alert, handling="done"), effect
        if alert.handling == "new":
            return "acknowledged", replace(alert, handling="acknowledged"), AWAITS_VERDICT
        return f"the alert waits for a verdict only: resolve it with {_VERDICTS}"
    if alert.handling != "new":
        state = alert.handling.replace("_", " ")
        return f"the alert is {state} already: resolve it, or leave it until it has cleared"
    return "acknowledged", replace(alert, handling="acknowledged"), None


def _assign(alert: Alert, command: Command) -> Answer:
    if alert.done:
        return f"the alert is done, nobody need take it on; {_JUDGE}"
    if not command.assignee:
        return "assign needs an assignee: say who takes the alert on"
    return "assigned", replace(alert, assignee=command.assignee, handling="in_progress"), None


def _comment(alert: Alert, command: Command) -> Answer:
    if alert.done:
        return f"the alert is done; {_JUDGE}, with a note to it"
    if not command.note:
        return "comment needs a note: write what there is to say"
    return "commented", alert, None


def _silence(alert: Alert, command: Command) -> Answer:
    if alert.done:
        return f"the alert is done, there is nothing to silence; {_JUDGE}"
    if command.until is None or command.until <= command.time:
        return "silence needs an end in the future: say until when"
    effect = f"out of the queue until {command.until:%Y-%m-%d %H:%M} UTC"
    return "silenced", replace(alert, silenced_until=command.until), effect


def _resolve(alert: Alert, command: Command) -> Answer:
    if command.verdict is None:
        return f"resolve needs a verdict: {_VERDICTS}"
    if alert.done:
        return _judge(alert, command)
    resolved = replace(alert, handling="done", verdict=command.verdict)
    if alert.condition == "cleared":
        return "resolved", resolved, None
    after = policy_of(alert.rule).fires_again_after
    if after is None:
        return "resolved", resolved, _STANDS + ": it fires again when it begins anew"
    # the asset's clock may run ahead of the desk's, as a simulation's does
    at = max(command.time, alert.known_at) + after
    return "resolved", replace(resolved, fires_again_at=at), _fires_again(after, alert.rule)


_STANDS = "the condition still stands"


def _fires_again(after: timedelta, rule: str) -> str:
    hours = after / timedelta(hours=1)
    wait = f"{hours:g} h" if hours <= 48 else f"{hours / 24:g} d"
    then = f"{_STANDS}: it fires again after {wait} if it has not cleared by then"
    # nothing need report of such an asset, and only what is told of it moves its clock
    return then + (
        ", with the next signal or fact of the asset" if policy_of(rule).declared else ""
    )


def _judge(alert: Alert, command: Command) -> Answer:
    if command.verdict is None:
        return f"judge needs a verdict: {_VERDICTS}"
    if not alert.done and alert.condition == "cleared":
        return _resolve(alert, command)
    judged = replace(alert, verdict=command.verdict)
    if alert.done:
        before = alert.verdict
        effect = (
            f"the verdict was {verdict_words(before)}"
            if before
            else "the alert was done without a verdict"
        )
        return "judged", judged, effect
    if alert.handling == "new":
        judged = replace(judged, handling="acknowledged")
    return "judged", judged, f"{_STANDS}: the alert is done when it has cleared"


_ACTIONS: Mapping[str, Callable[[Alert, Command], Answer]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "comment": _comment,
    "silence": _silence,
    "resolve": _resolve,
    "judge": _judge,
}
