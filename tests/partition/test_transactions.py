"""What is committed is read back: many messages, and some larger than Kafka's limit of 1 MiB."""

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


@pytest.mark.servers
async def test_many_outputs_come_out_once_and_in_order(kafka: str) -> None:
    await create_topics(kafka)
    transactions = Transactions(dataclasses.replace(lifecycle_line(kafka), service="many"), 1)
    outputs = [
        Output(topic, b"many", b"%d %s" % (number, b"x" * 400))
        for number in range(3_000)
        for topic in ("transitions", "alerts")
    ]
    await transactions.start()
    try:
        await transactions.commit(outputs, {b"many": b"state"}, {})
    finally:
        await transactions.stop()
    for topic in ("transitions", "alerts"):
        found = [r.value for r in await read_partition(kafka, topic, 1) if r.key == b"many"]
        assert found == [output.value for output in outputs if output.topic == topic]
    states = await read_partition(kafka, "lifecycle-state", 1)
    assert [r.value for r in states if r.key == b"many"] == [b"state"]
