"""The other side of a load: a process that sends readings at a rate and awaits the signals.

    python -m services.monitor.bench.traffic SERVERS RATE SECONDS WARM_UP_S ASSETS

prints a line when it begins to send, and at its end as JSON the milliseconds from sending a reading
to holding the committed signal that it caused, for readings sent after the warm-up.
"""

import asyncio
import json
import sys
import time
from itertools import islice

import msgspec
import numpy as np
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas import ASSET_PARTITIONS
from services.monitor.bench.worlds import Keyed, fleet
from services.monitor.logic import INPUT, OUTPUT
from services.partition.quiet import quiet_kafka_client

_STEP_S = 0.01
_PATIENCE_S = 10.0


class _Head(msgspec.Struct):
    cause: str


_head = msgspec.json.Decoder(_Head).decode


async def flow(servers: str, rate: int, seconds: float, warm_up_s: float, assets: int) -> None:
    """Sends, reads, prints."""
    quiet_kafka_client()
    records = list(islice(fleet(assets), int(rate * seconds)))
    seen: dict[str, float] = {}
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    consumer = await _at_the_end(servers)
    reading = asyncio.create_task(_read(consumer, seen))
    print("sending", flush=True)
    sent = await _send(producer, records, rate)
    await asyncio.sleep(1.0)
    deadline, before = time.monotonic() + _PATIENCE_S, -1
    while before < len(seen) and time.monotonic() < deadline:
        before = len(seen)
        await asyncio.sleep(1.5)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await asyncio.gather(producer.stop(), consumer.stop())
    after_s = next(iter(sent.values())) + warm_up_s
    waits_ms = [
        (seen[cause] - at_s) * 1e3
        for cause, at_s in sent.items()
        if at_s >= after_s and cause in seen
    ]
    p50, p99 = np.percentile(waits_ms, (50, 99)) if waits_ms else (-1.0, -1.0)
    print(json.dumps({"p50": round(p50, 1), "p99": round(p99, 1), "signals": len(waits_ms)}))


async def _at_the_end(servers: str) -> "AIOKafkaConsumer[bytes, bytes]":
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, isolation_level="read_committed")
    await consumer.start()
    places = [TopicPartition(OUTPUT, number) for number in range(ASSET_PARTITIONS)]
    consumer.assign(places)
    await consumer.seek_to_end(*places)
    return consumer


async def _read(consumer: "AIOKafkaConsumer[bytes, bytes]", seen: dict[str, float]) -> None:
    async for record in consumer:
        if record.value is not None:
            seen.setdefault(_head(record.value).cause, time.perf_counter())


async def _send(producer: AIOKafkaProducer, records: list[Keyed], rate: int) -> dict[str, float]:
    """When each was sent, by the cause that its signals name."""
    began_s, under_way = time.perf_counter(), []
    for number, (key, value) in enumerate(records):
        due_s = began_s + number // max(int(rate * _STEP_S), 1) * _STEP_S
        if (early_s := due_s - time.perf_counter()) > 0:
            await asyncio.sleep(early_s)
        at_s = time.perf_counter()
        under_way.append((await producer.send(INPUT, value, key=key), at_s))
    placed = [(await future, at_s) for future, at_s in under_way]
    return {f"{INPUT}-{meta.partition}-{meta.offset}": at_s for meta, at_s in placed}


if __name__ == "__main__":
    _, servers, rate, seconds, warm_up_s, assets = sys.argv
    asyncio.run(flow(servers, int(rate), float(seconds), float(warm_up_s), int(assets)))
