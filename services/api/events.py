"""Server-sent events: alerts straight out of Kafka, and where the fleet has moved.

    event: alert   data: AlertChange           as soon as it is committed; no database needed
    event: fleet   data: {"assets": [...]}     every 2 s, the changed rows of /api/fleet, whole
    event: ping    data: {}                    every 5 s

There is no replay: a client that (re)connects reads the lists again.  A client that does not keep
up is let go, and reads them again as well.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from schemas import TOPICS, AlertChange
from services.api import views
from services.api.database import Database
from services.api.models import FleetNow
from services.partition.patience import fetch_patiently

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/api", tags=["events"])

_BACKLOG = 2_000
_FLEET_EVERY_S = 2.0
_PING_EVERY_S = 5.0
_PAUSE_S = 1.0
_FETCH_WAIT_MS = 100
_LOG_EVERY_S = 60.0
_ASK_EVERY_S = 3.0
_ANSWER_WITHIN_S = 2.0
_AWAY = (KafkaError, OSError, psycopg.Error, PoolTimeout)
_COMMIT_DELAY = timedelta(seconds=10)
"""Rows become visible in the order of their commits, not of their times: look back this far."""
_FLEET_LIMIT = 50_000
_REMEMBERED_ALERTS = 10_000


class Hub:
    """Hands every event to every client."""

    def __init__(self) -> None:
        self._clients: set[asyncio.Queue[bytes | None]] = set()

    @property
    def busy(self) -> bool:
        """Whether anybody listens."""
        return bool(self._clients)

    def send(self, event: str, data: bytes) -> None:
        """One event to all; whoever has too many unread is let go."""
        message = b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"
        for client in list(self._clients):
            if client.qsize() >= _BACKLOG:
                self._clients.discard(client)
                client.put_nowait(None)
            else:
                client.put_nowait(message)

    def close(self) -> None:
        """Ends every stream."""
        for client in self._clients:
            client.put_nowait(None)

    @contextlib.contextmanager
    def client(self) -> Iterator["asyncio.Queue[bytes | None]"]:
        """A queue of events; None ends it."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._clients.add(queue)
        try:
            yield queue
        finally:
            self._clients.discard(queue)


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "events without end"}},
)
async def events(request: Request) -> StreamingResponse:
    """Alerts and positions as they happen; read the lists again after every (re)connect."""
    stream = _stream(request.app.state.hub)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(hub: Hub) -> AsyncIterator[bytes]:
    with hub.client() as queue:
        yield b"retry: 1000\n\nevent: ping\ndata: {}\n\n"
        while (message := await queue.get()) is not None:
            yield message


async def ping(hub: Hub) -> None:
    """Keeps idle connections alive, for ever."""
    while True:
        await asyncio.sleep(_PING_EVERY_S)
        hub.send("ping", b"{}")


async def keep_up(what: str, step: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Runs `step` for ever, with a pause after each: no error ends it, one a minute is logged."""
    logged_at = -math.inf
    while True:
        try:
            await step()
        except Exception as error:  # whatever it is: the page must not go quiet for ever
            now = asyncio.get_running_loop().time()
            if now - logged_at >= _LOG_EVERY_S:
                logged_at = now
                unexpected = not isinstance(error, _AWAY)
                logger.warning("%s stopped, trying on: %s", what, error, exc_info=unexpected)
        await asyncio.sleep(every_s)


class AlertFeed:
    """The newest end of the topic `alerts`, for ever; reconnects by itself."""

    def __init__(self, hub: Hub, bootstrap_servers: str) -> None:
        self._hub = hub
        self._bootstrap_servers = bootstrap_servers
        self._consumer: AIOKafkaConsumer | None = None
        self._next: dict[TopicPartition, int] = {}
        self._asset_of: dict[str, str] = {}
        self._asking = asyncio.Lock()
        self._asked_at = -math.inf
        self._answered = False

    async def run(self) -> None:
        """Until cancelled."""
        await keep_up("the feed of alerts", self._follow, _PAUSE_S)

    def asset_of(self, alert: str) -> str | None:
        """The asset of an alert that was heard of lately; None for all others."""
        return self._asset_of.get(alert)

    async def answers(self) -> bool:
        """Whether Kafka answers, by asking it; the iterator of the feed tries on in silence."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._consumer is None:
                return False
            if now - self._asked_at >= _ASK_EVERY_S:
                self._answered = await self._ask(self._consumer)
                self._asked_at = now
            return self._answered

    async def _ask(self, consumer: AIOKafkaConsumer) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await consumer.end_offsets(list(self._next))
        except (KafkaError, ConsumerStoppedError, OSError, TimeoutError):
            return False
        return True

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        try:
            await consumer.start()
            fetch_patiently(consumer, _FETCH_WAIT_MS)
            await self._begin(consumer)
            self._consumer = consumer
            async for record in consumer:
                self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1
                self._send(record.value or b"")
        finally:
            self._consumer = None
            await consumer.stop()

    def _send(self, value: bytes) -> None:
        """The change with its title, as in the lists; one that cannot be read is nobody's news."""
        try:
            change = AlertChange.model_validate_json(value)
        except ValidationError as error:
            logger.warning("an alert change cannot be read: %s", error)
            return
        self._remember(change)
        now = views.alert_now(vars(change))
        self._hub.send("alert", now.model_dump_json(exclude_none=True).encode())

    def _remember(self, change: AlertChange) -> None:
        if change.change == "refused":  # it may name an alert that never was
            return
        self._asset_of.pop(change.alert, None)
        self._asset_of[change.alert] = change.asset
        if len(self._asset_of) > _REMEMBERED_ALERTS:
            del self._asset_of[next(iter(self._asset_of))]

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        """At the end at first; after a lost connection where we stood."""
        topic = TOPICS["alerts"]
        partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, self._next.setdefault(partition, ends[partition]))


async def follow_fleet(hub: Hub, database: Database) -> None:
    """Sends what has changed while anybody listens, for ever."""
    changes = FleetChanges(database)

    async def send() -> None:
        if hub.busy:
            hub.send("fleet", (await changes.since_last()).model_dump_json().encode())

    await keep_up("the feed of the fleet", send, _FLEET_EVERY_S)


class FleetChanges:
    """Remembers when each asset's row was last changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent: dict[str, datetime] = {}

    async def since_last(self) -> FleetNow:
        """The assets whose rows changed since the last call; all of them at the first."""
        newest = max(self._sent.values(), default=None)
        rows = await self._database.rows(
            "fleet",
            asset_class=None,
            q=None,
            since=newest and newest - _COMMIT_DELAY,
            limit=_FLEET_LIMIT,
        )
        changed = [row for row in rows if self._sent.get(row["asset"]) != row["updated_at"]]
        self._sent |= {row["asset"]: row["updated_at"] for row in changed}
        return FleetNow(assets=[views.asset_now(row) for row in changed])
