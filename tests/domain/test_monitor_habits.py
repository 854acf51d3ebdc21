"""Assets with feeds and cadences of their own, and the rules of the class data, as timelines."""

from datetime import timedelta
from typing import Any

import pytest

from schemas import ASSET_CLASSES, Signal
from schemas.asset_classes.model import Rule, when
from services.domain.alert_rules import firing_rule
from services.domain.monitor.core import MonitorCore
from services.domain.monitor.plan import plan_of
from tests.domain.telemetry import T0, reading, run, tick, told

SHIP, TRAIN, PLANE = "ship-9000001", "metro-T01", "aircraft-1"


def sailing(second: int, **given: Any) -> bytes:
    """A ship on a straight track at 12 kn."""
    return reading(SHIP, second, km=second * 12 * 1.852 / 3600, **{"sog_kn": 12.0, **given})


def by_time(*feeds: list[tuple[int, bytes]]) -> list[bytes]:
    """The records of several feeds in the order of their arrival."""
    return [value for _, value in sorted((r for feed in feeds for r in feed), key=lambda r: r[0])]


def test_a_slow_second_feed_is_in_order_and_moves_nothing() -> None:
    """A satellite's feed that is five minutes late beside the station on the coast."""
    coast = [(s, sailing(s)) for s in range(0, 1200, 10)]
    space = [
        (s, sailing(s - 300, ingest=s, source="space", sog_kn=0.0, seq=s))
        for s in range(305, 1200, 60)
    ]
    signals = run(by_time(coast, space))
    assert not told(signals, "reading_flagged", "data_fault_began")
    assert told(signals, "movement_changed") == [(0, "movement_changed", "UNDER_WAY")]


def test_a_reading_out_of_order_on_its_own_feed_is_late() -> None:
    coast = [(s, sailing(s)) for s in range(0, 600, 10)]
    space = [(s, sailing(s - 300, ingest=s, source="space", seq=s)) for s in (310, 370, 430)]
    late = [(440, sailing(20, ingest=440, source="space", seq=2))]
    signals = run(by_time(coast, space, late))
    flagged = [s for s in signals if s.kind == "reading_flagged"]
    assert [(s.flaw, s.source, s.evidence["lag_s"]) for s in flagged] == [("late", "space", 420.0)]


def test_each_feed_knows_its_own_duplicates() -> None:
    values = [sailing(s, source=feed, seq=s) for s in (0, 10, 20) for feed in ("a", "b", "a")]
    flagged = [s for s in run(values) if s.kind == "reading_flagged"]
    assert {(s.flaw, s.source) for s in flagged} == {("duplicate", "a")}
    assert len(flagged) == 3


def test_where_the_receiver_numbers_what_it_hears_time_and_place_tell_a_repeat() -> None:
    heard = [sailing(s, seq=100 * s + n) for s in range(0, 100, 10) for n in range(2)]
    flagged = [s for s in run(heard) if s.kind == "reading_flagged"]
    assert [s.flaw for s in flagged] == ["duplicate"] * 10
    twice_a_second = [
        reading(SHIP, s, km=0.006 * s + 0.003 * n, seq=2 * s + n, sog_kn=12.0)
        for s in range(100)
        for n in range(2)
    ]
    assert not told(run(twice_a_second), "reading_flagged")


def test_two_messages_of_one_instant_are_no_repeats() -> None:
    """At rest, speed in the one and the counter in the other."""
    parted = [
        reading(TRAIN, s, seq=2 * s + n, **channels)
        for s in range(0, 200, 10)
        for n, channels in enumerate(({"speed_mps": 0.0}, {"odometer_km": 120_000.5}))
    ]
    assert not told(run(parted), "reading_flagged")


def test_a_clock_is_wrong_on_one_feed_only() -> None:
    others = [
        (s, reading(f"ship-{n}", s, seq=s, source=feed, sog_kn=12.0))
        for s in range(0, 600, 10)
        for feed, n in (("a", 1), ("a", 2), ("b", 3), ("b", 4))
    ]
    good = [(s, sailing(s, source="a")) for s in range(0, 600, 10)]
    skewed = [(s, sailing(s - 200, ingest=s, source="b", seq=s)) for s in range(5, 600, 10)]
    faults = [s for s in run(by_time(others, good, skewed)) if s.kind == "data_fault_began"]
    assert [(s.asset, s.flaw, s.source) for s in faults] == [(SHIP, "clock_skew", "b")]


