"""What staff may do to an alert, one function a command; what does not fit is refused."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from schemas.alert import AlertChange, ChangeKind
from schemas.command import Command
from services.domain.alert_book import Alert, Book, Cause, tell, without

Answer = tuple[ChangeKind, Alert] | str
"""The change and the alert after it, or why the command does not fit."""


def obey(book: Book, command: Command, asset_class: str) -> tuple[Book, AlertChange]:
    """Exactly one change: what the command asks for, or `refused` with the reason as its note."""
    cause = cause_of(command)
    alert = find(book, command)
    action = _ACTIONS.get(command.kind)
    if alert is None or action is None:
        return book, refuse(book, command, asset_class, "no such alert is open")
    answer = action(alert, command)
    if isinstance(answer, str):
        return book, refuse(book, command, asset_class, answer)
    kind, new = answer
    after = without(book, new.rule) if new.handling == "done" else {**book, new.rule: new}
    return after, tell(kind, new, cause, command.note)


def find(book: Book, command: Command) -> Alert | None:
    """The open alert that the command names by `alert` or `proposal`."""
    name = command.alert or command.proposal
    return next((alert for alert in book.values() if alert.alert == name), None)


def cause_of(command: Command) -> Cause:
    """A command is recorded when it was given."""
    return Cause(command.id, command.time, command.time, command.actor)


def refuse(book: Book, command: Command, asset_class: str, reason: str) -> AlertChange:
    """A `refused` change; of an alert that is not open, all but its id is a placeholder."""
    alert = find(book, command) or _unknown(command, asset_class)
    return tell("refused", alert, cause_of(command), reason)


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
        summary=f"{command.kind} was refused: no such alert is open",
    )


def _acknowledge(alert: Alert, command: Command) -> Answer:
    if alert.condition == "cleared":
        return "acknowledged", replace(alert, handling="done")
    if alert.handling != "new":
        return f"the alert is already {alert.handling}"
    return "acknowledged", replace(alert, handling="acknowledged")


def _assign(alert: Alert, command: Command) -> Answer:
    if not command.assignee:
        return "assign needs an assignee"
    return "assigned", replace(alert, assignee=command.assignee, handling="in_progress")


def _comment(alert: Alert, command: Command) -> Answer:
    return ("commented", alert) if command.note else "comment needs a note"


def _silence(alert: Alert, command: Command) -> Answer:
    if command.until is None or command.until <= command.time:
        return "silence needs an end in the future"
    return "silenced", replace(alert, silenced_until=command.until)


def _resolve(alert: Alert, command: Command) -> Answer:
    if command.verdict is None:
        return "resolve needs a verdict: true, false_alarm, expected or data_fault"
    return "resolved", replace(alert, handling="done", verdict=command.verdict)


_ACTIONS: Mapping[str, Callable[[Alert, Command], Answer]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "comment": _comment,
    "silence": _silence,
    "resolve": _resolve,
}
