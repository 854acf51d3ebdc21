"""Heartbeats on their way into Kafka; what cannot be sent in time is left out."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import Heartbeat

logger = logging.getLogger(__name__)

_TOPIC = "heartbeats"
_EVERY_S = 2.0
_PATIENCE_S = 5.0
_LOG_EVERY_S = 60.0
_AWAY = (KafkaError, OSError, TimeoutError)


class Heartbeats:
    """Sends what `report` says at the time given to it, every 2 s.

    A producer of its own and no transaction: a repeated heartbeat is no harm, and a broker that is
    away costs heartbeats and nothing else.
    """

    def __init__(
        self, bootstrap_servers: str, report: Callable[[datetime], Iterable[Heartbeat]]
    ) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._report = report
        self._producer: AIOKafkaProducer | None = None
        self._logged_s = -_LOG_EVERY_S

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await self.beat()
                await asyncio.sleep(_EVERY_S)
        finally:
            if self._producer is not None:
                with suppress(*_AWAY):
                    async with asyncio.timeout(_PATIENCE_S):
                        await self._producer.stop()

    async def beat(self) -> None:
        """Sends one heartbeat of each partition now; returns in any case, after 5 s at the most."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                producer = await self._connected()
                sent = [
                    await producer.send(_TOPIC, beat.to_json(), key=beat.key, partition=0)
                    for beat in self._report(datetime.now(UTC))
                ]
                await asyncio.gather(*sent)
        except _AWAY as error:
            if time.monotonic() >= self._logged_s + _LOG_EVERY_S:
                self._logged_s = time.monotonic()
                logger.warning("no heartbeats, trying on: %r", error)

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap_servers)
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer
