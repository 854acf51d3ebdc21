"""Reads what partitions hold, committed records only, to the end of everything written."""

import math
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition


async def committed(
    bootstrap_servers: str, partitions: Sequence[TopicPartition], patience_s: float = math.inf
) -> AsyncGenerator[Any]:
    """The records in the order of each partition.

    Reads on past transactions of others that are still open: it waits for them to end, else it
    would overlook records of ours behind theirs.
    """
    ends = await _ends(bootstrap_servers, partitions)
    consumer = _consumer(bootstrap_servers, "read_committed")
    await consumer.start()
    try:
        consumer.assign(list(partitions))
        await consumer.seek_to_beginning(*partitions)
        unread, moved = set(partitions), time.monotonic()
        while unread:
            fetched = await consumer.getmany(*unread, timeout_ms=200)
            if fetched:
                moved = time.monotonic()
            elif time.monotonic() - moved > patience_s:
                raise TimeoutError(f"no record for {patience_s:.0f} s")
            for records in fetched.values():
                for record in records:
                    yield record
            unread = {p for p in unread if await consumer.position(p) < ends[p]}
    finally:
        await consumer.stop()


async def _ends(
    bootstrap_servers: str, partitions: Sequence[TopicPartition]
) -> dict[TopicPartition, int]:
    consumer = _consumer(bootstrap_servers, "read_uncommitted")
    await consumer.start()
    try:
        return dict(await consumer.end_offsets(list(partitions)))
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
