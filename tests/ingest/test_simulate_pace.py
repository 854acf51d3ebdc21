"""When a simulated present begins, and how a run that was interrupted goes on."""

import time

from services.ingest.simulate_kafka import pace_of


def test_the_present_begins_when_it_is_told_of_however_long_the_past_took() -> None:
    told = {"start": "2020-01-01T00:00:00+00:00", "position": 0}
    for speed in (1.0, 5.0):
        assert abs(pace_of(told, speed, 0).ahead_s(0)) < 5
        assert 0 < pace_of(told, speed, 0).ahead_s(600) <= 600 / speed


def test_a_run_goes_on_at_the_pace_of_the_run_before() -> None:
    began = time.time() - 100
    told = {"position": 90, "pace": [1.0, 0, began]}
    assert pace_of(told, 1.0, 90) == (1.0, 0, began)
    assert pace_of(told, 1.0, 90).ahead_s(90) < 0, "what was missed is caught up"
    assert pace_of(told, 2.0, 90).second == 90
