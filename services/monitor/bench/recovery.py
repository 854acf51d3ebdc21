"""How soon a new owner has the state of the old one: all partitions, in one process.

Before: each asset has reported three times up to the newest checkpoint, and once more since (ten
seconds of readings, as long as a checkpoint may be old).  Measured: fencing, the checkpoint, the
replay up to the committed offsets.  Wall time from the start of the restore, imports not included.
"""

import asyncio
import json
from itertools import islice
from typing import NamedTuple

from aiokafka import TopicPartition

from schemas import ASSET_PARTITIONS
from services.monitor.bench.clocks import LoopWatch, Took
from services.monitor.bench.kafka import kafka_with, new_line
from services.monitor.bench.line import warm_up
from services.monitor.bench.worlds import fleet
from services.monitor.logic import INPUT, MonitorLogic
from services.partition import OwnedPartition, ServiceLine
from services.partition.reading import LogReader
from services.partition.stepping import OFFSETS_KEY
from services.partition.threads import favour_the_loop
from services.partition.transactions import Transactions

_TURNS, _SINCE = 4, 0.75


class Recovered(NamedTuple):
    """How long it took, and for how long the event loop stood still meanwhile."""

    wall_s: float
    blocked_ms: float


async def recovery(assets: int) -> Recovered:
    """All partitions at once."""
    warm_up()
    async with kafka_with(islice(fleet(assets), _TURNS * assets)) as servers:
        line = await new_line(servers)
        for number in range(ASSET_PARTITIONS):
            await _leave_behind(line, number)
        parts = [OwnedPartition(line, n, MonitorLogic(line, n)) for n in range(ASSET_PARTITIONS)]
        watch = LoopWatch()
        favour_the_loop()  # as a service does
        watch.start()
        start = Took.now()
        await asyncio.gather(*(part.restore() for part in parts))
        took = start.until_now()
        blocked_ms = watch.stop()
        await asyncio.gather(*(part.close() for part in parts))
    return Recovered(round(took.wall_s, 2), blocked_ms)


async def _leave_behind(line: ServiceLine, number: int) -> None:
    """A checkpoint of the partition, and committed offsets some way after it."""
    logic, tp = MonitorLogic(line, number), TopicPartition(INPUT, number)
    reader, transactions = LogReader(line.bootstrap_servers), Transactions(line, number)
    await transactions.start()
    try:
        logic.load({})
        start, end = await reader.bounds(tp)
        until = int(end * _SINCE)
        while start < until:
            batch, start = await reader.read(tp, start, until)
            if batch:
                logic.step(batch)
        offset = {INPUT: until}
        state = logic.checkpoint() | {OFFSETS_KEY: json.dumps(offset).encode()}
        await transactions.commit([], state, offset)
        offset = {INPUT: end}
        await transactions.commit([], {OFFSETS_KEY: json.dumps(offset).encode()}, offset)
    finally:
        await asyncio.gather(reader.close(), transactions.stop())
