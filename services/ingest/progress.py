"""How far a source was read: its newest record in the compacted topic `ingest-state`."""

import json
import logging
from contextlib import aclosing
from typing import Any

from aiokafka import TopicPartition

from services.ingest.committed import committed

logger = logging.getLogger(__name__)

TOPIC = "ingest-state"
_PARTITION = TopicPartition(TOPIC, 0)


async def read_progress(bootstrap_servers: str, source: str) -> dict[str, Any]:
    """The newest committed progress of `source`, {} when there is none."""
    newest: dict[str, Any] = {}
    async with aclosing(committed(bootstrap_servers, [_PARTITION])) as records:
        async for record in records:
            if record.key == source.encode():
                newest = _read(record.value) or newest
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
