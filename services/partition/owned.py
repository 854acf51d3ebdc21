"""One owned partition: restore, accept, step, commit."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from schemas.heartbeat import Heartbeat, PartitionState
from services.partition.ending import PartitionLost, PositionRefused, end_process
from services.partition.intake import Intake, Run, Waiting
from services.partition.logic import Output, PartitionLogic, Record, ServiceLine, StepResult
from services.partition.position import beyond_the_end
from services.partition.quiet import quiet_kafka_client
from services.partition.reading import LogReader
from services.partition.stepping import OFFSETS_KEY, Stepper
from services.partition.transactions import Transactions

logger = logging.getLogger(__name__)


class OwnedPartition:
    """State, next offsets and transactional producer of one partition of one service.

    Life: `restore`; `offer` or `offer_run` what a consumer brings; `hold` before the consumer group
    changes and `resume` if the partition stays; `close` to give it away.  What is offered to a held
    partition is ignored: the consumer seeks, or the gap is read later.  One task of its own steps
    and commits what was accepted, another looks after what no consumer brings; when either fails,
    `on_lost` gets a PartitionLost.
    """

    def __init__(
        self,
        line: ServiceLine,
        partition: int,
        logic: PartitionLogic,
        on_lost: Callable[[BaseException], object] = end_process,
    ) -> None:
        self.line = line
        self.partition = partition
        self._on_lost = on_lost
        self._stepper = Stepper(line, partition, logic)
        self._transactions = Transactions(line, partition)
        self._reader = LogReader(line.bootstrap_servers)
        self._intake = Intake({})
        self._intake_lock = asyncio.Lock()
        self._waiting = Waiting()
        self._wake, self._room, self._open = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._committing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._held_s: float | None = None  # since when, monotonic clock
        self._refusal = ""
        self._stepped: dict[str, int] = {}  # the state stands here; all outputs before it are out
        self._committed: dict[str, int] = {}
        self._told: dict[str, int] = {}  # to the consumer group
        self._seen: dict[str, int] = {}
        self._committed_s = self._told_s = self._checkpoint_s = 0.0  # when, monotonic clock

    async def restore(self) -> None:
        """Fences the previous owner, brings the state to the committed offsets, and goes.

        Raises PositionRefused when the topic does not reach the committed offsets.
        """
        quiet_kafka_client()
        started_s = time.monotonic()
        await self._transactions.start()
        try:
            partitions = await self._transactions.partitions_of(self.line.inputs[0])
            self._stepped = await self._stepper.restore(partitions)
        except PositionRefused as error:
            self._refusal = str(error)
            raise
        self._committed = self._stepped
        self._intake = Intake(self._stepped)
        self._checkpoint_s = time.monotonic()
        self._tasks = [
            asyncio.create_task(self._supervised(work), name=f"partition {self.partition}")
            for work in (self._step_on, self._look_after_on)
        ]
        if self._held_s is None:
            self.resume()
        took_s = self._checkpoint_s - started_s
        logger.info("partition %d restored at %s in %.2f s", self.partition, self._stepped, took_s)

    def next_offset(self, topic: str) -> int:
        """The offset that is accepted next; a consumer seeks to it."""
        return self._intake.expected[topic]

    def heartbeat(self, now: datetime) -> Heartbeat:
        """How far the partition has come."""
        return Heartbeat(
            service=self.line.service,
            topics=self.line.inputs,
            partition=self.partition,
            state=self._state,
            detail=self._refusal,
            offsets=self._committed,
            state_bytes=self._stepper.state_bytes,
            expired_records=self._stepper.expired_records,
            time=now,
        )

    @property
    def _state(self) -> PartitionState:
        if self._refusal:
            return "refused"
        if not self._tasks:
            return "restoring"
        return "live" if self._open.is_set() else "held"

    async def offer(self, record: Record) -> None:
        """Accepts one record if it is new; reads what is missing before it; waits for room."""
        await self.offer_run(Run.of(record))

    async def offer_run(self, run: Run) -> None:
        """As `offer`, for a stretch of the log that is known to have no hole."""
        async with self._intake_lock:
            await self._fill(run.topic, self._intake.gap(run))
            if self._open.is_set() and not self._intake.gap(run):
                self._accept(run)
        await self._room.wait()

    async def look_after(self) -> None:
        """Where the intake stood still since the last call, reads on by itself."""
        if self._waiting or not self._open.is_set():
            return  # the consumer is not what keeps us
        expected = dict(self._intake.expected)
        still = [topic for topic in expected if expected[topic] == self._seen.get(topic)]
        self._seen = expected
        places = {topic: TopicPartition(topic, self.partition) for topic in still}
        ends = await self._reader.ends(places.values()) if places else {}
        for topic, tp in places.items():
            end = ends[tp]
            if end < expected[topic]:
                raise beyond_the_end(self.line.saver, tp, expected[topic], end)
            async with self._intake_lock:
                await self._fill(topic, range(self._intake.expected[topic], end))

    async def hold(self) -> None:
        """Waits for the transaction under way; accepts and commits nothing more until `resume`."""
        self._open.clear()
        self._held_s = self._held_s or time.monotonic()
        self._room.set()
        async with self._committing:
            pass

    def resume(self) -> None:
        """Goes on after `hold`; if another owner has been there, the next commit fails.

        What is still being restored goes on when it is.
        """
        self._held_s = None
        if self._tasks:
            self._open.set()
            self._make_room()

    async def close(self) -> None:
        """Gives the partition away; accepted records that were not committed are left to others."""
        await self.hold()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._transactions.stop(), self._stepper.close(), self._reader.close())

    def _accept(self, run: Run) -> None:
        self._waiting.add(self._intake.take(run))
        self._wake.set()
        self._make_room()

    async def _fill(self, topic: str, gap: range) -> None:
        """Takes the offsets of `gap` from the log; many of them are mere transaction markers."""
        tp, start, count = TopicPartition(topic, self.partition), gap.start, 0
        while start < gap.stop and self._open.is_set():
            batch, end = await self._reader.read(tp, start, gap.stop)
            self._accept(Run(topic, start, min(end, gap.stop), batch))
            start, count = end, count + len(batch)
            await self._room.wait()
        if count:
            logger.warning("%s: read %d records by ourselves in %s", tp, count, gap)

    async def _supervised(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except PartitionLost as error:
            self._on_lost(error)
        except Exception as error:
            lost = PartitionLost(f"{self.line.service} partition {self.partition}: {error!r}")
            lost.__cause__ = error
            self._on_lost(lost)

    async def _step_on(self) -> None:
        while True:
            await self._open.wait()
            await self._wait_for_records()
            await self._step_and_commit()

    async def _look_after_on(self) -> None:
        """No record is left behind, whatever the consumer does, and no rebalance lasts for ever."""
        while True:
            await asyncio.sleep(self.line.look_after_s)
            held_s = 0.0 if self._held_s is None else time.monotonic() - self._held_s
            if held_s > self.line.max_hold_s:
                raise PartitionLost(f"partition {self.partition}: a rebalance without an end")
            try:
                await self.look_after()
            except (KafkaError, OSError, TimeoutError) as error:  # the broker is away: later, then
                logger.debug("looking after partition %d: %r", self.partition, error)

    async def _wait_for_records(self) -> None:
        """Returns at once after a quiet time, else lingers so that a transaction carries more."""
        with suppress(TimeoutError):  # no wait_for: in Python 3.11 it may swallow a cancellation
            async with asyncio.timeout(self.line.idle_commit_s):
                await self._wake.wait()
        if len(self._waiting) < self.line.max_batch:
            await asyncio.sleep(self._committed_s + self.line.linger_s - time.monotonic())

    async def _step_and_commit(self) -> None:
        """The step may take its time: while the partition is held, it can be given away."""
        batch, stepped = self._next_batch()
        result = StepResult([], {})
        if batch:
            result = await self._stepper.step(batch, self._stepped)
        self._stepped = stepped
        self._make_room()
        checkpoint = self._is_due(self._committed, self._checkpoint_s, self.line.checkpoint_s)
        quiet = self._is_due(self._told, self._told_s, self.line.idle_commit_s)
        tell = quiet or self._is_due(self._told, self._told_s, self.line.tell_s)
        if result != StepResult([], {}) or checkpoint or quiet:
            state = result.state | (await self._stepper.checkpoint() if checkpoint else {})
            await self._commit(result.outputs, state, self._stepped if tell else {})
            if checkpoint:
                self._checkpoint_s = self._committed_s

    def _next_batch(self) -> tuple[Sequence[Record], dict[str, int]]:
        stretches = self._waiting.take(self.line.max_batch)
        batch = stretches[0] if len(stretches) == 1 else list(chain(*stretches))
        if not self._waiting:
            self._wake.clear()
            return batch, dict(self._intake.expected)
        last = (records[-1] for records in stretches)
        return batch, self._stepped | {record.topic: record.offset + 1 for record in last}

    async def _commit(
        self, outputs: list[Output], state: dict[bytes, bytes | None], tell: dict[str, int]
    ) -> None:
        """Brings outputs, state and offsets out as soon as the partition is not held.

        The offsets are in the state; the group, which nobody here goes by, is told now and then.
        """
        state[OFFSETS_KEY] = json.dumps(self._stepped).encode()
        while True:
            await self._open.wait()
            async with self._committing:
                if self._open.is_set():
                    await self._transactions.commit(outputs, state, tell)
                    self._committed, self._committed_s = self._stepped, time.monotonic()
                    break
        if tell:
            self._told, self._told_s = tell, self._committed_s
        self._stepper.note_written(state)

    def _is_due(self, last: dict[str, int], last_s: float, every_s: float) -> bool:
        """Whether something moved since and the time is over; a quiet partition commits nothing."""
        return self._stepped != last and time.monotonic() >= last_s + every_s

    def _make_room(self) -> None:
        if len(self._waiting) <= self.line.max_waiting or not self._open.is_set():
            self._room.set()
        else:
            self._room.clear()
