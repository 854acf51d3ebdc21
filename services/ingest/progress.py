"""How far a source was read: its newest record in the compacted topic `ingest-state`."""

import json
from contextlib import aclosing
from typing import Any

from aiokafka import TopicPartition

from services.ingest.committed import committed

TOPIC = "ingest-state"
_PARTITION = TopicPartition(TOPIC, 0)


async def read_progress(bootstrap_servers: str, source: str) -> dict[str, Any]:
    """The newest committed progress of `source`, {} when there is none."""
    newest: dict[str, Any] = {}
    async with aclosing(committed(bootstrap_servers, [_PARTITION])) as records:
        async for record in records:
            if record.key == source.encode() and record.value is not None:
                newest = json.loads(record.value)
    return newest
