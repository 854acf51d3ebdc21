"""Routes about alerts: the queue, what happened to one of them, and the actions of the desk."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from schemas import Command, Name
from schemas.alert import Severity, Verdict
from schemas.command import CommandKind
from schemas.messages import AssetId
from services.api import views
from services.api.commands import Commands
from services.api.database import Database, database
from services.api.errors import documented, invalid, not_found
from services.api.models import Accepted, AlertChanges, AlertNow, Alerts
from services.api.parameters import AlertName, Note, RequestTime

router = APIRouter(prefix="/api", tags=["alerts"], responses=documented(503))

_REFUSALS = documented(404, 415)

Base = Annotated[Database, Depends(database)]
AlertId = Annotated[AlertName, Query(alias="id")]
IdempotencyKey = Annotated[
    Name | None,
    Header(max_length=128, description="a repeat with the same key changes nothing"),
]


def commands(request: Request) -> Commands:
    """FastAPI dependency: the way into Kafka."""
    found: Commands = request.app.state.commands
    return found


Desk = Annotated[Commands, Depends(commands)]


@router.get("/alerts", response_model_exclude_none=True)
async def alerts(
    base: Base,
    state: Literal["open", "silenced", "done", "all"] = "open",
    asset: AssetId | None = None,
    severity: Severity | None = None,
    limit: Annotated[int, Query(ge=1, le=5_000)] = 500,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Alerts:
    """Alerts in the order of the queue: firing before cleared, then the gravest, then the newest.

    The counts are of all alerts, whatever the filter and however long the list.
    """
    rows, total, counts = await base.snapshot(
        f"alerts_{state}", "alert_total", "alert_counts",
        state=state, asset=asset, severity=severity, limit=limit, offset=offset,
    )  # fmt: skip
    return Alerts(
        alerts=[views.alert_now(row) for row in rows],
        total=total[0]["total"],
        counts=views.alert_counts(counts[0]),
    )


@router.get("/alert", responses=documented(404), response_model_exclude_none=True)
async def alert(base: Base, alert: AlertId) -> AlertNow:
    """One alert as it stands; its id holds a `/`, so it is a parameter and not a path."""
    row = await base.row("alert", alert=alert)
    if row is None:
        raise not_found(f"No alert {alert!r} is known: take an id out of /api/alerts.")
    return views.alert_now(row)


@router.get("/alert/changes", responses=documented(404), response_model_exclude_none=True)
async def alert_changes(
    base: Base, alert: AlertId, limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000
) -> AlertChanges:
    """Everything that happened to one alert, with the actor and the reason."""
    rows = await base.rows("alert_changes", alert=alert, limit=limit)
    if not rows:
        raise not_found(f"No alert {alert!r} is known: take an id out of /api/alerts.")
    return AlertChanges(changes=[views.alert_now(row) for row in rows])


class Deed(BaseModel):
    """What every action of the desk says; an unknown field is somebody's typo."""

    model_config = ConfigDict(extra="forbid")

    asset: AssetId
    actor: Name
    note: Note | None = None


class Action(Deed):
    """What somebody does to an alert."""

    alert: AlertName


class Assignment(Action):
    """Gives the alert to a colleague."""

    assignee: Name


class Comment(Action):
    """Adds a note to the alert."""

    note: Annotated[Note, Field(min_length=1)]


class Silencing(Action):
    """Takes the alert out of the queue until a time; it is not acknowledged by that."""

    until: RequestTime


class Judgement(Action):
    """What the alert was worth."""

    verdict: Verdict


async def _send(desk: Commands, kind: CommandKind, key: str | None, deed: Deed) -> Accepted:
    command = Command(
        id=key or str(uuid.uuid4()), kind=kind, time=datetime.now(UTC), **deed.model_dump()
    )
    await desk.send(command)
    return Accepted(command=command.id)


@router.post("/alerts/acknowledge", status_code=202, responses=_REFUSALS)
async def acknowledge(
    desk: Desk, action: Action, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Somebody has seen the alert; one that has cleared is then done, or waits for a verdict."""
    return await _send(desk, "acknowledge", idempotency_key, action)


@router.post("/alerts/assign", status_code=202, responses=_REFUSALS)
async def assign(
    desk: Desk, action: Assignment, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Somebody takes the alert on."""
    return await _send(desk, "assign", idempotency_key, action)


@router.post("/alerts/comment", status_code=202, responses=_REFUSALS)
async def comment(desk: Desk, action: Comment, idempotency_key: IdempotencyKey = None) -> Accepted:
    """A note for the colleagues."""
    return await _send(desk, "comment", idempotency_key, action)


@router.post("/alerts/silence", status_code=202, responses=_REFUSALS)
async def silence(
    desk: Desk, action: Silencing, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Not now: out of the queue until a time, then it comes back by itself."""
    if action.until <= datetime.now(UTC):
        raise invalid("until: this time is over; write one that is still to come.")
    return await _send(desk, "silence", idempotency_key, action)


@router.post("/alerts/resolve", status_code=202, responses=_REFUSALS)
async def resolve(
    desk: Desk, action: Judgement, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """The alert is done, with a verdict: true, a false alarm, expected, or a data fault.

    On one that was done in the meantime the verdict is kept.  While its condition still stands, it
    fires again after a while.
    """
    return await _send(desk, "resolve", idempotency_key, action)


@router.post("/alerts/judge", status_code=202, responses=_REFUSALS)
async def judge(desk: Desk, action: Judgement, idempotency_key: IdempotencyKey = None) -> Accepted:
    """Gives or corrects the verdict of an alert, be it open or done; one that fires stays open."""
    return await _send(desk, "judge", idempotency_key, action)


class ProposalAnswer(Deed):
    """What somebody decides about a proposed transition."""

    proposal: Annotated[AlertName, Field(description="id of the proposal's alert")]


@router.post("/proposals/{answer}", status_code=202, responses=_REFUSALS)
async def answer_proposal(
    desk: Desk,
    answer: Literal["confirm", "refuse"],
    decision: ProposalAnswer,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Telemetry may propose a change of title or contract; only a person makes it."""
    return await _send(desk, answer, idempotency_key, decision)
