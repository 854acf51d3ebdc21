"""The clocks of the feeds of one partition, and the batch cut where one of them crosses a grid
point.

A clock only rises, so that one record from the year 2199 would stop it for ever. A leap ahead of
more than LEAP_US is therefore believed only when the feed's next record agrees with it; otherwise
it is forgotten. A feed that was down for days loses the one record that says so first.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.domain.monitor.decode import Record
from services.domain.monitor.plan import NEVER_US, SECOND_US
from services.domain.monitor.silence import GRID_US

# far above the pauses of a feed without ticks, as a tracker that is heard by satellite a few times
# a day; a clock that is wrong by less is caught up with within the day
LEAP_US = 24 * 3_600 * SECOND_US


class Crossing(NamedTuple):
    """Before the record at `at` is looked at, its feed's clock moved on to `clock_us`."""

    at: int
    source: int
    clock_us: int
    leap_us: int


class FeedClocks:
    """The feeds in order of appearance, each with the largest ingest time believed of it.

    `leap_us` is a time far ahead that the feed's last record gave, or NEVER_US. A feed's first
    record is such a leap as well: its clock is put back if the second one is far behind it.
    """

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.clock_us: list[int] = []
        self.leap_us: list[int] = []
        self.numbers: dict[str, int] = {}

    def add(self, source: str, clock_us: int, leap_us: int) -> int:
        """Gives a feed never seen the next number."""
        number = self.numbers[source] = len(self.sources)
        self.sources.append(source)
        self.clock_us.append(clock_us)
        self.leap_us.append(leap_us)
        return number

    def advance(self, records: Sequence[Record]) -> list[Crossing]:
        """Takes the records' ingest times; a crossing wherever a clock passes a grid point.

        An ingest time ahead of its feed's clock becomes that clock: nothing believes it either.
        """
        crossings, numbers, clock_us = [], self.numbers, self.clock_us
        for at, record in enumerate(records):
            number, now = numbers.get(record.source), record.ingest_us
            if number is None:
                self.add(record.source, now, now)
                continue
            before = clock_us[number]
            self._hear(number, now)
            clock = clock_us[number]
            if now > clock:
                record.ingest_us = clock
            if clock > before and clock // GRID_US > before // GRID_US:
                crossings.append(Crossing(at, number, clock, clock - before))
        return crossings

    def _hear(self, number: int, now: int) -> None:
        """One record's ingest time: the clock and the leap of its feed after it."""
        clock, leap = self.clock_us[number], self.leap_us[number]
        if leap == clock and now < clock - LEAP_US:  # only the first record said so
            self.clock_us[number] = self.leap_us[number] = now
        elif now <= clock + LEAP_US:
            self.clock_us[number], self.leap_us[number] = max(clock, now), NEVER_US
        elif leap > clock and now >= leap - LEAP_US:
            self.clock_us[number], self.leap_us[number] = max(leap, now), NEVER_US
        else:
            self.leap_us[number] = now
