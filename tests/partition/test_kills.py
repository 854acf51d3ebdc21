"""Two workers are killed, frozen and thawed at any moment: every output is there exactly once."""

import asyncio
import json
import random
import sys
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.partition import OwnedPartition, ServiceLine
from tests.partition import counting
from tests.partition.broker import Sender, make_topics, read_topic
from tests.partition.counting import Counting, counting_line
from tests.partition.workers import Worker, keep_alive

PARTITIONS, KEYS, BATCH = 4, 23, 40


class Traffic:
    """Transactions of numbered records, some aborted, some records poison, until stopped."""

    def __init__(self, bootstrap_servers: str, line: ServiceLine) -> None:
        self._bootstrap_servers, self._line = bootstrap_servers, line
        self.sent = 0
        self.stop = asyncio.Event()

    async def flow(self) -> None:
        async with Sender(self._bootstrap_servers, f"{self._line.service}-traffic") as sender:
            while not self.stop.is_set():
                batch = [self._message(self.sent + n) for n in range(BATCH)]
                if self.sent % (7 * BATCH) == 3 * BATCH:
                    await sender.send([(t, k, b"aborted") for t, k, _ in batch], abort=True)
                await sender.send(batch)
                self.sent += BATCH
                await asyncio.sleep(0.1)

    def _message(self, number: int) -> tuple[str, bytes, bytes]:
        value = counting.POISON if number % 997 == 400 else str(number).encode()
        return self._line.inputs[0], b"key-%d" % (number % KEYS), value


@asynccontextmanager
async def two_workers(line: ServiceLine, log_dir: Path) -> AsyncIterator[Sequence[Worker]]:
    workers = [
        Worker(
            [sys.executable, counting.__file__, line.bootstrap_servers, line.service, name],
            log_dir / f"{name}.log",
        )
        for name in ("a", "b")
    ]
    keeper = asyncio.create_task(keep_alive(workers))
    try:
        yield workers
    finally:
        keeper.cancel()
        for worker in workers:
            worker.stop()


@pytest.mark.servers
async def test_outputs_are_exactly_once_whatever_is_killed(kafka: str, tmp_path: Path) -> None:
    line = counting_line(kafka, f"count-{uuid.uuid4().hex[:8]}")
    await make_topics(
        kafka,
        dict.fromkeys((*line.inputs, line.state_topic, f"{line.service}-out"), PARTITIONS)
        | {line.rejected_topic: 1},
    )
    traffic = Traffic(kafka, line)
    flowing = asyncio.create_task(traffic.flow())
    async with two_workers(line, tmp_path) as workers:
        await all_taken(line)
        await kill_at_random(workers)
        await freeze_one(workers[0], line)
        traffic.stop.set()
        await flowing
        await all_taken(line)
    await check_outputs(line)
    await check_restored_counts(line)


async def kill_at_random(workers: Sequence[Worker]) -> None:
    moments = random.Random(5)
    for _ in range(6):
        await asyncio.sleep(moments.uniform(0.2, 2.0))
        moments.choice(workers).kill()


async def freeze_one(worker: Worker, line: ServiceLine) -> None:
    """Thaws it when the other one has taken over and all that was sent meanwhile is out."""
    worker.freeze()
    await asyncio.sleep(1)
    await all_taken(line)
    worker.thaw()
    await asyncio.sleep(1)


async def all_taken(line: ServiceLine) -> None:
    """Returns when each partition has the outputs of all inputs that there are now."""
    inputs = await read_topic(line.bootstrap_servers, line.inputs[0], PARTITIONS)
    due = [sum(record.value != counting.POISON for record in taken) for taken in inputs]
    async with asyncio.timeout(300):
        while any(have < want for have, want in zip(await outputs(line), due, strict=True)):
            await asyncio.sleep(0.3)


async def outputs(line: ServiceLine) -> list[int]:
    """How many there are, by partition."""
    given = await read_topic(line.bootstrap_servers, f"{line.service}-out", PARTITIONS)
    return [len(records) for records in given]


async def check_outputs(line: ServiceLine) -> None:
    """The outputs are those of one uninterrupted run over the log, in order; poison is rejected."""
    inputs = await read_topic(line.bootstrap_servers, line.inputs[0], PARTITIONS)
    outputs = await read_topic(line.bootstrap_servers, f"{line.service}-out", PARTITIONS)
    poison = []
    for taken, given in zip(inputs, outputs, strict=True):
        counts, expected = defaultdict[bytes | None, int](int), []
        for record in taken:
            if record.value == counting.POISON:
                poison.append(f"{record.topic}-{record.partition}-{record.offset}")
                continue
            counts[record.key] += 1
            expected.append([(record.value or b"").decode(), record.offset, counts[record.key]])
        assert [json.loads(record.value or b"") for record in given] == expected
    (rejected,) = await read_topic(line.bootstrap_servers, line.rejected_topic, 1)
    assert sorted(json.loads(r.value or b"")["id"] for r in rejected) == sorted(poison)
    assert poison


async def check_restored_counts(line: ServiceLine) -> None:
    """A new owner's state, from an older checkpoint and a replay, counts every record once."""
    inputs = await read_topic(line.bootstrap_servers, line.inputs[0], PARTITIONS)
    for number, taken in enumerate(inputs):
        logic = Counting(line)
        part = OwnedPartition(line, number, logic)
        await part.restore()
        await part.close()
        good = [record for record in taken if record.value != counting.POISON]
        assert sum(logic.counts.values()) == len(good)
