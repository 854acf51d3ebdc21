"""The Faust shell: membership of the group, co-partitioned assignment and fetching.

State, offsets and outputs are those of services.partition, one transaction of ours for each
partition and batch.  Faust's own tables and commits are not used, because they lose and repeat.

    revoked    awaited by Faust before it rejoins the group: partitions are held, nothing commits
    assigned   awaited before it fetches on: lost partitions are given away, new ones restored
    agent      offers what Faust brings; the partition itself drops repeats, fills gaps, and reads
               by itself where Faust brings nothing although there is something

Faust logs what a handler of its signals raises and goes on: here it ends the process.
"""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

import faust

from schemas import ASSET_PARTITIONS, Heartbeat
from services.lifecycle.logic import MODELS, LifecycleLogic
from services.partition import OwnedPartition, RecordCopy, ServiceLine
from services.partition.ending import crash_only
from services.partition.heartbeats import Heartbeats
from services.partition.patience import fetch_patiently

logger = logging.getLogger(__name__)

_FETCH_WAIT_MS = 50


class OwnedPartitions:
    """The partitions that the group gives us, by number."""

    def __init__(self, line: ServiceLine) -> None:
        self._line = line
        self._owned: dict[int, OwnedPartition] = {}
        self._restoring: dict[int, OwnedPartition] = {}
        self.heartbeats = Heartbeats(line.bootstrap_servers, self._report)
        self._changing = asyncio.Lock()
        self._generation = 0  # counts the revocations: a partition goes on only if none came since

    async def hold(self) -> None:
        """No commit after this: the group may give the partitions to others."""
        self._generation += 1
        await asyncio.gather(*(part.hold() for part in self._owned.values()))

    async def become(self, numbers: Collection[int]) -> None:
        """Gives away what is not in `numbers`, restores what is new, goes on with the rest."""
        async with self._changing:
            generation = self._generation
            await asyncio.gather(
                *(self._owned.pop(n).close() for n in self._owned.keys() - numbers)
            )
            self._restoring = {n: self._new(n) for n in set(numbers) - self._owned.keys()}
            await self._restore(self._restoring.values())
            self._owned |= self._restoring
            self._restoring = {}
            if generation == self._generation:
                for part in self._owned.values():
                    part.resume()
            logger.info("partitions: %s", sorted(self._owned))

    async def _restore(self, parts: Collection[OwnedPartition]) -> None:
        """They go on only when `become` says so."""
        await asyncio.gather(*(part.hold() for part in parts))
        try:
            await asyncio.gather(*(part.restore() for part in parts))
        except Exception:
            await self.heartbeats.beat()  # the last one says why
            raise

    async def offer(self, message: Any) -> None:
        """A message of Faust's; one of a partition that is not ours any more is left to others."""
        if part := self._owned.get(message.partition):
            await part.offer(
                RecordCopy(
                    message.topic,
                    message.partition,
                    message.offset,
                    int(message.timestamp * 1000),
                    message.key,
                    message.value,
                )
            )

    def _report(self, now: datetime) -> list[Heartbeat]:
        parts = {**self._owned, **self._restoring}
        return [part.heartbeat(now) for part in parts.values()]

    def _new(self, number: int) -> OwnedPartition:
        return OwnedPartition(self._line, number, LifecycleLogic(self._line))


def build_app(line: ServiceLine, data_dir: str, instance_id: str) -> Any:
    """The Faust application; `instance_id` is unique to a worker and survives its restart."""
    app = faust.App(
        line.service,
        broker=[f"kafka://{server.strip()}" for server in line.bootstrap_servers.split(",")],
        datadir=data_dir,
        web_enabled=False,
        topic_partitions=ASSET_PARTITIONS,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance_id,
        broker_session_timeout=10,
        broker_heartbeat_interval=1,
        consumer_metadata_max_age_ms=10_000,  # a leader that knows no topic yet shares out none
        processing_guarantee="exactly_once",  # for its consumer alone: it reads committed records
    )
    _connect(app, OwnedPartitions(line))
    return app


def _connect(app: Any, partitions: OwnedPartitions) -> None:
    # acks=False: Faust commits nothing; raw: it decodes nothing, so it can drop nothing
    inputs = app.topic(
        *MODELS, key_serializer="raw", value_serializer="raw", key_type=bytes, value_type=bytes,
        acks=False,
    )  # fmt: skip

    @app.agent(inputs, concurrency=1)  # type: ignore[untyped-decorator]
    async def lifecycle(stream: Any) -> None:
        async for event in stream.events():
            with crash_only():
                await partitions.offer(event.message)

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def revoked(_app: Any, *_args: Any, **_kwargs: Any) -> None:
        with crash_only():
            await partitions.hold()

    @app.on_rebalance_complete.connect  # type: ignore[untyped-decorator]
    async def assigned(app: Any, *_args: Any, **_kwargs: Any) -> None:
        with crash_only():
            # of Faust's consumer, whose fetches would wait for 1,500 ms
            fetch_patiently(app.consumer._thread._consumer, _FETCH_WAIT_MS)
            await partitions.become(_co_partitioned(app.consumer.assignment()))

    @app.task  # type: ignore[untyped-decorator]
    async def heartbeats(*_args: Any) -> None:
        with crash_only():
            await partitions.heartbeats.run()

    @app.on_before_shutdown.connect  # type: ignore[untyped-decorator]
    async def leave(_app: Any, *_args: Any, **_kwargs: Any) -> None:
        await partitions.become(())


def _co_partitioned(assignment: Any) -> set[int]:
    """The partition numbers we have of every input; raises ValueError if they differ."""
    numbers = [{tp.partition for tp in assignment if tp.topic == topic} for topic in MODELS]
    if any(other != numbers[0] for other in numbers):
        raise ValueError(f"the topics {', '.join(MODELS)} are not co-partitioned: {numbers}")
    return numbers[0]
