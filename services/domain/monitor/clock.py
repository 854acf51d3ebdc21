"""The clocks of the feeds of one partition, and the batch cut where one of them crosses a grid
point.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.domain.monitor.decode import Record
from services.domain.monitor.silence import GRID_US


class Crossing(NamedTuple):
    """Before the record at `at` is looked at, its feed's clock moved on to `clock_us`."""

    at: int
    source: int
    clock_us: int
    leap_us: int


class FeedClocks:
    """The feeds in order of appearance, each with the largest ingest time seen from it."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.clock_us: list[int] = []
        self._number: dict[str, int] = {}

    def number(self, source: str) -> int:
        """The feed's number; a feed never seen gets the next one."""
        number = self._number.setdefault(source, len(self.sources))
        if number == len(self.sources):
            self.sources.append(source)
            self.clock_us.append(-1)
        return number

    def advance(self, records: Sequence[Record]) -> list[Crossing]:
        """Takes the records' ingest times; a crossing wherever a clock passes a grid point."""
        crossings = []
        for at, record in enumerate(records):
            source, now = self.number(record.source), record.ingest_us
            before = self.clock_us[source]
            if now > before:
                self.clock_us[source] = now
                if now // GRID_US > before // GRID_US and before >= 0:
                    crossings.append(Crossing(at, source, now, now - before))
        return crossings
