"""The rules of ships as timelines, each beside the healthy lives that look like it."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from services.domain.alert_rules import firing_rule
from services.domain.monitor.core import MonitorCore
from tests.domain.telemetry import AT_SEA, KM_PER_DEGREE, T0, reading, run

SHIP, HOUR, KM_PER_KN_S = "ship-9000001", 3600, 1.852 / 3600
SHANGHAI = 30.61, 122.08

Motion = Callable[[float], tuple[float, float]]
"""Speed in kn and course in degrees at a second."""


def told(values: Iterable[bytes], rule: str) -> list[tuple[int, str]]:
    """(minute, signal) of what the rule says of a timeline."""
    return [
        (round((signal.time - T0).total_seconds() / 60), signal.kind.partition("_")[2])
        for signal in run(list(values))
        if (signal.detector or "").startswith(f"{rule}/")
    ]


def life(
    until: int, motion: Motion, channels: Callable[[float], dict[str, Any]],
    every: int = 60, start: tuple[float, float] = AT_SEA, heard: Callable[[int], bool] = bool,
) -> Iterator[bytes]:  # fmt: skip
    """Readings of a ship that moves as it says."""
    lat, lon = start
    for second in range(10, until, 10):
        speed, course = motion(second)
        way = speed * KM_PER_KN_S * 10 / KM_PER_DEGREE
        lat += way * math.cos(math.radians(course))
        lon += way * math.sin(math.radians(course)) / math.cos(math.radians(lat))
        if second % every == 0 and heard(second):
            given = {"sog_kn": speed, "cog_deg": course % 360, "nav_status": 0.0}
            yield reading(SHIP, second, lat=lat, lon=lon, **given | channels(second))


def turning(rpm: float, **more: float) -> Callable[[float], dict[str, Any]]:
    """An engine, and what else is the same all the time."""
    return lambda second: {"me_rpm": rpm, **more}


def slow(hours: float, knots: float, turns: bool) -> Motion:
    """Sails at 12 kn for an hour, goes slowly for some, and sails on."""

    def motion(second: float) -> tuple[float, float]:
        if not HOUR <= second < HOUR + hours * HOUR:
            return 12.0, 0.0
        return knots, (360 * (second - HOUR) / 3000 if turns else 0.0)

    return motion


def test_a_ship_that_goes_about_for_hours_loiters() -> None:
    (began, ended) = told(life(8 * HOUR, slow(6, 1.2, True), turning(30.0)), "loitering")
    assert began[1] == "began"
    assert 60 + 4.5 * 60 <= began[0] <= 60 + 4.5 * 60 + 25  # the smoothed speed comes after
    assert ended[1] == "ended"
    assert 7 * 60 <= ended[0] <= 7 * 60 + 15


@pytest.mark.parametrize(
    ("hours", "turns", "rpm", "start"),
    [
        (4.0, True, 30.0, AT_SEA),  # waits for a berth
        (6.0, False, 30.0, AT_SEA),  # goes somewhere slowly: alongside, under tow
        (6.0, True, 0.0, AT_SEA),  # swings at anchor
        (1.8, True, 30.0, SHANGHAI),  # shifts within a port
    ],
)
def test_who_goes_slowly_for_a_reason_does_not_loiter(
    hours: float, turns: bool, rpm: float, start: tuple[float, float]
) -> None:
    values = life(8 * HOUR, slow(hours, 1.2, turns), turning(rpm), start=start)
    assert told(values, "loitering") == []


def test_a_ship_heard_for_minutes_an_hour_loiters_all_the_same() -> None:
    values = life(
        8 * HOUR, slow(6, 1.2, True), turning(30.0), heard=lambda second: second % HOUR < 600
    )
    assert [kind for _, kind in told(values, "loitering")] == ["began", "ended"]


def test_a_ship_not_under_command_that_the_current_sets_drifts() -> None:
    values = life(4 * HOUR, slow(2, 1.0, False), turning(0.0, nav_status=2.0))
    (began, ended) = told(values, "drifting")
    assert (began[1], ended[1]) == ("began", "ended")
    assert 80 <= began[0] <= 105


@pytest.mark.parametrize(
    ("hours", "knots", "rpm", "status"),
    [
        (2.0, 1.0, 0.0, 0.0),  # waits with its engine stopped
        (2.0, 1.0, 30.0, 2.0),  # its engine turns
        (2.0, 6.0, 0.0, 2.0),  # is towed
        (0.3, 1.0, 0.0, 2.0),  # for minutes
    ],
)
def test_who_waits_or_is_towed_does_not_drift(
    hours: float, knots: float, rpm: float, status: float
) -> None:
    values = life(4 * HOUR, slow(hours, knots, False), turning(rpm, nav_status=status))
    assert told(values, "drifting") == []


def test_a_ship_that_drifts_all_day_is_told_of_whatever_it_says() -> None:
    values = life(12 * HOUR, slow(10, 1.0, False), turning(0.0))
    assert [kind for _, kind in told(values, "drifting")] == ["began", "ended"]


def test_an_anchored_ship_whose_receiver_shows_speed_does_not_drift() -> None:
    motion: Motion = lambda second: (0.0, 0.0)  # noqa: E731
    values = life(10 * HOUR, motion, turning(0.0, sog_kn=0.5))
    assert told(values, "drifting") == []


def stops(kn_a_minute: float, from_kn: float = 9.0, rests_h: float = 2.0) -> Motion:
    """Sails for half an hour, stops so hard, rests, and sails on."""

    def motion(second: float) -> tuple[float, float]:
        if second >= HOUR / 2 + rests_h * HOUR:
            return from_kn, 0.0
        return max(from_kn - max(second - HOUR / 2, 0) / 60 * kn_a_minute, 0.0), 0.0

    return motion


def test_a_ship_that_stops_at_once_and_stays_is_aground() -> None:
    values = list(life(3 * HOUR, stops(16.0), turning(0.0)))
    (began, ended) = told(values, "aground")
    assert (began[1], ended[1]) == ("began", "ended")
    assert 50 <= began[0] <= 53
    assert 150 <= ended[0] <= 155
    signal = next(s for s in run(values) if s.detector == "aground/1")
    rule = firing_rule(signal.model_dump())
    assert rule is not None
    assert (rule.name, rule.severity) == ("aground", "emergency")
    assert signal.value == 9.0
    assert signal.threshold is not None
    assert signal.threshold < 9.0


def test_a_grounding_is_seen_by_the_way_it_took_where_none_was_heard() -> None:
    quiet = range(HOUR // 2, HOUR // 2 + 1500)
    values = life(3 * HOUR, stops(16.0), turning(0.0), heard=lambda second: second not in quiet)
    assert [kind for _, kind in told(values, "aground")] == ["began", "ended"]


@pytest.mark.parametrize(
    ("motion", "channels"),
    [
        (stops(0.7), turning(0.0)),  # anchors; the crew forgets the status
        (stops(16.0), turning(0.0, nav_status=5.0)),  # made fast, says the crew
        (stops(16.0, rests_h=0.2), turning(0.0)),  # an emergency stop
    ],
)
def test_who_stops_as_ships_do_is_not_aground(
    motion: Motion, channels: Callable[[float], dict[str, Any]]
) -> None:
    assert told(life(3 * HOUR, motion, channels), "aground") == []


def test_an_engine_that_turns_at_rest_out_of_port_pushes_against_the_ground() -> None:
    values = life(3 * HOUR, stops(0.7), turning(40.0))
    assert [kind for _, kind in told(values, "aground")] == ["began", "ended"]
    values = life(HOUR, lambda second: (0.0, 0.0), turning(40.0), start=SHANGHAI)
    assert told(values, "aground") == []  # tried at the berth


def gauge(second: float) -> float:
    """A gauge of 2,000 t: noise of 2 t, a wander of 4 t within hours."""
    return 2.0 * math.sin(second * 1.7) + 4.0 * math.sin(second / 2300)


def seldom_before(hours: float) -> Callable[[int], bool]:
    """A reading every three minutes while the gauge is learned, every minute then."""
    return lambda second: second % 180 == 0 or second >= hours * HOUR


def tanks(
    left: Callable[[float], float], flow_t_h: float = 0.0
) -> Callable[[float], dict[str, Any]]:
    """What the tanks hold, with the gauge's own mind."""
    return lambda second: {
        "me_rpm": 0.0, "fuel_flow_t_h": flow_t_h, "rob_fuel_t": 1500 + left(second) + gauge(second),
    }  # fmt: skip


