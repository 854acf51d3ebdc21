"""A counter's trail: between what values it stood at any time."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.asset_classes import ASSET_CLASSES, SHIP
from services.domain.terms.trail import FINE, KEPT, Trail
from tests.domain.lives import T0, day


def trail(*points: tuple[float, float]) -> Trail:
    """Of (hour, value), by the main engine's counter: a step is half an hour."""
    told, usage = Trail(), SHIP.usage
    assert usage is not None
    for hour, value in points:
        told = told.noted(T0 + timedelta(hours=hour), value, usage)
    return told


def test_between_two_points_it_stood_between_their_values() -> None:
    told = trail((1, 100), (2, 101), (9, 103))
    assert told.at(day(0)) == (None, 100)
    assert told.at(T0 + timedelta(hours=1)) == (100, 100)
    assert told.at(T0 + timedelta(hours=5)) == (101, 103)
    assert told.at(T0 + timedelta(hours=10)) == (103, None)
    assert Trail().at(day(0)) == (None, None)


def test_an_older_minute_tells_nothing() -> None:
    assert trail((1, 100), (3, 102), (2, 101)) == trail((1, 100), (3, 102))


def test_a_value_beyond_the_clock_is_not_believed() -> None:
    assert trail((1, 100), (2, 900), (3, 102)) == trail((1, 100), (3, 102))


def test_a_counter_that_was_changed_begins_anew_when_no_other_is_heard_for_two_days() -> None:
    before = [(hour, 100 + hour) for hour in range(50)]
    for other in (9_000, 5):
        assert trail(*before, (60, other), (108, other)).points == trail(*before).points
        assert trail(*before, (60, other), (108.1, other)) == trail((108.1, other))


def test_one_strange_value_after_quiet_days_replaces_nothing() -> None:
    """Patience begins with what is not believed, and ends with what is."""
    before = [(hour, 100 + hour) for hour in range(50)]
    for other in (9_000, 5):
        assert trail(*before, (150, other)).points == trail(*before).points
        told = trail(*before, (150, other), (151, 149), (199, other))
        assert told.points == trail(*before, (151, 149)).points


def test_a_name_that_was_swapped_for_hours_costs_nothing() -> None:
    for other in (9_000, 5):
        told = trail((0, 100), (10, 101), (11, other), (20, other + 9), (21, 102))
        assert told == trail((0, 100), (10, 101), (21, 102))


def test_use_of_hours_unheard_is_believed_with_the_second_value() -> None:
    assert trail((0, 100), (96, 195)).points == trail((0, 100)).points
    assert trail((0, 100), (96, 195), (96.1, 195.1)).at(day(4.1)) == (195.1, None)
    assert trail((0, 100), (96, 195), (96.1, 100)) == trail((0, 100), (96.1, 100))
    odd = ((0, 100), (96, 195), (96.1, 150))
    assert trail(*odd).at(day(4.1)) == (100, None)
    assert trail(*odd, (96.2, 150.1)).at(day(4.1)) == (150.1, None)


def test_what_is_above_later_values_goes_when_they_last_longer_than_it_did() -> None:
    assert trail((0, 100), (8, 102), (10, 101)).points == trail((0, 100), (8, 102)).points
    told = trail((0, 100), (8, 102), (10, 101), (12, 101.2), (12.1, 101.3))
    assert told == trail((0, 100), (12.1, 101.3))
    assert trail((0, 100), (1, 99.8)) == trail((0, 100), (1, 100)), "it errs by less than a step"


def test_it_keeps_less_of_what_is_old_and_nothing_of_what_is_too_old() -> None:
    told = trail(*((n / 2, 100 + n / 2) for n in range(2 * 24 * 60)))
    first, newest = told.first, told.newest
    assert first is not None
    assert newest is not None
    assert timedelta(0) <= KEPT - (newest.time - first.time) < timedelta(hours=3)
    assert len(told.points) < 12 * 1_100
    for ago, within in ((FINE - timedelta(hours=1), 0.5), (FINE + timedelta(days=3), 2.0)):
        low, high = told.at(newest.time - ago + timedelta(minutes=10))
        assert low is not None
        assert high is not None
        assert 0 <= high - low <= within


readings = st.lists(
    st.tuples(st.integers(0, 3_000), st.floats(0, 400_000, allow_nan=False)), max_size=40
)


@given(readings)
def test_values_never_fall_whatever_is_told(told: list[tuple[int, float]]) -> None:
    points = trail(*told)
    times = [T0 + timedelta(hours=hour) for hour, _ in told]
    for time in times:
        low, high = points.at(time)
        assert low is None or high is None or low <= high
    again = Trail(points.points, points.doubt)
    assert again == points


def test_every_class_says_how_its_leases_are_settled() -> None:
    for asset_class in ASSET_CLASSES.values():
        usage = asset_class.usage
        assert usage is not None
        counter = asset_class.channel(usage.counter)
        assert counter.monotonic
        assert asset_class.sums_up(counter)
