"""The monitor core as the logic of one partition: readings to signals, its state to checkpoints.

A checkpoint is the core's chunks, keyed <partition>/<chunk>, each behind the offset of the first
reading that is not in it, and an index of them: a chunk in which nothing has changed is not written
again, and stands at an older offset.
"""

import json
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
_INDEX = "index"
"""The chunk with the others' names and offsets, as JSON."""


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
    """PartitionLogic around the core."""

    def __init__(self, line: ServiceLine, partition: int) -> None:
        self._line = line
        self._partition = partition
        self._core = MonitorCore(partition, INPUT)
        self._next_offset = 0
        self._stands_at: dict[str, int] = {}  # by chunk
        self._strays: set[bytes] = set()  # what lies beside the checkpoint

    def load(self, records: Mapping[bytes, bytes]) -> Mapping[str, int]:
        """Restores the newest checkpoint; without a whole one the kept telemetry is replayed."""
        self._core, self._next_offset, self._stands_at = MonitorCore(self._partition, INPUT), 0, {}
        if records:
            try:
                self._core, self._next_offset, self._stands_at = _restored(self._partition, records)
            except Exception:  # whatever is wrong with it, the telemetry has all that it held
                logger.exception("partition %d: unreadable checkpoint, replaying", self._partition)
        for note in self._core.notes:
            logger.warning("partition %d: %s", self._partition, note)
        # assets that were left out leave fewer chunks: the others are strays
        owned = set(self._core.chunk_names())
        self._stands_at = {name: at for name, at in self._stands_at.items() if name in owned}
        ours = {self._key(name) for name in (*self._stands_at, _INDEX)}
        self._strays = set(records) - ours
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
        """The chunks that have changed, and the index; chunks that are no more get a tombstone."""
        head, chunks = _OFFSET.pack(self._next_offset), self._core.changes()
        self._stands_at |= dict.fromkeys(chunks, self._next_offset)
        chunks[_INDEX] = json.dumps(self._stands_at).encode()
        written = {self._key(name): head + chunk for name, chunk in chunks.items()}
        gone = dict.fromkeys(self._strays - set(written))
        self._strays = set()
        return {**gone, **written}

    def _key(self, chunk: str) -> bytes:
        return f"{self._partition}/{chunk}".encode()

    def _rejections(self, records: Sequence[Record], outcome: StepOutcome) -> list[Output]:
        by_offset = {record.offset: record for record in records}
        return [
            rejection(self._line, by_offset[offset], reason, detail)
            for offset, reason, detail in outcome.rejected
        ]


def _restored(
    partition: int, records: Mapping[bytes, bytes]
) -> tuple[MonitorCore, int, dict[str, int]]:
    """The core, the first offset that is not in it, and that of each of its chunks."""
    found = {
        key.decode().partition("/")[2]: (_OFFSET.unpack_from(chunk)[0], chunk[_OFFSET.size :])
        for key, chunk in records.items()
    }
    next_offset, index = found[_INDEX]
    stands_at: dict[str, int] = json.loads(index)
    chunks = {}
    for name, offset in stands_at.items():
        if found[name][0] != offset:
            raise ValueError(f"chunk {name} stands at {found[name][0]}, not at {offset}")
        chunks[name] = found[name][1]
    return MonitorCore.restore(partition, chunks, INPUT), next_offset, stands_at