def at_rest(second: float) -> tuple[float, float]:
    """At a berth or at anchor."""
    return 0.0, 0.0


def test_tanks_that_lose_more_than_is_burnt_are_told_of() -> None:
    def left(second: float) -> float:
        return -60.0 * min(max(second - 24 * HOUR, 0) / (2 * HOUR), 1.0)

    values = list(life(30 * HOUR, at_rest, tanks(left), heard=seldom_before(23)))
    ((minute, kind),) = told(values, "fuel_loss")
    assert kind == "began"
    assert 24 * 60 < minute < 26 * 60
    signal = next(s for s in run(values) if s.detector == "fuel_loss/1")
    assert signal.value is not None
    assert signal.threshold is not None
    assert 10 < signal.threshold < signal.value < 60


def test_a_gauge_bunkers_and_what_is_burnt_are_no_loss() -> None:
    def bunkers(second: float) -> float:
        return 400.0 * min(max(second - 20 * HOUR, 0) / (2 * HOUR), 1.0)

    values = life(30 * HOUR, at_rest, tanks(bunkers), heard=seldom_before(19))
    assert told(values, "fuel_loss") == []
    burning = tanks(lambda second: -4.0 * second / HOUR, flow_t_h=4.0)
    values = life(30 * HOUR, lambda second: (12.0, 0.0), burning, every=180)
    assert told(values, "fuel_loss") == []


def test_a_ship_that_sails_with_what_is_left_is_no_longer_losing() -> None:
    def left(second: float) -> float:
        return -60.0 * min(max(second - 10 * HOUR, 0) / HOUR, 1.0)

    motion: Motion = lambda second: (0.0 if second < 12 * HOUR else 12.0, 0.0)  # noqa: E731
    values = life(16 * HOUR, motion, tanks(left), heard=seldom_before(9))
    kinds = [kind for _, kind in told(values, "fuel_loss")]
    assert kinds == ["began", "ended"]


@pytest.mark.parametrize("part", [0.1, 0.25, 0.5])
def test_what_a_rule_remembers_outlasts_a_restart(part: float) -> None:
    values = list(life(3 * HOUR, stops(16.0), turning(0.0)))
    cut = int(part * len(values))
    before = MonitorCore(0)
    signals = run(values[:cut], before)
    after = MonitorCore.restore(0, before.snapshot())
    assert not after.notes
    signals += run(values[cut:], after, first=cut)
    assert [s.model_dump() for s in signals] == [s.model_dump() for s in run(values)]
