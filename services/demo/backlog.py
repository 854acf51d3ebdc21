"""How far the services are behind: records that stand in Kafka and are not yet taken up."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from schemas import TOPICS
from services.verify.log import LogReader

_GROUP_INPUTS = {"monitor": ("telemetry",), "lifecycle": ("facts", "signals", "commands")}
_HISTORIAN_INPUTS = ("telemetry", "signals", "facts", "transitions", "alerts", "rejected")

Offsets = Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class Consumer:
    """The offsets at which one service stands in the topics that it reads."""

    name: str
    topics: tuple[str, ...]
    offsets: Offsets


async def consumers(admin: AIOKafkaAdminClient, dsn: str) -> list[Consumer]:
    """Where each service of the line stands now."""
    found = []
    for group, topics in _GROUP_INPUTS.items():
        committed = await admin.list_consumer_group_offsets(group)
        offsets = {(tp.topic, tp.partition): meta.offset for tp, meta in committed.items()}
        found.append(Consumer(group, topics, offsets))
    found.append(Consumer("historian", _HISTORIAN_INPUTS, _historian_offsets(dsn)))
    return found


def _historian_offsets(dsn: str) -> Offsets:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT topic, partition, next_offset FROM sink_offset")
        return {(topic, partition): offset for topic, partition, offset in rows}


async def lag(log: LogReader, consumer: Consumer) -> int:
    """Offsets between the consumer and the ends, less the transaction marker at each end."""
    return sum([end - start - 1 for _, _, start, end in await _gaps(log, consumer)])


async def is_drained(log: LogReader, consumer: Consumer) -> bool:
    """Whether no record is left for the consumer; what stands behind it may be markers only."""
    for topic, partition, start, _ in await _gaps(log, consumer):
        if await log.has_records(topic, partition, start):
            return False
    return True


async def _gaps(log: LogReader, consumer: Consumer) -> list[tuple[str, int, int, int]]:
    gaps = []
    for topic in consumer.topics:
        ends = await log.ends(topic)
        for partition in range(TOPICS[topic].partitions):
            start = max(0, consumer.offsets.get((topic, partition), 0))
            if ends[partition] > start:
                gaps.append((topic, partition, start, ends[partition]))
    return gaps
