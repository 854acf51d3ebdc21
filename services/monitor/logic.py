"""The monitor core as the logic of one partition: readings to signals, columns to checkpoints."""

import logging
from collections.abc import Mapping, Sequence
from struct import Struct

from services.domain import wire
from services.domain.monitor.core import MonitorCore, StepOutcome
from services.partition import Output, Record, ServiceLine, StepResult, rejection
from services.settings import Settings

logger = logging.getLogger(__name__)

INPUT, OUTPUT = "telemetry", "signals"

_OFFSET = Struct(">q")
"""Ahead of every chunk of a checkpoint: the offset of the first reading that is not in it."""


def monitor_line(settings: Settings) -> ServiceLine:
    """The monitor's topics on the broker of `settings`."""
    return ServiceLine(
        service="monitor",
        bootstrap_servers=settings.bootstrap_servers,
        inputs=(INPUT,),
        state_topic="monitor-state",
        is_broadcast=wire.is_tick,
        checkpoint_s=settings.checkpoint_s,
    )


class MonitorLogic:
    """PartitionLogic around the core; a checkpoint is its chunks, keyed <partition>/<chunk>."""

    def __init__(self, line: ServiceLine, partition: int) -> None:
        self._line = line
        self._partition = partition
        self._core = MonitorCore(partition, INPUT)
        self._next_offset = 0
        self._chunk_keys: set[bytes] = set()

    def load(self, records: Mapping[bytes, bytes]) -> Mapping[str, int]:
        """Restores the newest checkpoint; without a whole one the kept telemetry is replayed."""
        self._chunk_keys = set(records)
        try:
            self._core, self._next_offset = _restored(self._partition, records)
        except Exception:  # whatever is wrong with it, the telemetry has all that it held
            logger.exception("partition %d: unreadable checkpoint, replaying", self._partition)
            self._core, self._next_offset = MonitorCore(self._partition, INPUT), 0
        return {INPUT: self._next_offset} if self._next_offset else {}

    def step(self, records: Sequence[Record]) -> StepResult:
        """The signals of `records`, and the rejections of those that cannot be read."""
        outcome = self._core.step(
            [record.offset for record in records],
            [record.value or b"" for record in records],
            [record.key for record in records],
        )
        self._next_offset = records[-1].offset + 1
        outputs = [Output(OUTPUT, asset.encode(), signal) for asset, signal in outcome.signals]
        if outcome.rejected:
            outputs += self._rejections(records, outcome)
        return StepResult(outputs, {})

    def checkpoint(self) -> dict[bytes, bytes | None]:
        """Every chunk with the offset it stands at; chunks that are no more get a tombstone."""
        head = _OFFSET.pack(self._next_offset)
        chunks = {
            f"{self._partition}/{name}".encode(): head + chunk
            for name, chunk in self._core.snapshot().items()
        }
        gone = dict.fromkeys(self._chunk_keys - set(chunks))
        self._chunk_keys = set(chunks)
        return {**gone, **chunks}

    def _rejections(self, records: Sequence[Record], outcome: StepOutcome) -> list[Output]:
        by_offset = {record.offset: record for record in records}
        return [
            rejection(self._line, by_offset[offset], reason, detail)
            for offset, reason, detail in outcome.rejected
        ]


def _restored(partition: int, records: Mapping[bytes, bytes]) -> tuple[MonitorCore, int]:
    stands_at = {_OFFSET.unpack_from(chunk)[0] for chunk in records.values()}
    if not stands_at:
        return MonitorCore(partition, INPUT), 0
    (next_offset,) = stands_at  # ValueError: chunks of different checkpoints
    chunks = {
        key.decode().partition("/")[2]: chunk[_OFFSET.size :] for key, chunk in records.items()
    }
    return MonitorCore.restore(partition, chunks, INPUT), next_offset
