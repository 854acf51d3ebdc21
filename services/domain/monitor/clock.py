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
        self.numbers: dict[str, int] = {}

    def add(self, source: str, clock_us: int) -> int:
        """Gives a feed never seen the next number."""
        number = self.numbers[source] = len(self.sources)
        self.sources.append(source)
        self.clock_us.append(clock_us)
        return number

    def advance(self, records: Sequence[Record]) -> list[Crossing]:
        """Takes the records' ingest times; a crossing wherever a clock passes a grid point."""
        crossings, numbers, clock_us = [], self.numbers, self.clock_us
        for at, record in enumerate(records):
            number, now = numbers.get(record.source), record.ingest_us
            if number is None:
                self.add(record.source, now)
            elif now > clock_us[number]:
                before, clock_us[number] = clock_us[number], now
                if now // GRID_US > before // GRID_US:
                    crossings.append(Crossing(at, number, now, now - before))
        return crossings
