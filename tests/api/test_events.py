"""The streams go on: over an error that nobody foresaw, and they say when Kafka is gone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.api import events
from services.embedded.servers import EmbeddedKafka
from services.topics import create_topics
from tests.api.serving import serving
from tests.running import wait_until


class OddDatabase:
    """Answers with rows that make no sense at first."""

    def __init__(self) -> None:
        self.answers: list[list[dict[str, Any]]] = [[{"asset": "ship-1"}]]

    async def rows(self, _name: str, **_parameters: Any) -> list[dict[str, Any]]:
        return self.answers.pop() if self.answers else []


async def test_an_unexpected_error_does_not_end_the_feed_of_the_fleet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "_FLEET_EVERY_S", 0)
    hub = events.Hub()
    with hub.client() as queue:
        feed = asyncio.create_task(events.follow_fleet(hub, OddDatabase()))  # type: ignore[arg-type]
        message = asyncio.ensure_future(queue.get())
        await asyncio.wait([feed, message], return_when=asyncio.FIRST_COMPLETED, timeout=120)
        assert not feed.done()
        assert message.result() == b'event: fleet\ndata: {"assets":[]}\n\n'
        feed.cancel()


@pytest.mark.servers
def test_health_says_when_kafka_is_gone(tmp_path: Path) -> None:
    nobody = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1"
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        asyncio.run(create_topics(kafka.bootstrap_servers))
        with serving(kafka.bootstrap_servers, nobody, tmp_path) as client:
            kafka.kill()
            wait_until(
                lambda: client.get("/api/health").json()["kafka"] is False, "health without Kafka"
            )
            kafka.start()
            wait_until(
                lambda: client.get("/api/health").json()["kafka"] is True, "health with Kafka"
            )
