"""The drift test, and its state through a checkpoint."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.detectors.drift import PAGE_HINKLEY, LevelDrift

LEVELS = st.lists(
    st.tuples(st.floats(0, 5), st.integers(1, 60)).map(lambda run: [run[0]] * run[1]), max_size=8
).map(lambda runs: [level for run in runs for level in run])


def test_a_drift_begins_after_a_rise_and_ends_after_a_quarter_of_an_hour_of_calm() -> None:
    test, changes = LevelDrift(), {}
    for minute, level in enumerate([0.5] * 60 + [3.0] * 60 + [0.5] * 60):
        if change := test.update(level):
            changes[change] = minute
    assert changes.keys() == {"began", "ended"}
    assert 60 < changes["began"] < 120 < changes["ended"]


@given(LEVELS, LEVELS)
@settings(max_examples=30)
def test_a_snapshot_goes_on_exactly_as_the_test_would(
    before: list[float], after: list[float]
) -> None:
    test = LevelDrift()
    for level in before:
        test.update(level)
    written = msgspec.msgpack.decode(msgspec.msgpack.encode(test.state()))
    taken = LevelDrift.restored(written, PAGE_HINKLEY)
    assert [test.update(level) for level in after] == [taken.update(level) for level in after]
    assert taken.state() == test.state()
