"""`/api/health`: which servers answer, and where each service stands in each partition."""

import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from fastapi import APIRouter, Request
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from schemas import TOPICS, Heartbeat
from services.api.events import keep_up
from services.api.models import Health, ServicePartition
from services.domain.line_health import INPUTS, LineHealth

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/api", tags=["service"])

_HEARTBEATS = TopicPartition("heartbeats", 0)
_INPUTS = [
    TopicPartition(topic, number)
    for topic in sorted({topic for topics in INPUTS.values() for topic in topics})
    for number in range(TOPICS[topic].partitions)
]
_LOOK_BACK = timedelta(minutes=3)
_PAUSE_S = 1.0
_POLL_MS = 1_000
_BAD = {"stuck", "stranded", "ended"}


@router.get("/health")
async def health(request: Request) -> Health:
    """Which servers answer, and each service in each partition that it ought to read."""
    state = request.app.state
    try:
        database = await state.database.row("is_there") is not None
    except (psycopg.Error, PoolTimeout):
        database = False
    kafka = await state.alert_feed.answers()
    now = datetime.now(UTC)
    services = state.heartbeat_feed.services(now if kafka else None)
    calm = bool(services) and not any(one.state in _BAD for one in services)
    return Health(
        status="ok" if database and kafka and calm else "degraded",
        database=database,
        kafka=kafka,
        time=now,
        services=services,
    )


class HeartbeatFeed:
    """The topic `heartbeats` and the ends of all inputs, for ever; reconnects by itself."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._line: LineHealth | None = None
        self._observed_at = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Until cancelled."""
        await keep_up("the feed of heartbeats", self._follow, _PAUSE_S)

    def services(self, now: datetime | None) -> list[ServicePartition]:
        """As they stand now; None: as they stood when Kafka last answered.

        Nothing before it answered for the first time.
        """
        if self._line is None:
            return []
        at = now or self._observed_at
        return [ServicePartition(**asdict(one)) for one in self._line.judge(at)]

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            isolation_level="read_committed",  # an end is what may be read, not what is open still
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        try:
            await consumer.start()
            await _look_back(consumer)
            while True:
                await self._observe(consumer)
        finally:
            await consumer.stop()

    async def _observe(self, consumer: AIOKafkaConsumer) -> None:
        """The heartbeats of about a second, then the ends: no heartbeat is newer than they are."""
        records = (await consumer.getmany(timeout_ms=_POLL_MS)).get(_HEARTBEATS, [])
        ends = await consumer.end_offsets(_INPUTS)
        now = datetime.now(UTC)
        line = self._line = self._line or LineHealth(now)
        for record in records:
            try:
                line.take_heartbeat(Heartbeat.model_validate_json(record.value or b""))
            except ValidationError as error:
                logger.warning("an unreadable heartbeat at %d: %s", record.offset, error)
        line.take_ends({(place.topic, place.partition): end for place, end in ends.items()}, now)
        self._observed_at = now


async def _look_back(consumer: AIOKafkaConsumer) -> None:
    consumer.assign([_HEARTBEATS])
    since_ms = int((datetime.now(UTC) - _LOOK_BACK).timestamp() * 1000)
    found = (await consumer.offsets_for_times({_HEARTBEATS: since_ms}))[_HEARTBEATS]
    if found is None:
        await consumer.seek_to_end(_HEARTBEATS)
    else:
        consumer.seek(_HEARTBEATS, found.offset)
