"""How far the services are behind: records that stand in Kafka and are not yet taken up."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from services.domain.line_health import INPUTS
from services.verify.log import TopicLog, topic_log

_GROUPS = ("monitor", "lifecycle")  # the historian keeps its offsets in the database
_CONNECT_S = 3  # less than anybody's patience with Kafka, so that the right one is named
_MOST_MARKERS = 10_000
"""More offsets than that in a row are not transaction markers alone."""

Offsets = Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class Consumer:
    """The offsets at which one service stands in the topics that it reads."""

    name: str
    topics: tuple[str, ...]
    offsets: Offsets


class Taken(NamedTuple):
    """Of `total` records of some topics, `records` were taken up by every service."""

    records: int
    total: int


class Backlog:
    """Asks Kafka and the database; made by `backlog_of`."""

    def __init__(self, admin: AIOKafkaAdminClient, log: TopicLog, dsn: str) -> None:
        self._admin = admin
        self._log = log
        self._dsn = dsn

    async def consumers(self) -> list[Consumer]:
        """Where each service of the line stands now."""
        found = []
        for group in _GROUPS:
            committed = await self._admin.list_consumer_group_offsets(group)
            offsets = {(tp.topic, tp.partition): meta.offset for tp, meta in committed.items()}
            found.append(Consumer(group, INPUTS[group], offsets))
        offsets = await asyncio.to_thread(self._historian_offsets)
        found.append(Consumer("historian", INPUTS["historian"], offsets))
        return found

    async def produced(self, topic: str) -> int:
        """Offsets of a topic: its records, and a few markers among them."""
        return sum((await self._log.ends(topic)).values())

    async def lag(self) -> int:
        """Offsets between the slowest service and the ends, less the marker at each end."""
        return max([await self._lag(one, one.topics) for one in await self.consumers()])

    async def taken(self, topic: str, standing: Collection[Consumer]) -> Taken:
        """How much of a topic every service that reads it has taken up."""
        total = sum(max(0, end - 1) for end in (await self._log.ends(topic)).values())
        behind = [await self._lag(one, (topic,)) for one in standing if topic in one.topics]
        return Taken(total - max(behind), total)

    async def is_drained(self, standing: Collection[Consumer]) -> bool:
        """Whether no record is left for any service; what stands behind them may be markers."""
        ends = await self._log.ends(*{topic for one in standing for topic in one.topics})
        slowest: dict[tuple[str, int], int] = {}
        for one in standing:
            for where, start in _open_gaps(one.offsets, one.topics, ends).items():
                slowest[where] = min(start, slowest.get(where, start))
        if any(ends[where] - start > _MOST_MARKERS for where, start in slowest.items()):
            return False
        return not await self._log.any_records(slowest)

    async def _lag(self, consumer: Consumer, topics: Collection[str]) -> int:
        ends = await self._log.ends(*topics)
        gaps = _open_gaps(consumer.offsets, topics, ends)
        return sum(ends[where] - start - 1 for where, start in gaps.items())

    async def open_alerts(self) -> int:
        """Alerts in the database that nobody is done with."""
        return await asyncio.to_thread(self._open_alerts)

    def _open_alerts(self) -> int:
        with self._database() as connection:
            row = connection.execute("SELECT count(*) FROM alert WHERE handling <> 'done'")
            return int((row.fetchone() or (0,))[0])

    def _database(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._dsn, connect_timeout=_CONNECT_S)

    def _historian_offsets(self) -> dict[tuple[str, int], int]:
        with self._database() as connection:
            rows = connection.execute("SELECT topic, partition, next_offset FROM sink_offset")
            return {(topic, partition): offset for topic, partition, offset in rows}


@asynccontextmanager
async def backlog_of(bootstrap_servers: str, dsn: str) -> AsyncIterator[Backlog]:
    """Connects to Kafka; raises KafkaError, OSError or psycopg.Error when a server is away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        await admin.start()
        async with topic_log(bootstrap_servers) as log:
            yield Backlog(admin, log, dsn)
    finally:
        await admin.close()


def _open_gaps(offsets: Offsets, topics: Collection[str], ends: Offsets) -> Offsets:
    """By partition, where a service stands when that is before the end."""
    starts = {where: max(0, offsets.get(where, 0)) for where in ends if where[0] in topics}
    return {where: start for where, start in starts.items() if start < ends[where]}
