"""Facts into Kafka: those that it does not hold yet, in one transaction or not at all.

All declarers share one transactional id: who starts ends what another left open, and a second at
the same time fences the first.  So what is read before publishing is all that was ever declared.
"""

import asyncio
import logging
import time
from collections import defaultdict
from contextlib import aclosing
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced
from pydantic import ValidationError

from schemas import TOPICS, Fact
from services.ingest.batches import Batches, place_of
from services.ingest.committed import committed
from services.ingest.declare.facts import Declaration, less_known
from services.settings import SettingError

logger = logging.getLogger(__name__)

_TRANSACTIONAL_ID = "declare"
_RETRY_BACKOFF_MS = 10
_MAX_BATCH_BYTES = 900 << 10  # a broker takes 1 MiB
_MAX_REQUEST_BYTES = 1 << 20
_START_S = 30.0
_PATIENCE_S = 60.0

_LEAST_TIMEOUT_MS, _MOST_TIMEOUT_MS = 10_000, 900_000  # a broker allows no more
_TIMEOUT_MS_A_FACT = 0.5
"""Some 100 times what a fact takes.  A killed declarer holds readers of `facts` up for as long."""


class _Head(msgspec.Struct):
    id: str


_read_head = msgspec.json.Decoder(_Head).decode


async def publish(bootstrap_servers: str, declaration: Declaration) -> Declaration:
    """Publishes what is not declared yet, unless something contradicts it; returns what is left.

    With reasons in what is returned nothing was published.  Raises SettingError when Kafka is away
    or goes away; then nothing was, or all: to do it again is right in both cases.
    """
    try:
        producer = await _started(bootstrap_servers, len(declaration.facts))
    except (KafkaError, OSError, TimeoutError) as error:
        raise SettingError(
            f"Kafka at {bootstrap_servers} does not answer, so nothing was declared: start the "
            "line, or set KAFKA_BOOTSTRAP_SERVERS to where it is."
        ) from error
    try:
        left = less_known(declaration, await _known(bootstrap_servers, declaration))
        if left.facts and not left.reasons:
            await _send(producer, left)
        return left
    except ProducerFenced as error:
        raise SettingError(
            "another `leasewatch declare` began meanwhile: declare the file again."
        ) from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise SettingError(
            f"Kafka at {bootstrap_servers} went away ({error or type(error).__name__}): declare "
            "the file again; what is declared already is not repeated."
        ) from error
    finally:
        await producer.stop()


async def _started(bootstrap_servers: str, facts: int) -> AIOKafkaProducer:
    timeout_ms = min(_LEAST_TIMEOUT_MS + int(facts * _TIMEOUT_MS_A_FACT), _MOST_TIMEOUT_MS)
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        transactional_id=_TRANSACTIONAL_ID,
        transaction_timeout_ms=timeout_ms,
        retry_backoff_ms=_RETRY_BACKOFF_MS,
        max_batch_size=_MAX_BATCH_BYTES,
        max_request_size=_MAX_REQUEST_BYTES,
    )
    try:
        async with asyncio.timeout(_START_S):
            await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


async def _known(bootstrap_servers: str, declaration: Declaration) -> dict[str, list[Fact]]:
    """What Kafka holds under the ids of the declaration."""
    asked = {declared.fact.id for declared in declaration.facts}
    partitions = [TopicPartition("facts", n) for n in range(TOPICS["facts"].partitions)]
    found: dict[str, list[Fact]] = defaultdict(list)
    await _require_topic(bootstrap_servers)
    async with aclosing(committed(bootstrap_servers, partitions, _PATIENCE_S)) as records:
        async for record in records:
            fact = _fact(record, asked)
            if fact is not None:
                found[fact.id].append(fact)
    return found


async def _require_topic(bootstrap_servers: str) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers)
    await consumer.start()
    try:
        if "facts" not in await consumer.topics():
            raise SettingError("Kafka has no topic `facts` yet: run `leasewatch migrate` first.")
    finally:
        await consumer.stop()


def _fact(record: Any, asked: set[str]) -> Fact | None:
    """The fact in a record, if it is one and has one of the ids."""
    value = record.value or b""
    try:
        return Fact.model_validate_json(value) if _read_head(value).id in asked else None
    except (msgspec.DecodeError, ValidationError):
        return None


async def _send(producer: AIOKafkaProducer, declaration: Declaration) -> None:
    batches, now_ms = Batches(producer), time.time_ns() // 1_000_000
    for _, fact in declaration.facts:
        key = fact.asset.encode()
        batches.add(place_of("facts", key), key, fact.to_json(), now_ms)
    async with producer.transaction():
        await batches.send()
