"""A worker of the consumer group, from Kafka to what is committed in Kafka.

    shell   with a logic that does nothing: fetching, accepting, committing
    line    with the whole monitor: readings to committed signals, offsets and checkpoints

Wall and processor time from when the worker has its partitions until everything is committed, in
this one process; medians of several runs over the same records.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from statistics import median
from typing import NamedTuple

from services.domain.monitor.core import MonitorCore
from services.monitor.bench.kafka import kafka_with, new_line, run_to_the_end
from services.monitor.bench.worlds import fleet
from services.monitor.logic import MonitorLogic
from services.partition import Record, StepResult

_SHELL_REPEATS = 3
_READINGS = {10_000: 300_000, 100_000: 600_000}
"""By assets; so many that the first reading of each, which begins its life, weighs little."""


class Nothing:
    """A logic that concludes nothing and keeps nothing."""

    def load(self, records: Mapping[bytes, bytes]) -> None:
        return None

    def step(self, records: Sequence[Record]) -> StepResult:
        return StepResult([], {})

    def checkpoint(self) -> dict[bytes, bytes | None]:
        return {}


async def shell(scale: float = 1.0) -> dict[str, float]:
    """Processor time a reading, microseconds."""
    readings = int(_READINGS[10_000] / 2 * scale)
    costs = []
    async with kafka_with(islice(fleet(10_000), readings)) as servers:
        for _ in range(_SHELL_REPEATS):
            took, _ = await run_to_the_end(await new_line(servers), lambda _: Nothing())
            costs.append(took.cpu_us(readings))
    return {"shell_us": median(costs)}


class Passed(NamedTuple):
    """Readings a second, processor time a reading, how long the event loop stood still."""

    per_s: int
    cpu_us: float
    blocked_ms: float


async def whole_line(assets: int, repeats: int, scale: float = 1.0) -> Passed:
    """The monitor on a backlog of so many assets' readings, 10,000 or 100,000."""
    readings = int(_READINGS[assets] * scale)
    warm_up()
    rates, costs, blocked = [], [], []
    async with kafka_with(islice(fleet(assets), readings)) as servers:
        for _ in range(repeats):
            line = await new_line(servers)
            took, blocked_ms = await run_to_the_end(line, partial(MonitorLogic, line))
            rates.append(readings / took.wall_s)
            costs.append(took.cpu_us(readings))
            blocked.append(blocked_ms)
    return Passed(round(median(rates)), median(costs), max(blocked))


def warm_up() -> None:
    """What is compiled at first use is compiled outside of what is measured."""
    core, records = MonitorCore(0), list(islice(fleet(100), 2_000))
    core.step(range(len(records)), [value for _, value in records], [key for key, _ in records])
    core.snapshot()
