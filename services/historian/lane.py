"""One lane: a consumer, a sink, and the loop that carries batches from one to the other.

Telemetry has a lane of its own, so that a flood of readings does not hold up an alert.
"""

import asyncio
import contextlib
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord
from psycopg import errors

from schemas.heartbeat import Heartbeat, PartitionState
from services.historian.sink import Partition, Sink
from services.partition.ending import PositionRefused
from services.partition.patience import fetch_patiently
from services.partition.position import Saver, after_run, expired_before

logger = logging.getLogger(__name__)

MAX_RECORDS = 10_000
_POLL_MS = 200
_FETCH_WAIT_MS = 100
_REVOKE_PATIENCE_S = 15.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_NOT_MIGRATED = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction)
_TRY_AGAIN = (psycopg.OperationalError, psycopg.InterfaceError, *_NOT_MIGRATED)
_LOG_EVERY_S = 60.0
_NOTE_EVERY_S = 1.0
_SAVER = Saver(
    "historian",
    "begin with a new database and without the topics monitor-state and lifecycle-state",
)

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


class Lane(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Reads `topics` as one member of a consumer group; offsets come from the database alone."""

    def __init__(
        self,
        name: str,
        topics: Collection[str],
        bootstrap_servers: str,
        sink: Sink,
        *,
        linger_s: float,
        stop: asyncio.Event,
    ) -> None:
        self._topics = topics
        self._stop = stop
        self._sink = sink
        self._linger_s = linger_s
        self._fresh: set[Partition] = set()  # assigned, but not taken over and sought yet
        self._reached: dict[Partition, int] = {}  # everything before it is stored
        self._next: dict[Partition, int] = {}  # nothing before it can come, once sought
        self._expired = Counter[Partition]()  # records that were deleted before they were read
        self._refusal = ""
        self._reached_s = -math.inf
        self._writing = asyncio.Lock()
        self._logged_at = -_LOG_EVERY_S
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            group_id=name,
            client_id=name,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_interval_ms=24 * 3600 * 1000,  # the database may be away for long
            max_partition_fetch_bytes=4 << 20,
            session_timeout_ms=6_000,  # after a kill the partitions wait for so long
            heartbeat_interval_ms=1_500,
            metadata_max_age_ms=10_000,  # a leader that does not know a topic yet shares out none
        )

    async def run(self) -> None:
        """Until `stop`; raises Fenced when another process owns a partition of ours, and
        PositionRefused when the database is ahead of a topic.
        """
        try:
            await self._start()
            while not self._stop.is_set():
                await self._take_over()
                records = await self._collect()
                if records:
                    await self._patiently(self._write_owned, records)
                await self._note_reached()
        except PositionRefused as error:
            self._refusal = str(error)
            raise
        finally:
            await self._consumer.stop()
            self._sink.close()

    def report(self, now: datetime) -> list[Heartbeat]:
        """One heartbeat of each partition."""
        state: PartitionState = "refused" if self._refusal else "restoring"
        fresh = [self._heartbeat(where, now, state) for where in self._fresh]
        return fresh + [
            self._heartbeat(where, now, "live", {where[0]: offset})
            for where, offset in self._reached.items()
            if where not in self._fresh
        ]

    def _heartbeat(
        self,
        where: Partition,
        now: datetime,
        state: PartitionState,
        offsets: Mapping[str, int] = MappingProxyType({}),
    ) -> Heartbeat:
        topic, partition = where
        return Heartbeat(
            service="historian",
            topics=(topic,),
            partition=partition,
            state=state,
            detail=self._refusal if state == "refused" else "",
            offsets=dict(offsets),
            state_bytes=0,  # it keeps none
            expired_records=self._expired[where],
            time=now,
        )

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Lets a running transaction end before somebody else takes over."""
        self._fresh = set()
        self._reached = {}
        self._next = {}
        try:
            async with asyncio.timeout(_REVOKE_PATIENCE_S), self._writing:
                self._sink.let_go([(tp.topic, tp.partition) for tp in revoked])
        except TimeoutError:
            logger.warning("partitions go while the database is away; their owner fences us")

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Notes what is to be taken over, by the loop and not in the middle of a rebalance.

        All of it, what was ours before as well: the client has forgotten where it stood.
        """
        self._fresh = {(tp.topic, tp.partition) for tp in assigned}

    async def _start(self) -> None:
        pauses = _pauses_s()
        while not self._stop.is_set():
            try:
                await self._consumer.start()
                fetch_patiently(self._consumer, _FETCH_WAIT_MS)
                self._consumer.subscribe(list(self._topics), listener=self)
                return
            except OSError as error:  # aiokafka's KafkaConnectionError is one
                self._complain("Kafka", error)
                await self._pause(next(pauses))

    async def _take_over(self) -> None:
        """Takes over what was assigned; from the beginning when that changes meanwhile."""
        while self._fresh:
            fresh = self._fresh
            taken = await self._patiently(self._own, fresh)
            if taken is None:
                return
            starts = await self._starts(taken)
            if self._fresh is fresh:
                for place, offset in starts.items():
                    self._consumer.seek(place, offset)
                    self._reached[place.topic, place.partition] = offset
                    self._next[place.topic, place.partition] = offset
                self._fresh = set()

    def _own(self, fresh: set[Partition]) -> dict[Partition, int]:
        self._sink.let_go(self._sink.owned - fresh)
        return self._sink.take_over(fresh)

    async def _starts(self, offsets: dict[Partition, int]) -> dict[TopicPartition, int]:
        """Where to read on; raises PositionRefused where the database is ahead of the topic."""
        partitions = [TopicPartition(*partition) for partition in offsets]
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        starts = {}
        for place in partitions:
            bounds = begins[place], ends[place]
            position = offsets[place.topic, place.partition] or begins[place]
            expired = expired_before(_SAVER, place, position, bounds)
            self._expired[place.topic, place.partition] = expired
            starts[place] = position + expired
        return starts

    async def _note_reached(self) -> None:
        """What the consumer has brought is stored by now; transaction markers count as well."""
        if time.monotonic() < self._reached_s + _NOTE_EVERY_S:
            return
        self._reached_s = time.monotonic()
        with contextlib.suppress(KafkaError, TimeoutError):  # in the middle of a rebalance
            async with asyncio.timeout(_NOTE_EVERY_S):
                for topic, partition in list(self._reached):
                    reached = await self._consumer.position(TopicPartition(topic, partition))
                    if (topic, partition) in self._reached:
                        self._reached[topic, partition] = reached

    async def _collect(self) -> list[ConsumerRecord]:
        """A batch: what has come, and what comes within the linger while there is room."""
        records = await self._poll(_POLL_MS, MAX_RECORDS)
        deadline = asyncio.get_running_loop().time() + self._linger_s
        while records and len(records) < MAX_RECORDS and not self._fresh:
            left_s = deadline - asyncio.get_running_loop().time()
            if left_s <= 0:
                break
            records += await self._poll(int(left_s * 1000) + 1, MAX_RECORDS - len(records))
        return records

    async def _poll(self, timeout_ms: int, max_records: int) -> list[ConsumerRecord]:
        found = await self._consumer.getmany(timeout_ms=timeout_ms, max_records=max_records)
        for place, records in found.items():
            self._follow(place, records)
        return [record for records in found.values() for record in records]

    def _follow(self, place: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        """Raises PositionRefused where the client began again by itself, its place being gone."""
        where = (place.topic, place.partition)
        if where in self._next and where not in self._fresh:
            run = records[0].offset, records[-1].offset
            self._next[where] = after_run(_SAVER, place, self._next[where], run)

    def _write_owned(self, records: Sequence[ConsumerRecord]) -> None:
        """What a rebalance took from us meanwhile is its new owner's to write."""
        owned = self._sink.owned - self._fresh
        self._sink.write([r for r in records if (r.topic, r.partition) in owned])

    async def _patiently(
        self, call: Callable[[_Argument], _Result], argument: _Argument
    ) -> _Result | None:
        """Calls in a thread, again and again while the database is away; None when stopped."""
        pauses = _pauses_s()
        away = False
        while not self._stop.is_set():
            try:
                async with self._writing:
                    if away:
                        await asyncio.to_thread(self._sink.reconnect)
                    return await asyncio.to_thread(call, argument)
            except _TRY_AGAIN as error:
                away = True
                self._complain("the database", error)
                await self._pause(next(pauses))
        return None

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def _complain(self, what: str, error: Exception) -> None:
        """Once a minute is enough."""
        now = time.monotonic()
        if now - self._logged_at >= _LOG_EVERY_S:
            self._logged_at = now
            logger.warning("%s does not answer, trying on: %s", what, str(error).splitlines()[:1])


def _pauses_s() -> Iterator[float]:
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