def test_an_asset_is_silent_only_when_no_feed_hears_it() -> None:
    def train(second: int, source: str) -> tuple[int, bytes]:
        return second, reading(TRAIN, second, source=source, seq=second, speed_mps=10.0)

    ticks = [(s, tick(s, source)) for s in range(0, 700, 10) for source in ("a", "b")]
    both = [train(s, source) for s in range(0, 100) for source in ("a", "b")]
    only_b = [train(s, "b") for s in range(100, 400)]
    began = [s for s in run(by_time(both, only_b, ticks)) if s.kind == "silence_began"]
    assert told(began, "silence_began") == [(489, "silence_began", None)]


def test_a_feed_that_has_ended_hides_no_silence() -> None:
    """Heard last by a feed whose clock stands still since."""
    a = [(s, reading(TRAIN, s, source="a", seq=s, speed_mps=10.0)) for s in range(100)]
    b = [(100, reading(TRAIN, 100, source="b", seq=100, speed_mps=10.0))]
    ticks = [(s, tick(s, "a")) for s in range(0, 400, 10)]
    assert told(run(by_time(a, b, ticks)), "silence_began") == [(190, "silence_began", None)]


def test_of_more_feeds_than_are_told_apart_the_longest_unheard_is_forgotten() -> None:
    values = [sailing(s, source=f"feed-{s % 12}", seq=s) for s in range(0, 240)]
    core = MonitorCore(0)
    signals = run(values, core)
    assert not told(signals, "reading_flagged", "silence_began")
    assert core._state.now["contacts"][0] == 8
    later = [sailing(s, source=f"feed-{s % 12}", seq=s) for s in range(240, 300)]
    restored = MonitorCore.restore(0, core.snapshot())
    assert run(later, restored, 240) == run(later, core, 240)


@pytest.mark.parametrize("every", [120, 600])
def test_a_train_that_reports_seldom_is_not_silent_between_its_reports(every: int) -> None:
    reports = [(s, reading(TRAIN, s, speed_mps=10.0 + s % 7)) for s in range(0, 20 * every, every)]
    ticks = [(s, tick(s)) for s in range(0, 30 * every, 10)]
    signals = run(by_time(reports, ticks))
    learning = T0 + timedelta(seconds=2 * every)
    began = [s for s in signals if s.kind == "silence_began" and s.time > learning]
    assert told(began, "silence_began") == [(23 * every, "silence_began", None)]
    assert [s.threshold for s in began] == [4.0 * every]


def test_one_outage_is_no_habit() -> None:
    hours = 3 * 3600
    values = [(s, reading(TRAIN, s, speed_mps=10.0)) for s in (*range(60), hours)]
    ticks = [(s, tick(s)) for s in range(0, hours + 600, 10)]
    began = told(run(by_time(values, ticks)), "silence_began")
    assert began == [(149, "silence_began", None), (hours + 90, "silence_began", None)]


