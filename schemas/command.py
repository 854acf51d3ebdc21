"""`commands`: one action of a member of staff."""

from typing import Literal

from schemas.alert import Verdict
from schemas.messages import AssetId, Id, Message, Name, Text, UtcTime

CommandKind = Literal[
    "acknowledge", "assign", "comment", "silence", "resolve", "judge", "confirm", "refuse",
]  # fmt: skip


class Command(Message):
    """What `actor` did at `time` to an alert (or, confirm/refuse, to a proposed transition)."""

    id: Name
    kind: CommandKind
    asset: AssetId
    alert: Id | None = None
    proposal: Id | None = None
    actor: Name
    time: UtcTime
    note: Text | None = None
    assignee: Name | None = None
    until: UtcTime | None = None
    verdict: Verdict | None = None
