"""The contract desk of a class while the world runs: a calendar and a pen."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from schemas.fact import Fact, FactKind
from simulators.fleet import Span
from simulators.life.standing import Standing
from simulators.life.subject import Line, Subject, line, written


class Told(NamedTuple):
    """A fact and the second in which it is told."""

    at: int
    fact: Fact


class Desk:
    """Says the facts of one class; `spans`: when the block's faults truly begin and end."""

    def __init__(self, standing: Standing, start: datetime, handlers: "Handlers") -> None:
        self.standing, self.start = standing, start
        self.spans: list[Span] = []
        self._said: list[Told] = []
        self._handlers = handlers

    def work(self, until: int) -> list[Told]:
        """Everything that falls due before `until`, in order."""
        self._said = []
        while entry := self.standing.calendar.pop(until):
            self._handlers[entry.item](self, entry.row, entry.at, entry.what)
        return self._said

    def tell(self, row: int, one: Line) -> None:
        """The line is told as a fact, on its day."""
        subject = self.subject(row)
        id = f"{subject.asset}-live-{one.at:07d}-{one.kind}"
        self._said.append(Told(one.at, written(one, id, subject, self.start, one.at)))

    def declare(
        self, row: int, at: int, kind: FactKind, source: str, paper: str, **fields: Any
    ) -> None:
        """Tells a fact, of the open lease if there is one."""
        self.tell(row, line(at, kind, source, paper, **fields, **self.standing.parties(row)))

    def subject(self, row: int) -> Subject:
        """Whose contracts they are; strangers have none."""
        plan = self.standing.plans[row]
        if plan is None:
            raise LookupError(f"row {row} is a stranger to the fleet and has no contracts")
        return plan.subject

    def own(self, by_class: Mapping[str, int]) -> int:
        """What holds for the class."""
        return by_class[self.standing.fleet.asset_class]


Handlers = Mapping[str, Callable[[Desk, int, int, Any], None]]
"""By item of the calendar: what is done when it falls due for a row at a second."""


def say(desk: Desk, row: int, _at: int, one: Line) -> None:
    """Tells a line that was laid aside for its day."""
    desk.tell(row, one)
