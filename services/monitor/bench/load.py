"""The monitor under a steady load: what a reading costs then, and how late its signals are.

Another process sends readings and reads the committed signals, so that the processor time of this
one is the monitor's alone.  The first seconds, while it fills, do not count; in the second half of
the others the event loop is watched, because looking on costs time too.
"""

import asyncio
import json
import sys
from typing import NamedTuple

from services.monitor.bench.clocks import LoopWatch, Took
from services.monitor.bench.kafka import Tally, kafka_with, new_line, working
from services.monitor.bench.line import warm_up
from services.monitor.logic import MonitorLogic

_WARM_UP_S = 5.0
SECONDS, LEAST_S = 30.0, 9.0
_ASSETS = 2_000


class Loaded(NamedTuple):
    """Under one rate: readings a second, microseconds a reading, milliseconds."""

    per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    blocked_ms: float


async def load(rate: int, seconds: float = SECONDS, assets: int = _ASSETS) -> Loaded:
    """The monitor at `rate` readings a second for so many seconds."""
    warm_up()
    async with kafka_with([]) as servers:
        line, tally, watch = await new_line(servers), Tally(), LoopWatch()
        async with working(line, lambda n: tally.counted(MonitorLogic(line, n))):
            while tally.began is None:
                await asyncio.sleep(0.1)
            traffic = await _traffic(servers, rate, seconds, assets)
            await asyncio.sleep(_WARM_UP_S)
            half_s = (seconds - _WARM_UP_S) / 2
            start, before = Took.now(), tally.records
            await asyncio.sleep(half_s)
            took, readings = start.until_now(), tally.records - before
            watch.start()
            await asyncio.sleep(half_s)
            blocked_ms = watch.stop()
            told, _ = await traffic.communicate()
    if traffic.returncode:
        raise RuntimeError(f"the sender has ended with exit code {traffic.returncode}")
    waits = json.loads(told)
    return Loaded(
        round(readings / took.wall_s), took.cpu_us(readings), waits["p50"], waits["p99"], blocked_ms
    )


async def _traffic(
    servers: str, rate: int, seconds: float, assets: int
) -> asyncio.subprocess.Process:
    """The other process, once it sends."""
    sizes = map(str, (rate, seconds, _WARM_UP_S, assets))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.monitor.bench.traffic", servers, *sizes,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    return process
