"""The broker is killed while workers commit; they wait or start again, and nothing is repeated."""

import asyncio
import uuid
from pathlib import Path

import pytest

from services.embedded.servers import EmbeddedKafka
from tests.partition.broker import make_topics
from tests.partition.counting import counting_line
from tests.partition.test_kills import (
    PARTITIONS,
    Traffic,
    all_taken,
    check_outputs,
    check_restored_counts,
    two_workers,
)


@pytest.mark.servers
async def test_outputs_are_exactly_once_when_the_broker_is_killed(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        line = counting_line(kafka.bootstrap_servers, f"count-{uuid.uuid4().hex[:8]}")
        names = (*line.inputs, line.state_topic, f"{line.service}-out")
        await make_topics(
            kafka.bootstrap_servers, dict.fromkeys(names, PARTITIONS) | {line.rejected_topic: 1}
        )
        async with two_workers(line, tmp_path):
            for _ in range(2):
                traffic = Traffic(kafka.bootstrap_servers, line)
                flowing = asyncio.create_task(traffic.flow())
                await asyncio.sleep(2)
                await all_taken(line)
                kill_and_start(kafka)
                traffic.stop.set()
                await flowing
                await all_taken(line)
        await check_outputs(line)
        await check_restored_counts(line)


def kill_and_start(kafka: EmbeddedKafka) -> None:
    kafka.kill()
    kafka.start()
