"""What a service tells the exactly-once module: topics, and logic as load, step, checkpoint."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from schemas import Rejected
from schemas.messages import EARLIEST, LATEST
from services.partition.position import Saver

MAX_RAW = 512 << 10
"""Bytes kept of a rejected record; base64 makes a third more of them."""

_MAX_DETAIL, _MAX_WHERE = 1_000, 100
_EARLIEST_MS, _LATEST_MS = (int(time.timestamp()) * 1000 for time in (EARLIEST, LATEST))


@dataclass(frozen=True)
class ServiceLine:
    """Which topics one service reads and writes, and how it paces its transactions.

    `service` is the consumer group and, with the partition's number, the transactional id.
    `state_topic` is compacted and the service's alone: it holds its offsets too.  All topics
    but `rejected_topic` (one partition) have the same number of partitions.  `is_broadcast` tells
    by its value what is written into every partition, whatever its key.  With its commits the
    group is told of the offsets, at most every `tell_s`; alone for that after `idle_commit_s`.
    """

    service: str
    bootstrap_servers: str
    inputs: tuple[str, ...]
    state_topic: str
    rejected_topic: str = "rejected"
    checkpoint_s: float = 10.0
    linger_s: float = 0.14
    tell_s: float = 0.2
    idle_commit_s: float = 1.0
    max_batch: int = 5_000
    max_waiting: int = 10_000
    transaction_timeout_s: float = 30.0
    look_after_s: float = 3.0
    max_hold_s: float = 300.0
    is_broadcast: Callable[[bytes], bool] | None = None

    @property
    def saver(self) -> Saver:
        """For the sentences about saved positions."""
        anew = f"begin with a new database and without the topic {self.state_topic}"
        return Saver(self.service, anew)


class Record(Protocol):
    """One record of an input topic; aiokafka's ConsumerRecord is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970, as written by the producer."""

    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class RecordCopy(NamedTuple):
    """A Record for consumers whose own messages look different, and for tests."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Output(NamedTuple):
    """One record to send; `partition` None means: the number of the input's partition."""

    topic: str
    key: bytes
    value: bytes
    partition: int | None = None


class StepResult(NamedTuple):
    """What a batch led to: records to send, and records for the compacted state topic."""

    outputs: list[Output]
    state: dict[bytes, bytes | None]


class PartitionLogic(Protocol):
    """A service's logic for one partition; deterministic, so that a replay concludes the same.

    `step` must not depend on how the input is split into batches, and should refuse a bad record by
    itself (see `rejection`).  If it raises all the same, the state is loaded again and the records
    are stepped one by one; those that raise go to `rejected`, the others count.
    """

    def load(self, records: Mapping[bytes, bytes]) -> Mapping[str, int] | None:
        """Forgets everything and takes over the newest records of the state topic.

        Returns the input offsets (next to read, by topic) at which that state stands, or None when
        it stands at the committed ones because every step writes all that it changes.
        """

    def step(self, records: Sequence[Record]) -> StepResult:
        """Moves the state by `records`, in the order given."""

    def checkpoint(self) -> dict[bytes, bytes | None]:
        """The whole state as records of the state topic; empty when steps write it themselves."""


def rejection(line: ServiceLine, record: Record, reason: str, detail: str) -> Output:
    """The record as a message of `rejected`; its id is `<topic>-<partition>-<offset>`.

    Of a long one the beginning is kept, so that the message fits whatever the input was.
    """
    source, raw = f"{record.topic}-{record.partition}", record.value or b""
    cut = f"; the first {MAX_RAW} of {len(raw)} bytes are kept" if len(raw) > MAX_RAW else ""
    message = Rejected(
        id=f"{source}-{record.offset}",
        source=source,
        position=record.offset,
        received_at=written_at(record),
        reason=reason,
        detail=f"{one_line(detail)}{cut}",
        raw=raw[:MAX_RAW],
    )
    return Output(line.rejected_topic, source.encode(), message.to_json(), partition=0)


def written_at(record: Record) -> datetime:
    """When its producer says that it wrote the record; a nonsensical time is taken to a bound."""
    return datetime.fromtimestamp(min(max(record.timestamp, _EARLIEST_MS), _LATEST_MS) / 1000, UTC)


def one_line(text: str) -> str:
    """The beginning of `text` as one line that every store takes: no control, no surrogate."""
    text = text[:_MAX_DETAIL].encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else " " for c in text) or "?"


def first_error(error: ValidationError) -> str:
    """The first thing that pydantic found wrong, and where."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part)[:_MAX_WHERE] for part in first["loc"])
    return f"{error.title} {where}: {first['msg']}".replace(" :", ":")
