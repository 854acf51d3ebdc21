"""One lane: a consumer, a sink, and the loop that carries batches from one to the other.

Telemetry has a lane of its own, so that a flood of readings does not hold up an alert.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.structs import ConsumerRecord
from psycopg import errors

from services.historian.sink import Partition, Sink

logger = logging.getLogger(__name__)

MAX_RECORDS = 10_000
_POLL_MS = 200
_REVOKE_PATIENCE_S = 15.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_NOT_MIGRATED = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction)
_TRY_AGAIN = (psycopg.OperationalError, psycopg.InterfaceError, *_NOT_MIGRATED)
_LOG_EVERY_S = 60.0

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
        self._fresh: set[Partition] = set()
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
            fetch_max_wait_ms=100,
            session_timeout_ms=6_000,  # after a kill the partitions wait for so long
            heartbeat_interval_ms=1_500,
        )

    async def run(self) -> None:
        """Until `stop`; raises Fenced when another process owns a partition of ours."""
        try:
            await self._start()
            while not self._stop.is_set():
                await self._take_over()
                records = await self._collect()
                if records:
                    await self._patiently(self._write_owned, records)
        finally:
            await self._consumer.stop()
            self._sink.close()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Lets a running transaction end before somebody else takes over."""
        try:
            async with asyncio.timeout(_REVOKE_PATIENCE_S), self._writing:
                self._sink.let_go([(tp.topic, tp.partition) for tp in revoked])
        except TimeoutError:
            logger.warning("partitions go while the database is away; their owner fences us")

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Notes what is to be taken over, by the loop and not in the middle of a rebalance."""
        self._fresh = {(tp.topic, tp.partition) for tp in assigned}

    async def _start(self) -> None:
        pauses = _pauses_s()
        while not self._stop.is_set():
            try:
                await self._consumer.start()
                self._consumer.subscribe(list(self._topics), listener=self)
                return
            except OSError as error:  # aiokafka's KafkaConnectionError is one
                self._complain("Kafka", error)
                await self._pause(next(pauses))

    async def _take_over(self) -> None:
        while self._fresh:
            fresh = self._fresh
            taken = await self._patiently(self._sink.take_over, fresh)
            if taken is None:
                return
            await self._seek(taken)
            if self._fresh is fresh:
                self._fresh = set()

    async def _seek(self, offsets: dict[Partition, int]) -> None:
        partitions = [TopicPartition(*partition) for partition in offsets]
        begins = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        for partition in partitions:
            offset = offsets[partition.topic, partition.partition]
            if offset > ends[partition]:
                raise RuntimeError(
                    f"the database stands at {offset} in {partition.topic}-{partition.partition}, "
                    f"which ends at {ends[partition]}: it belongs to another Kafka; use its own."
                )
            if 0 < offset < begins[partition]:
                logger.error("%s: Kafka has deleted %d..%d before they were stored",
                             partition, offset, begins[partition])  # fmt: skip
            self._consumer.seek(partition, max(offset, begins[partition]))

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
        return [record for records in found.values() for record in records]

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
