"""What is measured: processor time, wall time, and for how long the event loop stood still."""

import asyncio
import time
from typing import NamedTuple

_LOOK_EVERY_S = 0.005


class Took(NamedTuple):
    """Wall time, and the processor time of this process alone (no broker's, no child's)."""

    wall_s: float
    cpu_s: float

    @classmethod
    def now(cls) -> "Took":
        """The two clocks as they stand."""
        return cls(time.perf_counter(), time.process_time())

    def until_now(self) -> "Took":
        """What has passed on both since."""
        return Took(time.perf_counter() - self.wall_s, time.process_time() - self.cpu_s)

    def cpu_us(self, readings: int) -> float:
        """Processor time a reading, microseconds."""
        return round(self.cpu_s / max(readings, 1) * 1e6, 2)


class LoopWatch:
    """The longest time for which this process kept its own event loop from running.

    How much later than it wished a sleeping task came up; but no more than the processor time that
    this process used meanwhile, so that what a busy machine gives to others does not count.
    """

    def __init__(self) -> None:
        self._blocked_s = 0.0
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Looks on until `stop`."""
        self._looking = asyncio.create_task(self._look())

    def stop(self) -> float:
        """Milliseconds."""
        if self._looking is not None:
            self._looking.cancel()
        return round(self._blocked_s * 1e3, 1)

    async def _look(self) -> None:
        while True:
            start = Took.now()
            await asyncio.sleep(_LOOK_EVERY_S)
            took = start.until_now()
            self._blocked_s = max(self._blocked_s, min(took.wall_s - _LOOK_EVERY_S, took.cpu_s))
