"""Publishes one source exactly once: messages and the progress they stand for, all or nothing.

    async with open_publisher(bootstrap_servers, "ais:feed.nmea:1a2b3c4d") as publisher:
        ...go to publisher.progress...
        await publisher.publish(messages, clock=now, progress={"position": 5000})

One task commits, at most once in 100 ms; whoever publishes waits only while 5,000 messages wait.
A second publisher of the same source fences the first, whose next commit raises.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from schemas import ASSET_PARTITIONS, Fact, Message, Reading, Rejected, Tick, format_time
from services.ingest.batches import Batches, Place, place_of
from services.ingest.progress import TOPIC as PROGRESS_TOPIC
from services.ingest.progress import read_progress

logger = logging.getLogger(__name__)

TICK_S = 10
MAX_WAITING = 5_000
MAX_DELAY_S = 0.1

_RETRY_BACKOFF_MS = 10
_TRANSACTION_TIMEOUT_MS = 10_000  # a killed publisher holds readers up no longer than this
_MAX_BATCH_BYTES = 900 << 10  # a broker takes 1 MiB
_MAX_REQUEST_BYTES = 1 << 20
_PATIENCE_S = 1.0
_LOG_EVERY = 60


class Emission(Protocol):
    """A message that is bytes already, a named tuple; a tick goes into all of telemetry."""

    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def value(self) -> bytes: ...


class Publisher:
    """Made by `open_publisher`; `progress` is what the last committed transaction left ({} new)."""

    def __init__(self, producer: AIOKafkaProducer, source: str, progress: dict[str, Any]) -> None:
        self.progress = progress
        self._producer = producer
        self._source = source
        self._feeds = {source}
        self._last_tick = _grid(progress["clock"]) if "clock" in progress else -1
        self._waiting = Batches(producer)
        self._closing = False
        self._changed = False
        self._work, self._full, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def publish(
        self,
        messages: Iterable[Message | Emission],
        *,
        progress: dict[str, Any],
        clock: datetime | None = None,
    ) -> None:
        """Takes over messages, in order, that bring the source to `progress`.

        They share one transaction.  `clock` is the feed's: each time that it passes a multiple of
        10 s, a Tick goes into every partition of `telemetry`.  Without it the ticks are among the
        messages.
        """
        while self._waiting.count >= MAX_WAITING:
            self._room.clear()
            await self._room.wait()
        created_ms = time.time_ns() // 1_000_000
        for message in messages:
            self._add(message, created_ms)
        self.progress = progress
        if clock is not None:
            self._tick(clock, created_ms)
            self.progress = {**progress, "clock": format_time(clock)}
        self._changed = True
        self._work.set()
        if self._waiting.count >= MAX_WAITING:
            self._full.set()
        await asyncio.sleep(0)

    async def commit_until_closed(self) -> None:
        """The committing task; raises KafkaError when a transaction fails for good."""
        while not self._closing or self._work.is_set():
            await self._work.wait()
            try:
                async with asyncio.timeout(MAX_DELAY_S):
                    await self._full.wait()
            except TimeoutError:
                pass
            await self._commit()

    def close(self) -> None:
        """Lets the committing task end once everything is committed."""
        self._closing = True
        self._work.set()
        self._full.set()

    async def _commit(self) -> None:
        if not self._changed:
            self._work.clear()
            return
        batches, self._waiting, self._changed = self._waiting, Batches(self._producer), False
        state = json.dumps(self.progress).encode()
        self._work.clear()
        if not self._closing:
            self._full.clear()
        self._room.set()
        source, now_ms = self._source.encode(), time.time_ns() // 1_000_000
        batches.add(place_of(PROGRESS_TOPIC, source), source, state, now_ms)
        async with self._producer.transaction():
            await batches.send()

    def _tick(self, clock: datetime, created_ms: int) -> None:
        grid = int(clock.timestamp() // TICK_S)
        if grid <= self._last_tick:
            return
        self._last_tick = grid
        for feed in sorted(self._feeds):
            tick = Tick(source=feed, ingest_time=clock)
            self._add_everywhere(feed.encode(), tick.to_json(), created_ms)

    def _add(self, message: Message | Emission, created_ms: int) -> None:
        topic, name, value = self._written(message)
        if topic == "ticks":
            self._add_everywhere(name.encode(), value, created_ms)
        else:
            place, key = _addressed(topic, name)
            self._waiting.add(place, key, value, created_ms)

    def _add_everywhere(self, key: bytes, value: bytes, created_ms: int) -> None:
        for number in range(ASSET_PARTITIONS):
            self._waiting.add(Place("telemetry", number), key, value, created_ms)

    def _written(self, message: Message | Emission) -> tuple[str, str, bytes]:
        """Topic, key and value."""
        if isinstance(message, tuple):  # first, and so: to ask what a model is takes its time
            return message.topic, message.key, message.value
        if isinstance(message, Reading):
            self._feeds.add(message.source)
            return "telemetry", message.asset, message.to_json()
        if isinstance(message, Fact):
            return "facts", message.asset, message.to_json()
        if isinstance(message, Rejected):
            return "rejected", message.source, message.to_json()
        raise TypeError(f"{type(message).__name__} is no message of a source")


@lru_cache(maxsize=1 << 17)
def _addressed(topic: str, name: str) -> tuple[Place, bytes]:
    """Where a key goes, and its bytes."""
    key = name.encode()
    return place_of(topic, key), key


@asynccontextmanager
async def open_publisher(bootstrap_servers: str, source: str) -> AsyncIterator[Publisher]:
    """Becomes the one publisher of `source`, waiting while Kafka is away; commits all on leaving.

    Raises KafkaError when a transaction fails for good, ProducerFenced when another took over.
    """
    producer = await _started_producer(bootstrap_servers, source)
    try:
        # Starting the producer ended what a killed predecessor left open; only now is it final.
        publisher = Publisher(producer, source, await read_progress(bootstrap_servers, source))
        async with asyncio.TaskGroup() as tasks:
            committing = tasks.create_task(publisher.commit_until_closed())
            try:
                yield publisher
            finally:
                publisher.close()
                await asyncio.wait([committing])
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    finally:
        await producer.stop()


async def _started_producer(bootstrap_servers: str, source: str) -> AIOKafkaProducer:
    attempt = 0
    while True:
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap_servers,
            transactional_id=f"ingest-{source}",
            transaction_timeout_ms=_TRANSACTION_TIMEOUT_MS,
            retry_backoff_ms=_RETRY_BACKOFF_MS,
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=_MAX_REQUEST_BYTES,
        )
        try:
            await producer.start()
            return producer
        except KafkaConnectionError as error:
            await producer.stop()
            if attempt % _LOG_EVERY == 0:
                logger.warning("waiting for Kafka at %s: %s", bootstrap_servers, error)
            attempt += 1
            await asyncio.sleep(_PATIENCE_S)


def _grid(clock: str) -> int:
    return int(datetime.fromisoformat(clock).timestamp() // TICK_S)