def stuck(every: int, reports: int) -> list[Signal]:
    """A train that reports so often, one motor temperature always the same."""
    seconds = range(0, every * reports, every)
    values = [
        reading(
            TRAIN, s, km=s * 0.01, speed_mps=10 + (s // every) % 7,
            accel_mps2=0.1 * ((s // every) % 5), motor_degc=80.0,
        )
        for s in seconds
    ]  # fmt: skip
    return [s for s in run(values) if s.flaw == "frozen"]


@pytest.mark.parametrize("every", [1, 20, 60])
def test_frozen_is_thirty_of_the_channels_own_intervals(every: int) -> None:
    assert stuck(every, 28) == []
    (began,) = stuck(every, 40)
    assert (began.kind, began.channel) == ("data_fault_began", "motor_degc")


def doors(*seconds_open: tuple[int, int]) -> list[bytes]:
    """A train that runs but for its stop in the seconds 60 to 90, doors open in these spans."""
    values = []
    for second in range(0, 150, 5):
        speed = 0.0 if 60 <= second < 90 else 12.0
        is_open = any(start <= second < stop for start, stop in seconds_open)
        values.append(
            reading(TRAIN, second, km=second * 0.01, speed_mps=speed, doors_open=float(is_open))
        )
    return values


def test_doors_open_under_way_are_an_anomaly_and_at_a_stop_none() -> None:
    kinds = "anomaly_began", "anomaly_ended"
    assert told(run(doors((60, 85))), *kinds) == []
    assert told(run(doors((30, 35))), *kinds) == []  # one stray report
    signals = run(doors((30, 100)))
    assert told(signals, *kinds) == [
        (40, "anomaly_began", "doors_open"),
        (100, "anomaly_ended", "doors_open"),
    ]
    (began,) = (s for s in signals if s.kind == "anomaly_began")
    assert (began.detector, began.value) == ("doors_open_under_way/1", 1.0)


_ON_GROUND = (when("on_ground", "==", 1),)


def landing(*reports: tuple[int, float | None]) -> list[bytes]:
    """An aircraft's reports each second: whether it is on the ground, and the peak in g."""
    values = []
    for second, (ground, peak_g) in enumerate(reports):
        given = {} if peak_g is None else {"accel_g": peak_g}
        values.append(
            reading(PLANE, second, km=0.07 * second, gs_kn=140.0, on_ground=float(ground), **given)
        )
    return values


def test_a_peak_at_touch_down_is_a_hard_landing_and_one_in_the_air_is_not() -> None:
    kinds = "anomaly_began", "anomaly_ended"
    assert told(run(landing((0, 1.0), (0, 2.4), (1, 1.9), (1, 1.0))), *kinds) == []
    signals = run(landing((0, 1.0), (1, 2.3), (0, 1.0), (1, None), (1, 1.1), (1, 1.0)))
    assert told(signals, *kinds) == [
        (1, "anomaly_began", "accel_g"),
        (4, "anomaly_ended", "accel_g"),
    ]
    (began,) = (signal for signal in signals if signal.kind == "anomaly_began")
    assert (began.detector, began.value) == ("hard_landing/1", 2.3)
    rule = firing_rule(began.model_dump())
    assert rule is not None
    assert rule.name == "hard_landing"


def test_a_reading_in_which_a_rule_is_not_asked_breaks_its_hold() -> None:
    rule = Rule(name="hard_landing", channel="accel_g", limit=2.0, hold_s=2, when=_ON_GROUND)
    aircraft = ASSET_CLASSES["aircraft"].model_copy(update={"rules": (rule,)})
    for reports, count in (([(1, 2.5)] * 3, 1), ([(1, 2.5), (0, 1.0), (1, 2.5), (1, 2.5)], 0)):
        core = MonitorCore(0, asset_classes={"aircraft": aircraft})
        assert len(told(run(landing(*reports), core), "anomaly_began")) == count


def test_a_rule_is_asked_in_a_kind_of_zone() -> None:
    for inside, count in ((1, 0), (0, 1)):  # it lands where there is no port
        rule = Rule(
            name="hard_landing", channel="accel_g", limit=2.0,
            when=(when("in:port", "==", inside),),
        )  # fmt: skip
        aircraft = ASSET_CLASSES["aircraft"].model_copy(update={"rules": (rule,)})
        core = MonitorCore(0, asset_classes={"aircraft": aircraft})
        assert len(told(run(landing((1, 1.0), (1, 2.5)), core), "anomaly_began")) == count


@pytest.mark.parametrize(
    "change", [{"channel": "sog_kn"}, {"reads": ("sog_kn",)}, {"when": (when("sog_kn", "<", 1),)}]
)
def test_a_rule_reads_channels_of_its_class_alone(change: dict[str, Any]) -> None:
    given = {"name": "hard_landing", "channel": "accel_g", "limit": 2.0, **change}
    aircraft = ASSET_CLASSES["aircraft"].model_copy(update={"rules": (Rule(**given),)})
    with pytest.raises(ValueError, match="sog_kn"):
        plan_of({"aircraft": aircraft})


def test_a_rule_that_there_is_not_is_refused() -> None:
    metro = ASSET_CLASSES["metro"].model_copy(
        update={"rules": (Rule(name="no_such", channel="doors_open", limit=1.0),)}
    )
    with pytest.raises(ValueError, match="no_such"):
        plan_of({"metro": metro})
