"""Fifty rebalances of a topic on which nothing happens; the records after each all come out."""

import asyncio
import dataclasses
import json
import uuid
from contextlib import AsyncExitStack
from itertools import chain

import pytest

from services.partition import ServiceLine, driver
from services.partition.driver import GroupWorker
from tests.partition.broker import Sender, make_topics, read_topic
from tests.partition.counting import Counting, counting_line

PARTITIONS, REBALANCES, KEYS = 4, 50, 12
PATIENCE_S = 120


class Group:
    """Workers of one consumer group in this process, and what their logics have counted."""

    def __init__(self, line: ServiceLine) -> None:
        self.line = line
        self.workers: list[GroupWorker] = []
        self._logics: list[Counting] = []
        self._running: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    async def join(self) -> None:
        one, stop = GroupWorker(self.line, self._new_logic, None), asyncio.Event()
        self.workers.append(one)
        self._running.append((stop, asyncio.create_task(one.run(stop))))

    async def leave(self) -> None:
        """The last that came."""
        self.workers.pop()
        stop, running = self._running.pop()
        stop.set()
        await running

    async def settled(self) -> None:
        """Returns when the workers think that they fetch every partition, each of them some."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                fetched = [sorted(one._live) for one in self.workers]
                if sorted(chain(*fetched)) == list(range(PARTITIONS)) and all(fetched):
                    return
                await asyncio.sleep(0.01)

    async def counted(self, keys: set[str]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not keys <= {key for logic in self._logics for key in list(logic.counts)}:
                await asyncio.sleep(0.01)

    def _new_logic(self, _partition: int) -> Counting:
        self._logics.append(Counting(self.line))
        return self._logics[-1]


@pytest.fixture
async def line(kafka: str, monkeypatch: pytest.MonkeyPatch) -> ServiceLine:
    """A partition reads by itself what its consumer does not bring: that would hide the fault."""
    monkeypatch.setattr(driver, "_HEARTBEAT_MS", 100)  # how soon a member hears of a rebalance
    line = dataclasses.replace(
        counting_line(kafka, f"quiet-{uuid.uuid4().hex[:8]}"), look_after_s=3600.0
    )
    topics = (*line.inputs, line.state_topic, f"{line.service}-out")
    await make_topics(kafka, dict.fromkeys(topics, PARTITIONS) | {line.rejected_topic: 1})
    return line


@pytest.mark.servers
@pytest.mark.parametrize("staying", [1, 2])
async def test_no_partition_is_stranded(line: ServiceLine, staying: int) -> None:
    """A worker comes and goes beside those that stay."""
    group, sent = Group(line), set[str]()
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(
            Sender(line.bootstrap_servers, f"{line.service}-sender")
        )
        for _ in range(staying):
            await group.join()
            stack.push_async_callback(group.leave)
        for number in range(REBALANCES):
            await (group.leave() if number % 2 else group.join())
            await group.settled()
            keys = {f"{number}-{n}" for n in range(KEYS)}
            await sender.send([(line.inputs[0], key.encode(), key.encode()) for key in keys])
            await group.counted(keys)
            sent |= keys
    outputs = await read_topic(line.bootstrap_servers, f"{line.service}-out", PARTITIONS)
    values = [json.loads(record.value or b"")[0] for part in outputs for record in part]
    assert sorted(values) == sorted(sent)
