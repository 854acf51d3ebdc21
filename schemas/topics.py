"""The topic table: every topic of the line, what it carries, its key and how long it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from schemas.alert import AlertChange
from schemas.command import Command
from schemas.fact import Fact
from schemas.heartbeat import Heartbeat
from schemas.messages import Message
from schemas.reading import Reading, Tick
from schemas.rejected import Rejected
from schemas.signal import Signal
from schemas.transition import Transition

ASSET_PARTITIONS = 4
"""Every topic keyed by asset has this many partitions, so that an asset's records meet."""

MAX_MESSAGE_BYTES = 8 << 20
"""The largest message that the line writes for itself; a producer and its topics must agree."""


@dataclass(frozen=True)
class Topic:
    """One row of the table; `retention` None keeps for ever, `compacted` keeps the last per key."""

    name: str
    messages: tuple[type[Message], ...]
    key: str
    summary: str
    retention: timedelta | None
    partitions: int = ASSET_PARTITIONS
    compacted: bool = False


_HOURS, _DAYS, _WEEKS = timedelta(hours=3), timedelta(days=7), timedelta(weeks=8)

_TABLE = (
    Topic("telemetry", (Reading, Tick), "asset", "one reading of one asset", _DAYS),
    Topic("facts", (Fact,), "asset", "one declared fact of an asset's life or contract", None),
    Topic("signals", (Signal,), "asset", "one conclusion of the monitor", _WEEKS),
    Topic("transitions", (Transition,), "asset", "one change of a lifecycle region", None),
    Topic("alerts", (AlertChange,), "asset", "one change of one alert", _WEEKS),
    Topic("commands", (Command,), "asset", "one staff action", _WEEKS),
    Topic("rejected", (Rejected,), "source", "raw input that could not be read", _WEEKS, 1),
    Topic("heartbeats", (Heartbeat,), "partition", "how far a service has come", _HOURS, 1),
    Topic("monitor-state", (), "chunk", "checkpoints of the monitor", None, compacted=True),
    Topic("lifecycle-state", (), "asset", "state of each asset", None, compacted=True),
    Topic("ingest-state", (), "source", "how far a source was read", None, 1, compacted=True),
)

TOPICS: Mapping[str, Topic] = MappingProxyType({topic.name: topic for topic in _TABLE})
