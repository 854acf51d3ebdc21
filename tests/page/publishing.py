"""Messages straight into the line's topics."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from aiokafka import AIOKafkaProducer

from schemas import AlertChange, Fact, Reading
from services.line.line import Line


def publish(line: Line, topic: str, messages: Iterable[Fact | AlertChange | Reading]) -> None:
    """In a thread of its own, since Playwright keeps an event loop running in ours."""

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=line.bootstrap_servers) as producer:
            sent = [
                await producer.send(topic, one.to_json(), key=one.asset.encode())
                for one in messages
            ]
            await asyncio.gather(*sent)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, send()).result()
