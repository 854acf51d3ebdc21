"""How far a source was read: its newest record in the compacted topic `ingest-state`."""

import json
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

logger = logging.getLogger(__name__)

TOPIC = "ingest-state"
_PARTITION = TopicPartition(TOPIC, 0)


async def read_progress(bootstrap_servers: str, source: str) -> dict[str, Any]:
    """The newest committed progress of `source`, {} when there is none.

    Reads to the end of everything written, also past transactions of other sources that are still
    open: it waits for them to end, else it would overlook our own record behind theirs.
    """
    end = await _end(bootstrap_servers)
    consumer = _consumer(bootstrap_servers, "read_committed")
    newest: dict[str, Any] = {}
    await consumer.start()
    try:
        consumer.assign([_PARTITION])
        await consumer.seek_to_beginning(_PARTITION)
        while await consumer.position(_PARTITION) < end:
            fetched = await consumer.getmany(_PARTITION, timeout_ms=200)
            for record in fetched.get(_PARTITION, ()):
                if record.key == source.encode():
                    newest = _read(record.value) or newest
    finally:
        await consumer.stop()
    return newest


def _read(value: bytes | None) -> dict[str, Any] | None:
    """None for what no publisher wrote: to read on from before it repeats, but loses nothing."""
    try:
        found: dict[str, Any] = dict(json.loads(value or b""))
        int(found.get("position", 0))
        return found
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        logger.error("a record of %s is no progress and is passed over: %r", TOPIC, error)
        return None


async def _end(bootstrap_servers: str) -> int:
    consumer = _consumer(bootstrap_servers, "read_uncommitted")
    await consumer.start()
    try:
        return int((await consumer.end_offsets([_PARTITION]))[_PARTITION])
    finally:
        await consumer.stop()


def _consumer(bootstrap_servers: str, isolation_level: str) -> "AIOKafkaConsumer[bytes, bytes]":
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level=isolation_level,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
    )
