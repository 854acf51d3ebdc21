"""What a detector is: it looks and it learns, over many assets at once, its state in columns."""

from collections.abc import Mapping, MutableMapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
State = MutableMapping[str, Array]


class Column(NamedTuple):
    """One quantity of every asset; `fill` is its value before the first row; width 0: a scalar."""

    dtype: str
    fill: float | int | bool
    width: int = 0

    def empty(self, rows: int) -> Array:
        """`rows` rows of the fill value."""
        shape = (rows, self.width) if self.width else (rows,)
        return np.full(shape, self.fill, dtype=self.dtype)


class Look(Protocol):
    """Some rows of a class as a detector sees them; NaN in a score is no opinion."""

    score: Array
    """(rows, judged channels): signed, in standard deviations."""

    def expected(self) -> tuple[Array, Array]:
        """What the judged channels should read, and the standard deviation of that."""

    def learn(self) -> None:
        """Takes the rows into the state; once, and before any later look at them."""


class Detector(Protocol):
    """A detector of a class.  `rows` says whose state, `values` is (rows, class's channels) and
    `working` whether each asset is at work: at rest nothing is judged or learned.

    NaN in `values` is a missing number.  `values` are never changed.
    """

    name: str
    channels: Array
    """Numbers of the class's channels that it judges, in the order of a score's columns."""

    def table(self) -> Mapping[str, Column]:
        """The columns that its state needs."""

    def look(self, state: State, rows: Array, values: Array, working: Array) -> Look:
        """Scores the rows; changes nothing."""
