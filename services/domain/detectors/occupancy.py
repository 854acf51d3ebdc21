"""Which values a stream has ever had, as marks in 63 x 63 bins; the nearest one by two bit scans.

word 0 ... word 62    63 bins each, a bit a bin; the sign bit stays clear
word 63               their summary: bit w says whether word w has any mark
"""

import math

from services.domain.compiled import compiled
from services.domain.form import Array

PER_WORD = 63
BINS = PER_WORD * PER_WORD
WORDS = PER_WORD + 1


@compiled
def mark(words: Array, place: int) -> None:
    """Marks the bin `place`."""
    words[place // PER_WORD] |= 1 << (place % PER_WORD)
    words[PER_WORD] |= 1 << (place // PER_WORD)


@compiled
def distance(words: Array, place: int) -> int:
    """Bins from `place` to the nearest one that is marked; BINS where none is."""
    word, bit = place // PER_WORD, place % PER_WORD
    here, summary = int(words[word]), int(words[PER_WORD])
    upper, lower = here >> bit, here & ((1 << bit) - 1)
    nearest = BINS
    if upper != 0:
        nearest = _lowest(upper)
    elif (summary >> word) >> 1 != 0:
        next_word = word + 1 + _lowest((summary >> word) >> 1)
        nearest = next_word * PER_WORD + _lowest(int(words[next_word])) - place
    before = summary & ((1 << word) - 1)
    if lower != 0:
        nearest = min(nearest, bit - _highest(lower))
    elif before != 0:
        last_word = _highest(before)
        nearest = min(nearest, place - last_word * PER_WORD - _highest(int(words[last_word])))
    return nearest


@compiled
def _lowest(bits: int) -> int:
    return math.frexp(float(bits & -bits))[1] - 1


@compiled
def _highest(bits: int) -> int:
    # without the bit below it, so that a row of ones is not rounded up to the next power of two
    return math.frexp(float(bits & ~(bits >> 1)))[1] - 1
