"""Texts as JSON writes them, read by compiled code; UNSURE as in numbers."""

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.read.numbers import UNSURE

_QUOTE, _BACKSLASH = 34, 92
_SPACE, _TAB, _LINE_FEED, _RETURN, _DELETE = 32, 9, 10, 13, 127


@compiled
def skip(text: Array, at: int) -> int:
    """Behind white space."""
    byte = text[at]
    while byte == _SPACE or byte == _LINE_FEED or byte == _TAB or byte == _RETURN:
        at += 1
        byte = text[at]
    return at


@compiled
def quoted(text: Array, at: int) -> tuple[int, int, bool]:
    """Start and stop of a text without escapes, and whether all of it is ASCII; stop UNSURE."""
    if text[at] != _QUOTE:
        return at, UNSURE, False
    at += 1
    start, ascii_ = at, True
    while text[at] != _QUOTE:
        if text[at] < _SPACE or text[at] == _BACKSLASH:
            return start, UNSURE, False
        ascii_ &= text[at] < _DELETE
        at += 1
    return start, at, ascii_


@compiled
def is_word(text: Array, at: int, word: Array) -> bool:
    """Whether the word stands there."""
    for place in range(len(word)):
        if text[at + place] != word[place]:
            return False
    return True


@compiled
def is_same(text: Array, start: int, stop: int, other: int, end: int) -> bool:
    """Whether text[start:stop] and text[other:end] are the same."""
    if stop - start != end - other:
        return False
    for place in range(stop - start):
        if text[start + place] != text[other + place]:
            return False
    return True


@compiled
def is_utf8(text: Array, at: int, stop: int) -> bool:
    """Whether text[at:stop] is well formed: nothing longer than need be, and no surrogates.

    (The Unicode Standard, table 3-7.)
    """
    while at < stop:
        byte = text[at]
        more, low, high = 0, 0x80, 0xBF  # bytes that follow, bounds of the first of them
        if byte >= 0x80:
            if byte < 0xC2 or byte > 0xF4:
                return False
            more = 1 + (byte >= 0xE0) + (byte >= 0xF0)
            if byte == 0xE0:
                low = 0xA0
            elif byte == 0xED:
                high = 0x9F
            elif byte == 0xF0:
                low = 0x90
            elif byte == 0xF4:
                high = 0x8F
        for place in range(1, more + 1):
            if not low <= text[at + place] <= high:
                return False
            low, high = 0x80, 0xBF
        at += 1 + more
    return True
