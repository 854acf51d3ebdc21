"""What is known now never moves backwards, in whatever order readings arrive."""

from hypothesis import given
from hypothesis import strategies as st

from services.domain.wire import WireReading
from services.historian.decode import decode
from services.historian.last_state import LastState, move_forward
from tests.historian.records import reading, told


def _readings(*models: object) -> list[WireReading]:
    return [item for _, item in decode(told(models)).readings]  # type: ignore[arg-type]


def _after(readings: list[WireReading]) -> LastState:
    state = LastState()
    for one in readings:
        move_forward(state, one)
    return state


_REPORTS = st.lists(
    st.builds(
        lambda second, channels, labels, placed: reading(
            second,
            channels=channels,
            labels=labels,
            **({} if placed else {"lat": None, "lon": None}),
        ),
        st.integers(0, 50),
        st.dictionaries(st.sampled_from(["sog_kn", "draught_m", "cog_deg"]), st.floats(0, 30)),
        st.dictionaries(st.sampled_from(["name", "destination"]), st.text("ab", max_size=2)),
        st.booleans(),
    ),
    unique_by=lambda one: one.time,
)


@given(_REPORTS, st.randoms())
def test_the_order_of_arrival_does_not_matter(reports: list[object], random: object) -> None:
    readings = _readings(*reports)
    shuffled = readings.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _after(shuffled) == _after(sorted(readings, key=lambda one: one.time))


def test_a_late_reading_brings_the_channel_that_nothing_newer_told() -> None:
    state = _after(_readings(reading(100), reading(50, channels={"draught_m": 9.5, "sog_kn": 1})))
    assert state.channels == {"sog_kn": 12.1, "cog_deg": 90.0, "draught_m": 9.5}
    assert state.lon == 1.0


def test_a_clock_ahead_does_not_decide_what_is_now() -> None:
    ahead = reading(7_200, ingest_time=reading(0).time)
    assert _after(_readings(reading(0), ahead)).time == reading(0).time


def test_a_position_off_the_globe_is_not_drawn() -> None:
    state = _after(_readings(reading(0), reading(1, lat=91.0)))
    assert (state.lat, state.lon) == (50.0, 0.0)
    assert state.time == reading(1).time


def test_speed_and_course_are_those_of_the_class() -> None:
    state = _after(_readings(reading(0)))
    assert (state.speed, state.course_deg) == (12.1, 90.0)
