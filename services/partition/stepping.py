"""The logic of a partition and the way back to its state: load, replay, find a poison record."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence

from aiokafka import TopicPartition

from services.partition.logic import PartitionLogic, Record, ServiceLine, StepResult, rejection
from services.partition.placement import Placement
from services.partition.position import expired_before
from services.partition.reading import LogReader
from services.partition.threads import in_thread

logger = logging.getLogger(__name__)

OFFSETS_KEY = b"\0offsets"
"""Key of the record in the state topic that holds the offsets, written in every transaction."""


class _StepFailedError(Exception):
    """The logic raised; on `record` when that is known."""

    def __init__(self, record: Record | None) -> None:
        super().__init__(record)
        self.record = record


class Stepper:
    """Steps the logic; a record on which it raises is rejected and never stops the line.

    The logic runs in a thread, one call at a time: however long a step takes, the process stays a
    member of its consumer group and its heartbeats go on.
    `expired_records` counts those that the topic had deleted before they were read; `state_bytes`
    is the size of what the state topic keeps.
    """

    def __init__(self, line: ServiceLine, partition: int, logic: PartitionLogic) -> None:
        self._line = line
        self._partition = partition
        self._logic = logic
        self._reader = LogReader(line.bootstrap_servers)
        self._placement: Placement  # made by `restore`
        self._poison: dict[tuple[str, int], str] = {}
        self._sizes: dict[bytes, int] = {}
        self.expired_records = self.state_bytes = 0

    async def restore(self, partitions: int) -> dict[str, int]:
        """Brings the state to the committed offsets and returns them (next to read, by topic).

        `partitions` is how many the topics have: a record whose key belongs to another is rejected.
        Raises PositionRefused when a topic does not reach them.
        """
        self._placement = Placement(self._partition, partitions, self._line.is_broadcast)
        state = await self._newest_state()
        offsets = await self._committed_offsets(json.loads(state.get(OFFSETS_KEY, b"{}")))
        await self._rebuild(state, offsets)
        await self._reader.close()
        return offsets

    async def step(self, records: Sequence[Record], taken: Mapping[str, int]) -> StepResult:
        """The logic's step; when it raises, again one by one from the state as at `taken`."""
        try:
            return await in_thread(self._at_once, records)
        except _StepFailedError as failed:
            logger.exception("the step of %d records failed: looking for the record", len(records))
            self._note(failed)
        while True:
            await self._rebuild(await self._newest_state(), taken)
            try:
                return await in_thread(self._one_by_one, records)
            except _StepFailedError as failed:
                self._note(failed)

    async def checkpoint(self) -> dict[bytes, bytes | None]:
        """The whole state as it stands, as records of the state topic."""
        return await in_thread(self._logic.checkpoint)

    def note_written(self, state: Mapping[bytes, bytes | None]) -> None:
        """These records are in the state topic now."""
        for key, value in state.items():
            size = 0 if value is None else len(key) + len(value)
            self.state_bytes += size - self._sizes.pop(key, 0)
            if size:
                self._sizes[key] = size

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._reader.close()

    async def _rebuild(self, state: dict[bytes, bytes], upto: Mapping[str, int]) -> None:
        state.pop(OFFSETS_KEY, None)
        advance: Callable[[Sequence[Record]], StepResult] = self._at_once
        while True:
            try:
                stands_at = await in_thread(self._logic.load, state)
                await self._replay(stands_at, upto, advance)
                return
            except _StepFailedError as failed:
                self._note(failed)
                advance = self._one_by_one

    async def _replay(
        self,
        stands_at: Mapping[str, int] | None,
        upto: Mapping[str, int],
        advance: Callable[[Sequence[Record]], StepResult],
    ) -> None:
        if stands_at is None:
            return
        if len(upto) > 1:
            raise ValueError(
                "a logic with checkpoints takes one input topic: replay needs an order"
            )
        for topic, end in upto.items():
            start = stands_at.get(topic, (await self._bounds(topic))[0])
            while start < end:
                batch, start = await self._reader.read(self._tp(topic), start, end)
                if batch:
                    await in_thread(advance, batch)  # the outputs are out already

    def _at_once(self, records: Sequence[Record]) -> StepResult:
        """The step of the records that lie in the partition of their key; rejects the others."""
        right, misplaced = self._placement.sort(records)
        rejections = [rejection(self._line, *fault) for fault in misplaced]
        if not right:
            return StepResult(rejections, {})
        try:
            outputs, state = self._logic.step(right)
        except Exception as error:
            raise _StepFailedError(right[0] if len(right) == 1 else None) from error
        return StepResult(outputs + rejections, state)

    def _one_by_one(self, records: Sequence[Record]) -> StepResult:
        outputs, state = StepResult([], {})
        for record in records:
            if why := self._poison.get((record.topic, record.offset)):
                outputs.append(rejection(self._line, record, "step_failed", why))
                continue
            result = self._at_once([record])
            outputs += result.outputs
            state |= result.state
        return StepResult(outputs, state)

    def _note(self, failed: _StepFailedError) -> None:
        if failed.record is not None:
            why = f"The {self._line.service} failed on this record: {failed.__cause__!r}"
            self._poison[failed.record.topic, failed.record.offset] = why

    async def _committed_offsets(self, saved: Mapping[str, int]) -> dict[str, int]:
        """Where to go on, by topic: at what is saved, or at what is left after it."""
        offsets = {}
        for topic in self._line.inputs:
            bounds = await self._bounds(topic)
            position = saved.get(topic, bounds[0])
            expired = expired_before(self._line.saver, self._tp(topic), position, bounds)
            self.expired_records += expired
            offsets[topic] = position + expired
        return offsets

    async def _newest_state(self) -> dict[bytes, bytes]:
        topic, newest = self._line.state_topic, dict[bytes, bytes]()
        start, end = await self._bounds(topic)
        while start < end:
            batch, start = await self._reader.read(self._tp(topic), start, end)
            for record in batch:
                if record.value is None:
                    newest.pop(record.key or b"", None)
                else:
                    newest[record.key or b""] = record.value
        self._sizes, self.state_bytes = {}, 0
        self.note_written(newest)
        return newest

    async def _bounds(self, topic: str) -> tuple[int, int]:
        return await self._reader.bounds(self._tp(topic))

    def _tp(self, topic: str) -> TopicPartition:
        return TopicPartition(topic, self._partition)
