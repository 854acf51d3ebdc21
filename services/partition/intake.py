"""Which records a partition has taken: each offset once, in order, none skipped."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.partition.logic import Record


class Run(NamedTuple):
    """A stretch of one topic's log read without a hole: `records` is all there is in [start, end).

    Offsets inside that carry no record are transaction markers or aborted records.
    """

    topic: str
    start: int
    end: int
    records: Sequence[Record]

    @classmethod
    def of(cls, record: Record) -> "Run":
        """The shortest run: one record."""
        return cls(record.topic, record.offset, record.offset + 1, (record,))


class Intake:
    """The next offset expected of each topic; what is below it has been taken already."""

    def __init__(self, expected: Mapping[str, int]) -> None:
        self.expected = dict(expected)

    def gap(self, run: Run) -> range:
        """The offsets before `run` that nobody has shown us yet; usually empty."""
        return range(self.expected[run.topic], run.start)

    def take(self, run: Run) -> Sequence[Record]:
        """The records of `run` not taken before, and counts them as taken.

        Raises ValueError on a gap: read the missing offsets first.
        """
        expected = self.expected[run.topic]
        if run.start > expected:
            raise ValueError(f"{run.topic}: {expected} is next, the run starts at {run.start}")
        self.expected[run.topic] = max(expected, run.end)
        if run.start == expected:
            return run.records
        return [record for record in run.records if record.offset >= expected]


class Waiting:
    """Records taken and not stepped yet, in the stretches in which they came."""

    def __init__(self) -> None:
        self._stretches = deque[Sequence[Record]]()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, records: Sequence[Record]) -> None:
        """At the end; all of one topic."""
        if records:
            self._stretches.append(records)
            self._count += len(records)

    def take(self, at_most: int) -> list[Sequence[Record]]:
        """From the beginning; each stretch is of one topic."""
        taken = list[Sequence[Record]]()
        while self._stretches and at_most:
            records = self._stretches.popleft()
            if len(records) > at_most:
                self._stretches.appendleft(records[at_most:])
                records = records[:at_most]
            taken.append(records)
            at_most -= len(records)
            self._count -= len(records)
        return taken
