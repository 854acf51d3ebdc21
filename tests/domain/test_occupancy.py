"""The nearest mark is found as if all bins were looked through."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.domain.compiled import entry
from services.domain.detectors.occupancy import BINS, PER_WORD, WORDS, distance, mark
from services.domain.form import Array

EDGES = [0, 1, PER_WORD - 1, PER_WORD, BINS - PER_WORD - 1, BINS - PER_WORD, BINS - 1]
places = st.one_of(st.sampled_from(EDGES), st.integers(0, BINS - 1))


@entry
def distances(marked: Array, asked: Array) -> Array:
    words = np.zeros(WORDS, np.int64)
    for place in marked:
        mark(words, place)
    found = np.zeros(len(asked), np.int64)
    for n in range(len(asked)):
        found[n] = distance(words, asked[n])
    return found


def array(numbers: list[int]) -> Array:
    return np.array(numbers, np.int64)


@given(st.lists(places, min_size=1), st.lists(places, min_size=1))
def test_the_nearest_mark_is_found(marked: list[int], asked: list[int]) -> None:
    found = distances(array(marked), array(asked)).tolist()
    assert found == [min(abs(place - other) for other in marked) for place in asked]


def test_where_nothing_is_marked_everything_is_far() -> None:
    assert distances(array([]), array([0, 100, BINS - 1])).tolist() == [BINS] * 3


def test_a_word_without_a_gap_is_not_rounded_to_the_next() -> None:
    marked = list(range(PER_WORD))
    assert distances(array(marked), array([PER_WORD, PER_WORD + 5])).tolist() == [1, 6]
