"""Texts as numbers, in compiled code: what the line's names are looked up in.

A table is an array of `name_of` a width.  Few names (fields, classes, channels) are compared one
by one, beginning with the one that is expected next; many (assets, feeds) are hashed.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from schemas.messages import MAX_ASSET
from services.domain.compiled import compiled, entry, records
from services.domain.form import Array

_WIDTH = MAX_ASSET  # of the class data's names as well

_PADDING = bytes(32)  # whoever reads a text may look so far beyond it
_EMPTY = -1
_FIRST_SLOTS = 256


def name_of(width: int) -> np.dtype[np.void]:
    """A name in a table; one of more bytes is never found, and left to whoever takes any text."""
    return np.dtype([("length", "i4"), ("number", "i4"), ("tag", "i4"), ("text", "u1", (width,))])


class Names:
    """Names numbered in order of first appearance, each with a small number (`tag`) of its own."""

    def __init__(self, width: int = _WIDTH) -> None:
        self.texts: list[str] = []
        self.tags: list[int] = []
        self._number: dict[str, int] = {}
        self._slots = _empty(_FIRST_SLOTS, name_of(width))

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def table(self) -> Array:
        """The names by the slots of a hash, for compiled code."""
        return records(self._slots)

    @property
    def room(self) -> int:
        """How many more names leave the table half empty, so that a search is short."""
        return len(self._slots) // 2 - len(self.texts)

    def number(self, text: str) -> int:
        """The number of the name; -1 of one that was not added."""
        return self._number.get(text, -1)

    def add(self, text: str, tag: int = 0) -> int:
        """The number of the name; a new one gets the next number and keeps this tag."""
        number = self._number.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
            self.tags.append(tag)
            slots = self._slots
            if self.room < 0:
                self._slots = _empty(2 * len(slots), slots.dtype)
                _insert(self.table, records(slots))
            _insert(self.table, records(_name(slots.dtype, text, number, tag)))
        return number

    def note(self, slots: Array) -> None:
        """Takes up the names that compiled code has put into these slots, in this order."""
        if len(slots):
            new = self._slots[slots]
            texts = new["text"].view(f"S{new['text'].shape[1]}")[:, 0].tolist()
            names = [text.decode() for text in texts]
            self._number.update(zip(names, new["number"].tolist(), strict=True))
            self.texts += names
            self.tags += new["tag"].tolist()


def name_tables(lines: Sequence[Iterable[str]]) -> Array:
    """Small tables, one a line, the names numbered by their places.

    Raises ValueError on a name that is wider than the table.
    """
    lists = [list(line) for line in lines]
    for text in chain(*lists):
        if len(text.encode()) > _WIDTH:
            raise ValueError(f"{text!r} is longer than {_WIDTH} bytes: give it a shorter name")
    table = np.zeros((len(lists), max(map(len, lists))), dtype=name_of(_WIDTH))
    table["length"] = _EMPTY
    for line, texts in zip(table, lists, strict=True):
        for number, text in enumerate(texts):
            line[number] = _name(table.dtype, text, number)[0]
    return records(table)


def joined(values: Sequence[bytes]) -> tuple[Array, Array]:
    """The values one after the other, each with a NUL behind it, and where each begins."""
    starts = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)) + 1, out=starts[1:])
    return np.frombuffer(b"\0".join([*values, _PADDING]), dtype=np.uint8), starts


def _name(dtype: np.dtype[np.void], text: str, number: int, tag: int = 0) -> Array:
    """A table of one name."""
    encoded = text.encode()
    name = np.zeros(1, dtype)
    fits = len(encoded) <= name["text"].shape[1]
    name["length"], name["number"], name["tag"] = len(encoded) if fits else _EMPTY, number, tag
    if fits:
        name["text"][0, : len(encoded)] = np.frombuffer(encoded, "u1")
    return name


def _empty(count: int, dtype: np.dtype[np.void]) -> Array:
    slots = np.zeros(count, dtype)
    slots["length"] = _EMPTY
    return slots


@compiled
def is_id(text: Array, start: int, stop: int) -> bool:
    """Whether text[start:stop] is an asset's id (schemas.messages.ASSET_PATTERN, MAX_ASSET)."""
    if not 0 < stop - start <= MAX_ASSET or not _is_alphanumeric(text[start]):
        return False
    for place in range(start + 1, stop):
        byte = text[place]
        if not (_is_alphanumeric(byte) or byte == 45 or byte == 46 or byte == 58 or byte == 95):
            return False
    return True


@compiled
def _is_alphanumeric(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


@compiled
def put_name(name: Any, text: Array, start: int, stop: int, number: int, tag: int) -> None:
    """Writes text[start:stop] into an empty slot that is wide enough."""
    name.length, name.number, name.tag = stop - start, number, tag
    for place in range(stop - start):
        name.text[place] = text[start + place]


@compiled
def is_name(text: Array, start: int, stop: int, name: Any) -> bool:
    """Whether text[start:stop] is the name."""
    if stop - start != name.length:
        return False
    for place in range(stop - start):
        if text[start + place] != name.text[place]:
            return False
    return True


@compiled
def find_among(text: Array, start: int, stop: int, table: Array, expected: int) -> int:
    """The place of text[start:stop] in a small table, or -1; `expected` is tried first."""
    if expected < len(table) and is_name(text, start, stop, table[expected]):
        return expected
    for place in range(len(table)):
        if is_name(text, start, stop, table[place]):
            return place
    return -1


@compiled
def find_slot(text: Array, start: int, stop: int, slots: Array) -> int:
    """The slot that holds text[start:stop], or the empty one where it belongs."""
    code = 2_166_136_261  # FNV-1a, in 31 bits: no product is beyond an int64
    for place in range(start, stop):
        code = ((code ^ int(text[place])) * 16_777_619) & 0x7FFF_FFFF
    slot = (code ^ (code >> 15)) & (len(slots) - 1)
    while slots[slot].length >= 0 and not is_name(text, start, stop, slots[slot]):
        slot = (slot + 1) & (len(slots) - 1)
    return slot


@entry
def _insert(slots: Array, names: Array) -> None:
    for place in range(len(names)):
        name = names[place]
        if name.length >= 0:
            slots[find_slot(name.text, 0, name.length, slots)] = name
