"""Where each service stands in each partition: ok, behind, stuck, stranded or ended; pure.

    ok        has read what there is, but for the last seconds
    behind    reads on, but records wait; or is only just starting
    stuck     records wait, and it has not moved for half a minute
    stranded  the service lives, but nobody reads this partition of it
    ended     the service does not live, or refused to go on from where it stood

Told from the heartbeats and from how far the topics reach, at times that are arguments.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from schemas import TOPICS, Heartbeat

HealthState = Literal["ok", "behind", "stuck", "stranded", "ended"]

INPUTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "monitor": ("telemetry",),
        "lifecycle": ("facts", "signals", "commands"),
        "historian": ("telemetry", "signals", "facts", "transitions", "alerts", "rejected"),
    }
)
"""Who ought to read what, every partition of it."""

GRACE_S = 30.0
ENDED_S = 15.0  # a heartbeat comes every 2 s
BEHIND_S = 15.0  # a quiet partition takes up the last transaction markers within some seconds
STUCK_S = 30.0
RESTORE_S = 180.0
_MAX_ENDS = 512

_Place = tuple[str, int]  # topic, partition


@dataclass(frozen=True)
class PartitionHealth:
    """One partition of one input of one service; `offset` is the next to read."""

    service: str
    partition: int
    topic: str
    state: HealthState
    offset: int | None
    behind: int | None
    age_s: float | None
    state_bytes: int
    expired_records: int
    detail: str


@dataclass
class _Seen:
    """What the heartbeats said of one partition of one input."""

    beat: Heartbeat
    offset: int | None = None
    moved_at: datetime | None = None
    not_live_since: datetime | None = None
    refusal: str = ""


@dataclass
class _Ends:
    """How far a partition reached, whenever that changed: the newest `_MAX_ENDS` times."""

    asked_at: datetime
    changes: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=_MAX_ENDS))

    @property
    def end(self) -> int:
        return self.changes[-1][1]

    def beyond_since(self, offset: int) -> datetime:
        """Since when there is something at `offset`; the time of asking when there is nothing."""
        return next((at for at, end in self.changes if end > offset), self.asked_at)


class LineHealth:
    """Takes heartbeats and ends as they come; judges all partitions at any time."""

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at
        self._seen: dict[tuple[str, _Place], _Seen] = {}
        self._ends: dict[_Place, _Ends] = {}

    def take_heartbeat(self, beat: Heartbeat) -> None:
        """One message of the topic, in order."""
        for topic in beat.topics:
            seen = self._seen.setdefault((beat.service, (topic, beat.partition)), _Seen(beat))
            seen.beat = beat
            offset = beat.offsets.get(topic, seen.offset)
            if offset != seen.offset or seen.moved_at is None:
                seen.offset, seen.moved_at = offset, beat.time
            if beat.state == "live":
                seen.not_live_since, seen.refusal = None, ""
            else:
                seen.not_live_since = seen.not_live_since or beat.time
            if beat.state == "refused":
                seen.refusal = beat.detail

    def take_ends(self, ends: Mapping[_Place, int], at: datetime) -> None:
        """How far the partitions reach, asked for at `at`: the offset after the last record."""
        for place, end in ends.items():
            known = self._ends.setdefault(place, _Ends(at))
            known.asked_at = at
            if not known.changes or known.end != end:
                known.changes.append((at, end))

    def judge(self, now: datetime) -> list[PartitionHealth]:
        """Every partition that ought to be read, in the order of INPUTS."""
        return [
            self._judge(service, (topic, partition), now)
            for service, topics in INPUTS.items()
            for topic in topics
            for partition in range(TOPICS[topic].partitions)
        ]

    def _judge(self, service: str, place: _Place, now: datetime) -> PartitionHealth:
        seen, ends = self._seen.get((service, place)), self._ends.get(place)
        offset = seen.offset if seen else None
        state, detail = self._state(service, seen, ends, now)
        return PartitionHealth(
            service=service,
            partition=place[1],
            topic=place[0],
            state=state,
            offset=offset,
            behind=None if offset is None or ends is None else max(0, ends.end - offset),
            age_s=round(_age_s(seen, now), 1) if seen else None,
            state_bytes=seen.beat.state_bytes if seen else 0,
            expired_records=seen.beat.expired_records if seen else 0,
            detail=detail,
        )

    def _state(
        self, service: str, seen: _Seen | None, ends: _Ends | None, now: datetime
    ) -> tuple[HealthState, str]:
        if seen is None or _age_s(seen, now) > ENDED_S or seen.refusal:
            return self._absent(service, seen, now)
        if seen.beat.state != "live":
            return _not_live(seen, now)
        if seen.offset is None or ends is None:
            return "behind", "Live; how far the topic reaches is not known yet."
        if seen.offset > ends.end and ends.asked_at > seen.beat.time:
            return "stuck", (
                f"Stands at {seen.offset}, and the topic ends at {ends.end}: it was made anew or"
                f" cut short. End the {service}; started again, it says what to do."
            )
        return _live(seen.offset, seen.moved_at or now, ends, now)

    def _absent(self, service: str, seen: _Seen | None, now: datetime) -> tuple[HealthState, str]:
        if seen and seen.refusal:
            return "ended", seen.refusal
        if seen is None and (now - self._started_at).total_seconds() < GRACE_S:
            return "behind", "Not heard of yet, and not looked for long."
        since = f"No heartbeat for {_age_s(seen, now):.0f} s" if seen else "No heartbeat ever"
        if any(_age_s(other, now) <= ENDED_S for other in self._of(service)):
            return "stranded", (
                f"{since} of this partition, but of others: nobody reads it. Unless that passes"
                f" within a minute, start the {service} again."
            )
        return "ended", f"{since}: start the {service}."

    def _of(self, service: str) -> Iterable[_Seen]:
        return (s for (name, _), s in self._seen.items() if name == service and not s.refusal)


def _age_s(seen: _Seen, now: datetime) -> float:
    return max(0.0, (now - seen.beat.time).total_seconds())


def _not_live(seen: _Seen, now: datetime) -> tuple[HealthState, str]:
    for_s = (now - (seen.not_live_since or now)).total_seconds()
    if seen.beat.state == "held":
        detail = f"The partitions are being shared out anew, for {for_s:.0f} s now."
        return ("stranded" if for_s > STUCK_S else "behind"), detail
    detail = f"The state is being restored, for {for_s:.0f} s now."
    return ("stuck" if for_s > RESTORE_S else "behind"), detail


def _live(offset: int, moved_at: datetime, ends: _Ends, now: datetime) -> tuple[HealthState, str]:
    behind, since = ends.end - offset, ends.beyond_since(offset)
    waited_s = (now - since).total_seconds()
    if behind <= 0:
        return "ok", "Has read all there is."
    if waited_s <= BEHIND_S:
        return "ok", f"Reads on; {behind} records have just come."
    still_s = (now - max(moved_at, since)).total_seconds()
    if still_s > STUCK_S:
        return "stuck", f"{behind} records wait, and it has not moved for {still_s:.0f} s."
    return "behind", f"Reads on; {behind} records wait, the oldest for {waited_s:.0f} s."
