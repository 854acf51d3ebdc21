"""How far the services are behind: records that stand in Kafka and are not yet taken up."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from aiokafka.admin import AIOKafkaAdminClient

from services.verify.log import TopicLog

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


async def lag(log: TopicLog, consumer: Consumer) -> int:
    """Offsets between the consumer and the ends, less the transaction marker at each end."""
    ends = await log.ends(*consumer.topics)
    return sum(ends[where] - start - 1 for where, start in _open_gaps(consumer, ends).items())


async def is_drained(log: TopicLog, standing: list[Consumer]) -> bool:
    """Whether no record is left for any consumer; what stands behind them may be markers only."""
    ends = await log.ends(*{topic for consumer in standing for topic in consumer.topics})
    slowest: dict[tuple[str, int], int] = {}
    for consumer in standing:
        for where, start in _open_gaps(consumer, ends).items():
            slowest[where] = min(start, slowest.get(where, start))
    return not await log.any_records(slowest)


def _open_gaps(consumer: Consumer, ends: Offsets) -> dict[tuple[str, int], int]:
    """By partition, where the consumer stands when that is before the end."""
    starts = {
        where: max(0, consumer.offsets.get(where, 0))
        for where in ends
        if where[0] in consumer.topics
    }
    return {where: start for where, start in starts.items() if start < ends[where]}
