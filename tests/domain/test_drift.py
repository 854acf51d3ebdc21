"""The drift test against river's own Page-Hinkley, and its state through a snapshot."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.detectors.drift import LevelDrift

LEVELS = st.lists(
    st.tuples(st.floats(0, 5), st.integers(1, 60)).map(lambda run: [run[0]] * run[1]), max_size=8
).map(lambda runs: [level for run in runs for level in run])


@given(LEVELS)
@settings(max_examples=30)
def test_a_rise_is_noticed_in_the_same_minute_as_by_river(levels: list[float]) -> None:
    from river.drift import PageHinkley

    ours = LevelDrift()
    rivers = PageHinkley(min_instances=20, delta=0.5, threshold=25.0, alpha=1.0, mode="up")
    for level in levels:
        rivers.update(level)  # type: ignore[no-untyped-call]
        change = ours.update(level)
        assert (change == "began") == rivers.drift_detected
        if change == "began":
            return  # from here on ours waits for calm, river's begins anew


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
    taken = LevelDrift.from_bytes(test.to_bytes())
    assert [test.update(level) for level in after] == [taken.update(level) for level in after]
    assert taken == test
