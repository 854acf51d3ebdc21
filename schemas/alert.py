"""`alerts`: each message is one change of one alert and carries the alert as it stands after it."""

from typing import Literal

from pydantic import Field

from schemas.messages import (
    AssetId,
    Id,
    Latitude,
    Longitude,
    Message,
    Name,
    Positive,
    Text,
    UtcTime,
)

Severity = Literal["caution", "warning", "alarm", "emergency"]
Condition = Literal["firing", "cleared"]
Handling = Literal["new", "acknowledged", "in_progress", "done"]
Verdict = Literal["true", "false_alarm", "expected", "data_fault"]
ChangeKind = Literal[
    "opened", "repeated", "fired_again", "severity_raised", "cleared",
    "acknowledged", "assigned", "commented", "silenced", "resolved", "judged", "refused",
]  # fmt: skip


class AlertChange(Message):
    """One change, appended for ever.  `id` is `<cause>/<rule>`; `alert` is the opening change's id.

    condition, handling and silenced_until are three independent sides of an alert.  An alert is
    open until its handling is done; there is one open alert per (asset, rule).  One that asks for
    a verdict and has cleared stays open until a person has given it.  `judged`: a verdict given or
    corrected that ends nothing, mostly on an alert that is done.
    """

    id: Id
    alert: Id = Field(description="empty in the refusal of a command that names none")
    asset: AssetId
    asset_class: Name
    rule: Id
    change: ChangeKind
    cause: Id = Field(description="id of the signal, fact or command that led to it")
    time: UtcTime = Field(description="event time of the change")
    recorded_at: UtcTime = Field(description="ingest time of the cause")
    actor: Name = Field(
        description="'monitor', 'contract', 'system' (it ended by itself) or the person who acted"
    )
    note: str | None = None
    # the alert after this change
    severity: Severity
    condition: Condition
    handling: Handling
    verdict: Verdict | None = None
    asks_verdict: bool = Field(
        default=False, description="whether it is done only with a verdict on it"
    )
    assignee: Name | None = None
    silenced_until: UtcTime | None = None
    opened_at: UtcTime
    occurrences: Positive
    summary: str = Field(description="one sentence for the desk, with the numbers in it")
    lease: Name | None = Field(default=None, description="the lease in force when it opened")
    lessee: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    evidence: dict[Name, float | Text] = Field(default_factory=dict)

    @property
    def awaits_verdict(self) -> bool:
        """Whether a verdict is all that is missing: it has cleared and somebody has seen it."""
        seen = self.handling in ("acknowledged", "in_progress")
        return seen and self.condition == "cleared" and self.asks_verdict and self.verdict is None
