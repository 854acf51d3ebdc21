"""Messages larger than Kafka's own limit of 1 MiB, on the topics as the line makes them."""

import dataclasses

import pytest

from services.lifecycle.service import lifecycle_line
from services.partition import Output
from services.partition.transactions import Transactions
from services.topics import create_topics
from tests.partition.broker import read_partition

LARGE = b"x" * (7 << 20)


@pytest.mark.servers
async def test_large_states_and_rejections_are_committed_and_read(kafka: str) -> None:
    await create_topics(kafka)
    line = dataclasses.replace(lifecycle_line(kafka), service="large")
    transactions = Transactions(line, 0)
    await transactions.start()
    try:
        rejected = Output("rejected", b"large", LARGE, partition=0)
        outputs = [rejected, Output("transitions", b"large", LARGE)]
        await transactions.commit(outputs, {b"large": LARGE}, {"facts": 0})
    finally:
        await transactions.stop()
    for topic in ("rejected", "transitions", "lifecycle-state"):
        records = await read_partition(kafka, topic, 0)
        assert [r.value for r in records if r.key == b"large"] == [LARGE]
