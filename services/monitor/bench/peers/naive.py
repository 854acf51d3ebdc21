"""What one would write first: aiokafka, msgspec and a dict; offsets committed now and then.

Killed, it loses its state, repeats and leaves out; nothing here prevents that.
"""

import asyncio

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.monitor.bench.peers.work import FAR, INPUT, Order, StopWatch, fresh, worst_score


class _Reading(msgspec.Struct):
    asset: str
    channels: dict[str, float]


async def run(order: Order) -> None:
    """Until so many readings are taken."""
    decode = msgspec.json.Decoder(_Reading).decode
    consumer = AIOKafkaConsumer(
        INPUT, bootstrap_servers=order.servers, group_id="naive", auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=order.servers)
    states: dict[str, list[float]] = {}
    watch = StopWatch()
    await asyncio.gather(consumer.start(), producer.start())
    while watch.readings < order.readings:
        for records in (await consumer.getmany(timeout_ms=200, max_records=5_000)).values():
            watch.count(len(records))
            for record in records:
                reading = decode(record.value)
                state = states.get(reading.asset)
                if state is None:
                    state = states[reading.asset] = fresh()
                if (score := worst_score(state, reading.channels.values())) > FAR:
                    alert = msgspec.json.encode({"asset": reading.asset, "score": score})
                    await producer.send("signals", alert, key=record.key)
    watch.tell()
    await asyncio.gather(consumer.stop(), producer.stop())


if __name__ == "__main__":
    asyncio.run(run(Order.given()))
