"""Cuts a stream of chunks into lines; memory is bounded whatever arrives."""

from codecs import BOM_UTF8
from typing import NamedTuple


class Line(NamedTuple):
    """A line without its end; `raw` holds at most the limit, `length` is what there was.

    Without a byte order mark before it either: where files are joined, each brings its own.
    """

    number: int
    raw: bytes
    length: int


class LineSplitter:
    """Numbers lines from `first`; of a longer line than `limit` bytes only the start is kept."""

    def __init__(self, limit: int, first: int = 1) -> None:
        self._limit = limit
        self._next = first
        self._kept = bytearray()
        self._length = 0

    def feed(self, chunk: bytes) -> list[Line]:
        """The lines that `chunk` ends."""
        *ended, rest = chunk.split(b"\n")
        lines = []
        for piece in ended:
            self._keep(piece)
            lines.append(self._cut())
        self._keep(rest)
        return lines

    def end(self) -> list[Line]:
        """The last line, if it has no end."""
        return [self._cut()] if self._length else []

    def _keep(self, piece: bytes) -> None:
        self._length += len(piece)
        self._kept += piece[: self._limit - len(self._kept)]

    def _cut(self) -> Line:
        line = Line(self._next, self._text(), self._length)
        self._next += 1
        self._kept.clear()
        self._length = 0
        return line

    def _text(self) -> bytes:
        return bytes(self._kept).removesuffix(b"\r").removeprefix(BOM_UTF8)
