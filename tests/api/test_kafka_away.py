"""A Kafka that hangs or is gone: what the API says of it and of an action that is not confirmed."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import ASSET_PARTITIONS
from services.embedded.servers import EmbeddedKafka
from services.topics import create_topics
from tests.api.serving import serving
from tests.running import suspended, wait_until

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """One of their own: it is suspended and killed."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as kafka:
        asyncio.run(create_topics(kafka.bootstrap_servers))
        yield kafka


def test_an_action_that_arrives_late_was_not_called_lost(
    broker: EmbeddedKafka, filled: str, tmp_path: Path
) -> None:
    with serving(broker.bootstrap_servers, filled, tmp_path) as client:
        wait_until(lambda: acknowledge(client, "first").status_code == 202, "both servers")
        with suspended(broker.pid):
            answer = acknowledge(client, "late")
        assert asyncio.run(arrives(broker.bootstrap_servers, "late"))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "unconfirmed")
    assert "whether the action was taken down is not known" in error["message"]


def test_health_says_when_kafka_is_gone(broker: EmbeddedKafka, tmp_path: Path) -> None:
    nobody = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"
    with serving(broker.bootstrap_servers, nobody, tmp_path) as client:
        broker.kill()
        wait_until(
            lambda: client.get("/api/health").json()["kafka"] is False, "health without Kafka"
        )
        broker.start()
        wait_until(lambda: client.get("/api/health").json()["kafka"] is True, "health with Kafka")


def acknowledge(client: httpx.Client, key: str) -> httpx.Response:
    body = {"alert": "new/overspeed", "asset": "ship-1", "actor": "desk"}
    return client.post("/api/alerts/acknowledge", json=body, headers={"Idempotency-Key": key})


async def arrives(kafka: str, command: str) -> bool:
    """Waits until a command is in its topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition("commands", n) for n in range(ASSET_PARTITIONS)])
    try:
        async with asyncio.timeout(120):
            while True:
                found = await consumer.getone()
                if json.loads(found.value)["id"] == command:
                    return True
    finally:
        await consumer.stop()
