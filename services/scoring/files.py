"""Tables of text: rows in, as they stand and as numbers; scores out.

Comma, semicolon or tab, whichever the header has; quoted or not; with a byte order mark or not;
compressed where the name ends in .gz.  A cell that is no number is a missing one.
"""

import csv
import gzip
import math
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from services.domain.form import Array
from services.scoring.clock import hour_of_day

ROWS_AT_ONCE = 4_096
_NAMES = ("timestamp", "time", "datetime", "date", "ts")
_WORDS = {"true": 1.0, "false": 0.0, "on": 1.0, "off": 0.0, "yes": 1.0, "no": 0.0}
_LONGEST_CELL = 1_000_000
_UNREADABLE = (csv.Error, EOFError, OSError, zlib.error)

csv.field_size_limit(_LONGEST_CELL)


class TableError(Exception):
    """A table that cannot be scored; the message says why and what to do."""


class Block(NamedTuple):
    """Some rows that follow each other."""

    timestamps: Sequence[str]
    hours: Array
    values: Array


class Table:
    """The rows of an open file, read as they are asked for."""

    def __init__(self, file: IO[str], name: str) -> None:
        """Takes the header; raises TableError where there is none to work with."""
        self._name = name
        header = file.readline()
        if not header.strip():
            raise TableError(f"{name} is empty: it needs a header with a column `timestamp`.")
        delimiter = max(",;\t", key=header.count)
        self._comma = delimiter != ","  # a decimal one
        columns = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter))]
        self._at = self._timestamp_column(columns)
        self._width = len(columns)
        self.channels = [column for n, column in enumerate(columns) if n != self._at]
        if not self.channels:
            raise TableError(
                f"{name} has no column beside `{columns[self._at]}`: nothing to score."
            )
        self._rows = csv.reader(file, delimiter=delimiter)

    def _timestamp_column(self, columns: Sequence[str]) -> int:
        lower = [column.lower() for column in columns]
        for wanted in _NAMES:
            if wanted in lower:
                return lower.index(wanted)
        known = ", ".join(columns[:5])
        raise TableError(
            f"{self._name} has no column `timestamp` (it begins with {known}): rename the column "
            "that tells the time, or the number of the row."
        )

    def blocks(self) -> Iterator[Block]:
        """All rows; raises TableError in the middle where one cannot be read."""
        rows = (row for row in self._rows if row)
        while block := self._next(rows):
            stamps = [row[self._at] if self._at < len(row) else "" for row in block]
            hours = np.array([hour_of_day(stamp) for stamp in stamps], np.int64)
            yield Block(stamps, hours, np.array([self._numbers(row) for row in block]))

    def _next(self, rows: Iterator[list[str]]) -> list[list[str]]:
        try:
            return list(islice(rows, ROWS_AT_ONCE))
        except _UNREADABLE as error:
            line = self._rows.line_num + 1
            raise TableError(f"{self._name} cannot be read near line {line}: {error}.") from error

    def _numbers(self, row: list[str]) -> list[float]:
        cells = [*row[: self._at], *row[self._at + 1 : self._width]]
        if len(cells) < len(self.channels):
            cells += [""] * (len(self.channels) - len(cells))
        try:
            return list(map(float, cells))
        except ValueError:
            return [_number(cell, self._comma) for cell in cells]


def _number(cell: str, comma: bool) -> float:
    try:
        return float(cell)
    except ValueError:
        pass
    text = cell.strip().lower()
    if comma and text.count(",") == 1:
        return _number(text.replace(",", "."), False)
    return _WORDS.get(text, math.nan)


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The table in a file; raises TableError where it cannot be opened."""
    open_file = gzip.open if path.suffix == ".gz" else open
    try:
        with open_file(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            yield Table(file, str(path))
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise TableError(f"{path} cannot be read: {reason}.") from error


@contextmanager
def written(path: Path) -> Iterator[IO[str]]:
    """A file that is there only once it is whole."""
    part = path.with_name(f"{path.name}.part")
    open_file = gzip.open if path.suffix == ".gz" else open
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_file(part, "wt", encoding="utf-8", newline="") as file:
            yield file
        os.replace(part, path)
    except OSError as error:
        raise TableError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink()


def write_scores(file: IO[str], timestamps: Iterable[str], scores: Array) -> None:
    """Rows of a timestamp, as it stood, and a score with six digits after the point."""
    rows = zip(timestamps, scores.tolist(), strict=True)
    csv.writer(file, lineterminator="\n").writerows((time, f"{score:.6f}") for time, score in rows)
