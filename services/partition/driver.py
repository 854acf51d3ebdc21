"""Feeds owned partitions from aiokafka's own consumer group.

The group decides who owns which partition; the fencing of the transactional producers makes that
safe even for a worker that slept through a rebalance.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaConnectionError

from schemas import Heartbeat
from services.partition.ending import crash_only
from services.partition.heartbeats import Heartbeats
from services.partition.intake import Run
from services.partition.logic import PartitionLogic, ServiceLine
from services.partition.owned import OwnedPartition
from services.partition.patience import fetch_patiently
from services.partition.position import after_run
from services.partition.quiet import quiet_kafka_client
from services.partition.supervised import until
from services.partition.threads import favour_the_loop

logger = logging.getLogger(__name__)

_SESSION_TIMEOUT_MS = 10_000
_HEARTBEAT_MS = 1_000
# A leader that does not know the topic yet gives nobody anything until it asks again.
_METADATA_MS = 10_000
_POLL_MS = 200
_FETCH_WAIT_MS = 50
_FETCH_RECORDS = 1_000  # more at once would keep the event loop
# Readings that trickle in are fetched together; each fetch alone costs as much as many of them.
_FETCH_MIN_BYTES = 64 << 10
_LOG_EVERY_S = 60.0
_RETRY_S = 1.0

NewLogic = Callable[[int], PartitionLogic]


async def run_group(line: ServiceLine, new_logic: NewLogic, instance_id: str | None = None) -> None:
    """Owns the partitions that the group `line.service` gives us, until SIGTERM or SIGINT.

    `new_logic` makes the logic of a partition.  `instance_id`, unique to a worker and the same
    after its restart, spares the group a rebalance.  Ends the process with exit code 70 when a
    partition is lost or anything here fails.
    """
    quiet_kafka_client()
    favour_the_loop()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with crash_only():
        await GroupWorker(line, new_logic, instance_id).run(stop)


class GroupWorker(ConsumerRebalanceListener):  # type: ignore[misc]  # comes untyped
    """Partitions are *owned* (restored or being restored) and, of those, *live* (being fetched).

    From `on_partitions_revoked` to the end of `on_partitions_assigned` the consumer still answers
    with the old assignment, and `getmany` still returns (empty, when no record waits).  Nothing may
    be sought and resumed then: it would be forgotten with the old assignment.
    """

    def __init__(self, line: ServiceLine, new_logic: NewLogic, instance_id: str | None) -> None:
        (self._topic,) = line.inputs
        self._line = line
        self._new_logic = new_logic
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=line.bootstrap_servers,
            group_id=line.service,
            group_instance_id=instance_id,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=_SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            metadata_max_age_ms=_METADATA_MS,
            max_partition_fetch_bytes=4 << 20,
        )
        self._owned: dict[int, OwnedPartition] = {}
        self._restoring: dict[int, asyncio.Task[None]] = {}
        self._live: dict[int, int] = {}  # partition -> offset up to which the consumer fetched
        self._rebalancing = False
        self._generation = 0
        self._heartbeats = Heartbeats(line.bootstrap_servers, self._report)

    async def run(self, stop: asyncio.Event) -> None:
        """Joins, fetches until `stop`, leaves; raises what ends the fetching."""
        if not await _started(self._consumer, stop):
            return
        fetch_patiently(self._consumer, _FETCH_WAIT_MS, _FETCH_MIN_BYTES)
        self._consumer.subscribe([self._topic], listener=self)
        try:
            await until(stop, self._fetch_on(), self._heartbeats.run())
        finally:
            await self._leave()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """No commit after this: the group may give the partitions to others."""
        self._rebalancing = True
        self._generation += 1
        self._live.clear()
        await asyncio.gather(*(part.hold() for part in self._owned.values()))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Gives away what is lost and restores what is new, beside the group's heartbeats."""
        numbers = {tp.partition for tp in assigned}
        self._consumer.pause(*assigned)
        with crash_only():
            await self._own(numbers)
        self._rebalancing = False
        logger.info("partitions of %s: %s", self._topic, sorted(numbers))

    async def _own(self, numbers: set[int]) -> None:
        await asyncio.gather(*(self._give_away(number) for number in set(self._owned) - numbers))
        for number in numbers - set(self._owned):
            self._owned[number] = OwnedPartition(self._line, number, self._new_logic(number))
            self._restoring[number] = asyncio.create_task(self._restore(number))
        for number in numbers:
            self._owned[number].resume()

    async def _restore(self, number: int) -> None:
        with crash_only():
            try:
                await self._owned[number].restore()
            except Exception:
                await self._heartbeats.beat()  # the last one says why
                raise
        self._restoring.pop(number, None)

    def _report(self, now: datetime) -> list[Heartbeat]:
        return [part.heartbeat(now) for part in self._owned.values()]

    async def _give_away(self, number: int) -> None:
        part = self._owned.pop(number)
        if restoring := self._restoring.pop(number, None):
            restoring.cancel()
            with suppress(asyncio.CancelledError):
                await restoring
        await part.close()

    async def _fetch_on(self) -> None:
        while True:
            await self._fetch()
            await asyncio.sleep(0)  # with records in hand nothing else may have waited

    async def _fetch(self) -> None:
        """One round.  Seeking happens here only, so that a fetched run starts where we know."""
        self._go_live()
        generation = self._generation
        fetched = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_FETCH_RECORDS)
        for tp, records in fetched.items():
            if generation != self._generation:
                return  # everything is sought again
            await self._hand_over(tp, records)

    def _go_live(self) -> None:
        if self._rebalancing:
            return
        for number in set(self._owned) - set(self._restoring) - set(self._live):
            tp = TopicPartition(self._topic, number)
            self._live[number] = self._owned[number].next_offset(self._topic)
            self._consumer.seek(tp, self._live[number])
            self._consumer.resume(tp)

    async def _hand_over(
        self, tp: TopicPartition, records: "list[ConsumerRecord[bytes, bytes]]"
    ) -> None:
        if tp.partition not in self._live:
            return
        start = self._live[tp.partition]
        end = after_run(self._line.saver, tp, start, (records[0].offset, records[-1].offset))
        self._live[tp.partition] = end
        await self._owned[tp.partition].offer_run(Run(self._topic, start, end, records))

    async def _leave(self) -> None:
        """Commits nothing more, leaves the group, and lets go of the connections."""
        await asyncio.gather(*(part.hold() for part in self._owned.values()))
        await self._consumer.stop()
        await asyncio.gather(*(self._give_away(number) for number in set(self._owned)))


async def _started(consumer: "AIOKafkaConsumer[bytes, bytes]", stop: asyncio.Event) -> bool:
    """Starts it, waiting for a broker that is away; False when `stop` came first."""
    said_s = -_LOG_EVERY_S
    while not stop.is_set():
        try:
            await consumer.start()
            return True
        except KafkaConnectionError as error:
            if time.monotonic() >= said_s + _LOG_EVERY_S:
                logger.warning("Kafka does not answer, trying on: %s", error)
                said_s = time.monotonic()
            await asyncio.sleep(_RETRY_S)
    return False
