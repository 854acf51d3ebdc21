"""An action that Kafka does not confirm: what the API says of it, and what becomes of it."""

import asyncio
import json
import os
import signal
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import ASSET_PARTITIONS
from services.embedded.servers import EmbeddedKafka
from services.topics import create_topics
from tests.api.serving import serving
from tests.running import wait_until

pytestmark = pytest.mark.servers


def test_an_action_that_arrives_late_was_not_called_lost(filled: str, tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        asyncio.run(create_topics(kafka.bootstrap_servers))
        with serving(kafka.bootstrap_servers, filled, tmp_path) as client:
            wait_until(lambda: acknowledge(client, "first").status_code == 202, "both servers")
            os.kill(kafka.pid, signal.SIGSTOP)
            try:
                answer = acknowledge(client, "late")
            finally:
                os.kill(kafka.pid, signal.SIGCONT)
            assert asyncio.run(arrives(kafka.bootstrap_servers, "late"))
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (503, "unconfirmed")
        assert "whether the action was taken down is not known" in error["message"]


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
