"""What falls due when: one queue for all assets of a class."""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from simulators.noise import Ints

NEVER = 1 << 60


class Entry(NamedTuple):
    """`item` falls due for `row` at second `at`; `what` it is about, where that is not known."""

    at: int
    row: int
    item: str
    what: object = None


class Calendar:
    """`next[item][row]` is when an item falls due next: a newer date makes the older one void."""

    def __init__(self, items: tuple[str, ...], rows: int) -> None:
        self.next: dict[str, Ints] = {item: np.full(rows, NEVER) for item in items}
        self._queue: list[tuple[int, int, int, Entry]] = []
        self._pushed = 0

    def put(self, at: int, row: int, item: str) -> None:
        """The item's next day; `NEVER` takes it off."""
        self.next[item][row] = at
        if at < NEVER:
            self.add(Entry(at, row, item))

    def add(self, entry: Entry) -> None:
        """An entry that is not one of the items: any number of them may wait."""
        self._pushed += 1
        heappush(self._queue, (entry.at, entry.row, self._pushed, entry))

    def pop(self, until: int) -> Entry | None:
        """The first entry before `until`, taken off."""
        while self._queue and self._queue[0][0] < until:
            entry = heappop(self._queue)[-1]
            if entry.item not in self.next:
                return entry
            if self.next[entry.item][entry.row] == entry.at:
                self.next[entry.item][entry.row] = NEVER
                return entry
        return None
