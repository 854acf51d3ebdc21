"""Each offset is taken once, in order, none skipped; whatever the consumer brings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.partition import RecordCopy
from services.partition.intake import Intake, Run, Waiting

TOPIC = "t"


def record(offset: int) -> RecordCopy:
    return RecordCopy(TOPIC, 0, offset, 0, b"k", b"v")


def run(start: int, end: int, markers: frozenset[int] = frozenset()) -> Run:
    kept = [record(offset) for offset in range(start, end) if offset not in markers]
    return Run(TOPIC, start, end, kept)


def test_timeline() -> None:
    intake = Intake({TOPIC: 5})
    rows = [
        (Run.of(record(5)), range(5, 5), [5]),  # expected
        (Run.of(record(5)), range(6, 5), []),  # repeated
        (run(4, 8), range(6, 4), [6, 7]),  # overlapping
        (run(10, 12, frozenset({10})), range(8, 10), None),  # 8 and 9 are missing
        (run(8, 10, frozenset({9})), range(8, 8), [8]),  # ... filled, 9 is a marker
        (run(10, 12, frozenset({10})), range(10, 10), [11]),
    ]
    for offered, gap, taken in rows:
        assert intake.gap(offered) == gap
        if taken is None:
            with pytest.raises(ValueError, match="8 is next"):
                intake.take(offered)
        else:
            assert [r.offset for r in intake.take(offered)] == taken


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10))), st.frozensets(st.integers(0, 50))
)
def test_any_order_of_runs_takes_each_record_once(
    spans: list[tuple[int, int]], markers: frozenset[int]
) -> None:
    intake, taken = Intake({TOPIC: 0}), list[int]()
    for start, length in spans:
        offered = run(start, start + length, markers)
        if gap := intake.gap(offered):
            taken += [r.offset for r in intake.take(run(gap.start, gap.stop, markers))]
        taken += [r.offset for r in intake.take(offered)]
    assert taken == [n for n in range(intake.expected[TOPIC]) if n not in markers]


@given(st.lists(st.one_of(st.integers(-9, -1), st.integers(0, 9)), max_size=30))
def test_what_waits_comes_out_once_and_in_order(orders: list[int]) -> None:
    """A positive number comes in, a negative one asks for so many."""
    waiting, taken, added = Waiting(), list[int](), 0
    for order in orders:
        if order < 0:
            had, before = len(waiting), len(taken)
            taken += [r.offset for stretch in waiting.take(-order) for r in stretch]
            assert len(taken) - before == min(had, -order)
        else:
            waiting.add([record(added + n) for n in range(order)])
            added += order
        assert len(waiting) == added - len(taken)
    taken += [r.offset for stretch in waiting.take(added) for r in stretch]
    assert taken == list(range(added))
    assert not waiting
