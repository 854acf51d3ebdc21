"""The place that is believed: the same fixes that the monitor believes."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import ASSET_CLASSES
from services.domain.place import Fix, Place, believe
from tests.domain.telemetry import T0, reading, run

_LIMIT_KN = ASSET_CLASSES["ship"].max_implied_speed_kn
_TRACKS = {"home": (-40.0, -120.0), "away": (10.0, 20.0), "off the globe": (95.0, 20.0),
           "receiver without a fix": (0.0, 0.0)}  # fmt: skip
_REPORTS = st.lists(
    st.tuples(st.integers(1, 600), st.sampled_from(["home", *_TRACKS]), st.integers(0, 9)),
    min_size=1,
    max_size=15,
)
_NOT_BELIEVED = {"jump", "position_impossible"}


@settings(max_examples=60)
@given(_REPORTS)
def test_what_is_not_believed_is_what_the_monitor_flags(
    reports: list[tuple[int, str, int]],
) -> None:
    place, second, aside, records = Place(), 0, set(), []
    for wait_s, track, step in reports:
        second += wait_s
        lat, lon = _TRACKS[track]
        lat += step / 1_000 if track in ("home", "away") else 0.0
        records.append(reading("ship-1", second, lat=lat, lon=lon, sog_kn=10.0))
        fix = Fix(lat, lon, T0 + timedelta(seconds=second))
        place = believe(place, fix, _LIMIT_KN)
        if place.fix != fix:
            aside.add(second)
    flagged = {
        s.time for s in run(records) if s.flaw in _NOT_BELIEVED and s.kind == "reading_flagged"
    }
    assert {(time - T0).total_seconds() for time in flagged} == aside


def test_a_class_that_nobody_describes_may_be_anywhere() -> None:
    place = believe(Place(Fix(50.0, 1.0, T0)), Fix(-50.0, 1.0, T0), None)
    assert place.fix == Fix(-50.0, 1.0, T0)
