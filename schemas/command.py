"""`commands`: one action of a member of staff."""

from typing import Literal

from pydantic import Field

from schemas.alert import Verdict
from schemas.messages import AssetId, Message, UtcTime

CommandKind = Literal[
    "acknowledge", "assign", "comment", "silence", "resolve", "judge", "confirm", "refuse",
]  # fmt: skip


class Command(Message):
    """What `actor` did at `time` to an alert (or, confirm/refuse, to a proposed transition)."""

    id: str = Field(min_length=1, max_length=128)
    kind: CommandKind
    asset: AssetId
    alert: str | None = None
    proposal: str | None = None
    actor: str = Field(min_length=1)
    time: UtcTime
    note: str | None = None
    assignee: str | None = None
    until: UtcTime | None = None
    verdict: Verdict | None = None
