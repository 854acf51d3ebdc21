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
            lat=50.0 if placed else None,
            lon=second / 10_000 if placed else None,  # 14 kn
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


def _places(*told_of: tuple[float, float, float]) -> tuple[float | None, float | None]:
    """Where a ship is drawn after (second, lat, lon) reports."""
    reports = [reading(second, lat=lat, lon=lon) for second, lat, lon in told_of]
    state = _after(_readings(*reports))
    return state.lat, state.lon


_UNDER_WAY = [(60.0 * n, 32.08 + n / 1_000, -81.03) for n in range(11)]


def test_the_last_place_is_the_last_believed_one() -> None:
    last = _UNDER_WAY[-1][1:]
    assert _places(*_UNDER_WAY, (660, 0.0, 0.0)) == last
    assert _places(*_UNDER_WAY, *((660 + n, 0.0, 0.0) for n in range(5))) == last
    assert _places(*_UNDER_WAY, (660, 32.09, 81.03)) == last  # the sign was lost
    assert _places(*_UNDER_WAY, (660, 32.09, 181.0)) == last


def test_nothing_is_drawn_for_a_receiver_that_never_had_a_fix() -> None:
    assert _places((0, 0.0, 0.0), (60, 0.0, 0.0)) == (None, None)


def test_zero_is_a_place_for_a_ship_that_is_there() -> None:
    assert _places((0, 0.01, -0.01), (600, 0.0, 0.0)) == (0.0, 0.0)


def test_a_new_track_is_believed_when_three_fixes_agree() -> None:
    elsewhere = [(660.0 + 60 * n, 10.0 + n / 1_000, 20.0) for n in range(3)]
    assert _places(*_UNDER_WAY, *elsewhere[:2]) == _UNDER_WAY[-1][1:]
    assert _places(*_UNDER_WAY, *elsewhere) == elsewhere[-1][1:]


def test_after_a_long_silence_it_may_be_anywhere_but_at_zero() -> None:
    month = 30 * 86_400.0
    assert _places(*_UNDER_WAY, (month, 51.9, 4.0)) == (51.9, 4.0)
    assert _places(*_UNDER_WAY, (month, 0.0, 0.0)) == _UNDER_WAY[-1][1:]


def test_speed_and_course_are_those_of_the_class() -> None:
    state = _after(_readings(reading(0)))
    assert (state.speed, state.course_deg) == (12.1, 90.0)
