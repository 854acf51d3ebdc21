"""The monitor's concerns, each as a timeline: what is read, what is concluded and when."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from schemas import Signal
from services.domain.monitor.core import MonitorCore
from tests.domain.telemetry import T0, reading, run, tick, told

SHIP, PLANE, TRAIN = "ship-9000001", "aircraft-4b1801", "metro-T01"
SINGAPORE = {"lat": 1.2644, "lon": 103.84}


def sailing(seconds: range, **channels: float) -> list[bytes]:
    """A ship on a straight track at 12 kn."""
    given = {"sog_kn": 12.0, **channels}
    return [reading(SHIP, s, km=s * 12 * 1.852 / 3600, **given) for s in seconds]


@pytest.mark.parametrize(
    ("flaw", "late_reading"),
    [
        ("late", reading(SHIP, 60, seq=999, sog_kn=0.0)),
        ("duplicate", reading(SHIP, 90, sog_kn=12.0)),
        ("future", reading(SHIP, 400, ingest=100, sog_kn=0.0)),
        ("jump", reading(SHIP, 100, km=80, sog_kn=12.0)),
        ("position_impossible", reading(SHIP, 100, lat=95.0, sog_kn=12.0)),
        ("position_impossible", reading(SHIP, 100, lat=0.0, lon=0.0, sog_kn=12.0)),
        ("impossible", reading(SHIP, 100, km=0.6, sog_kn=70.0)),
        ("unknown", reading(SHIP, 100, km=0.6, sog_kn=12.0, colour=3.0)),
    ],
)
def test_a_flawed_reading_is_flagged_and_moves_nothing(flaw: str, late_reading: bytes) -> None:
    after = sailing(range(101, 200, 10))
    signals = run([*sailing(range(0, 100, 10)), late_reading, *after])
    assert [s.flaw for s in signals if s.kind == "reading_flagged"] == [flaw]
    assert not told(signals, "data_fault_began", "silence_began")
    assert told(signals, "movement_changed") == [(0, "movement_changed", "UNDER_WAY")]


def test_a_flaw_that_persists_is_one_episode() -> None:
    bad = sailing(range(100, 200, 10), lo_press_bar=-4.0)
    good = sailing(range(200, 900, 10), lo_press_bar=2.7)
    signals = run([*sailing(range(0, 100, 10), lo_press_bar=2.7), *bad, *good])
    assert told(signals, "data_fault_began", "data_fault_ended") == [
        (120, "data_fault_began", "impossible"),
        (590, "data_fault_ended", "impossible"),
    ]
    assert len(told(signals, "reading_flagged")) == len(bad)


def test_a_jump_becomes_the_track_when_it_persists() -> None:
    moved = [reading(SHIP, s, km=80, sog_kn=0.0) for s in range(100, 200, 10)]
    signals = run([*sailing(range(0, 100, 10)), *moved])
    assert [t for t, _, flaw in told(signals, "reading_flagged") if flaw == "jump"] == [100, 110]


def test_a_counter_that_runs_backwards_is_flagged() -> None:
    signals = run(
        sailing(range(0, 20, 10), me_hours=500.0) + sailing(range(20, 40, 10), me_hours=4.0)
    )
    assert told(signals, "reading_flagged") == [(20, "reading_flagged", "counter_backwards")]


def test_a_frozen_channel_among_lively_ones_is_a_fault() -> None:
    values = [
        reading(
            TRAIN, s, km=s * 0.01, speed_mps=10 + s % 7, accel_mps2=0.1 * (s % 5), motor_degc=80.0
        )
        for s in range(90)
    ]
    frozen = [s for s in run(values) if s.flaw == "frozen"]
    assert [(s.kind, s.channel) for s in frozen] == [("data_fault_began", "motor_degc")]
    assert 30 <= (frozen[0].time.minute * 60 + frozen[0].time.second) <= 35


def test_a_clock_that_is_steadily_off_is_a_fault_of_that_asset_alone() -> None:
    values = []
    for s in range(0, 400, 10):
        values.append(reading(SHIP, s, km=s * 0.006, sog_kn=12.0))
        values.append(reading("ship-2", s - 3600, ingest=s, seq=s, sog_kn=12.0))
    faults = [s for s in run(values) if s.kind == "data_fault_began"]
    assert [(s.asset, s.flaw) for s in faults] == [("ship-2", "clock_skew")]


def _skewed(offsets: dict[str, int]) -> list[str]:
    """The assets with a clock fault, when each sends at 0.1 Hz what its clock is late by."""
    values = [
        reading(asset, s - late, ingest=s, seq=s, km=s * 0.006, sog_kn=12.0)
        for s in range(0, 260, 10)
        for asset, late in offsets.items()
    ]
    return [s.asset for s in run(values) if s.kind == "data_fault_began"]


@pytest.mark.parametrize("late", [600, 3600, 3 * 365 * 86400])
def test_a_feed_that_is_late_as_a_whole_makes_no_clock_a_fault(late: int) -> None:
    assert _skewed({"ship-1": late, "ship-2": late, "ship-3": late + 3}) == []
    assert _skewed({"ship-1": late, "ship-2": late, "ship-3": late + 300}) == ["ship-3"]
    assert _skewed({"ship-1": late, "ship-2": 0, "ship-3": late}) == ["ship-2"]


def test_a_stored_batch_that_catches_up_is_no_clock_fault() -> None:
    punctual = [reading("ship-2", s, sog_kn=12.0) for s in range(0, 300, 10)]
    batch = [reading(TRAIN, s, ingest=300, speed_mps=10.0 + s % 3) for s in range(150)]
    after = [reading(TRAIN, s, speed_mps=10.0 + s % 3) for s in range(300, 310)]
    assert not told(run([*punctual, *batch, *after]), "data_fault_began")


def test_movement_needs_to_hold() -> None:
    speeds = [(0, 12.0), (60, 0.1), (70, 12.0), (200, 0.1), (230, 0.1), (260, 0.1), (290, 0.1)]
    signals = run([reading(SHIP, second, sog_kn=speed) for second, speed in speeds])
    assert told(signals, "movement_changed") == [
        (0, "movement_changed", "UNDER_WAY"),
        (260, "movement_changed", "AT_ANCHOR"),
    ]


def test_a_flight_has_a_length() -> None:
    def plane(second: int, on_ground: float, gs_kn: float) -> bytes:
        km = max(0, second - 60) * gs_kn * 1.852 / 3600
        return reading(PLANE, second, km=km, on_ground=on_ground, gs_kn=gs_kn, baro_rate_ft_min=0.0)

    ground = [plane(s, 1, 10) for s in range(0, 60, 4)]
    air = [plane(s, 0, 400) for s in range(60, 660, 4)]
    landed = [reading(PLANE, s, km=123.4, on_ground=1, gs_kn=20.0) for s in range(660, 680, 4)]
    signals = run([*ground, *air, *landed])
    assert [kind for _, kind, _ in told(signals, "trip_began", "trip_ended")] == [
        "trip_began", "trip_ended",
    ]  # fmt: skip
    (ended,) = (s for s in signals if s.kind == "trip_ended")
    assert ended.evidence["distance_km"] == pytest.approx(117.3, rel=0.02)
    assert ended.evidence["duration_s"] == pytest.approx(575, abs=40)


def test_a_port_is_entered_and_left_with_hysteresis() -> None:
    approach = [reading(SHIP, s, **SINGAPORE, sog_kn=3.0) for s in (0, 60)]
    away = [reading(SHIP, 3600 * 5, lat=1.2644, lon=104.9, sog_kn=12.0)]
    kinds = [(s.kind, s.zone_kind) for s in run([*approach, *away]) if s.zone_kind == "port"]
    assert kinds[0] == ("zone_entered", "port")
    assert kinds.count(("zone_entered", "port")) == kinds.count(("zone_left", "port"))


def test_an_hour_in_two_overlapping_forbidden_zones_enters_both() -> None:
    inside = [reading(SHIP, s, lat=12.4, lon=43.2, sog_kn=0.1) for s in range(0, 3600, 60)]
    assert sorted(told(run(inside), "zone_entered")) == [
        (60, "zone_entered", "WAR-GULF-OF-ADEN"),
        (60, "zone_entered", "WAR-RED-SEA-SOUTH"),
    ]


def test_two_strays_into_a_forbidden_zone_far_apart_are_no_entry() -> None:
    stray = [reading(SHIP, s, lat=12.4, lon=47.0, sog_kn=12.0) for s in (0, 30 * 86400)]
    outside = [reading(SHIP, s, lat=8.0, lon=55.0, sog_kn=12.0) for s in (10 * 86400, 20 * 86400)]
    assert not told(run([stray[0], *outside, stray[1]]), "zone_entered")


def test_silence_is_judged_by_the_feeds_own_clock() -> None:
    moving = [reading(TRAIN, s, speed_mps=10.0 + s % 3) for s in range(5)]
    ticks = [tick(s) for s in range(10, 130, 10)]
    elsewhere = [tick(s, source="other") for s in range(100, 900, 10)]
    heard = [reading(TRAIN, s, speed_mps=10.0) for s in (131, 132)]
    signals = run([*moving, *elsewhere, *ticks, *heard])
    assert told(signals, "silence_began", "silence_ended") == [
        (94, "silence_began", None),
        (131, "silence_ended", None),
    ]
    assert not told(run([*moving, *elsewhere]), "silence_began")


def test_a_silence_that_lasts_is_told_every_hour() -> None:
    """The only clock of an asset that sends nothing."""
    heard = [reading(TRAIN, s, speed_kmh=0.0) for s in range(0, 20, 10)]
    ticks = [tick(second) for second in range(20, 3 * 3600, 60)]
    signals = run([*heard, *ticks, reading(TRAIN, 3 * 3600, speed_kmh=0.0)])
    (began, *lasting, ended) = told(signals, "silence_began", "silence_continues", "silence_ended")
    assert (began[1], ended[1]) == ("silence_began", "silence_ended")
    assert [kind for _, kind, _ in lasting] == ["silence_continues"] * 2
    silent_s = [s.evidence["silent_s"] for s in signals if s.kind.startswith("silence_")]
    assert [b - a for a, b in pairwise(map(float, silent_s[:3]))] == [3600.0, 3600.0]


def test_the_silence_of_a_device_that_stores_its_readings_ends_after_it_began() -> None:
    stored = [reading(TRAIN, s, ingest=s + 600, speed_mps=10.0 + s % 3) for s in range(5)]
    ticks = [tick(s) for s in range(610, 730, 10)]
    sent = [reading(TRAIN, s, ingest=s + 726, speed_mps=10.0) for s in (5, 6)]
    late = [reading(TRAIN, 2, ingest=900, seq=99, speed_mps=10.0)]
    again = [tick(s) for s in range(740, 900, 10)]
    signals = run([*stored, *ticks, *sent, *again, *late])
    assert told(signals, "silence_began", "silence_ended") == [
        (94, "silence_began", None),
        (94, "silence_ended", None),
        (96, "silence_began", None),
        (96, "silence_ended", None),
    ]


def test_a_late_reading_ends_no_data_fault() -> None:
    jumps = [
        reading(SHIP, s, km=80 * (n % 2), sog_kn=12.0) for n, s in enumerate(range(100, 180, 10))
    ]
    late = [reading(SHIP, 1, ingest=180 + n, seq=900 + n, sog_kn=12.0) for n in range(60)]
    before = run([*sailing(range(0, 100, 10)), *jumps, *late])
    told_ = told(before, "data_fault_began", "data_fault_ended")
    assert [(kind, what) for _, kind, what in told_] == [("data_fault_began", "jump")]


def test_the_end_of_a_data_fault_is_not_before_its_begin() -> None:
    ahead = [reading(SHIP, s + 9000, ingest=s, seq=s, sog_kn=12.0) for s in range(100, 130, 10)]
    signals = run([*sailing(range(0, 100, 10)), *ahead, *sailing(range(130, 500, 10))])
    assert told(signals, "data_fault_began", "data_fault_ended") == [
        (120, "data_fault_began", "future"),
        (360, "data_fault_ended", "future"),
    ]


def test_a_feed_that_stood_still_makes_nobody_silent() -> None:
    moving = [reading(TRAIN, s, speed_mps=10.0) for s in range(5)]
    back = [reading("metro-T02", 4000, speed_mps=10.0), tick(4010), tick(4050)]
    assert not told(run([*moving, *back]), "silence_began")


FAR_S = 173 * 365 * 86_400  # 2199


@pytest.mark.parametrize(
    "poison",
    [
        reading("metro-T02", 2, ingest=FAR_S, speed_mps=10.0),
        reading("metro-T02", FAR_S, ingest=FAR_S, speed_mps=10.0),
        tick(FAR_S),
    ],
)
@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_record_from_the_far_future_hides_no_silence(poison: bytes, place: int) -> None:
    moving = [reading(TRAIN, s, speed_mps=10.0 + s % 3) for s in range(5)]
    values = [*moving, *(tick(s) for s in range(10, 130, 10))]
    signals = run([*values[:place], poison, *values[place:]])
    began = [s for s in signals if s.kind == "silence_began"]
    assert told([s for s in began if s.asset == TRAIN], "silence_began") == [
        (94, "silence_began", None)
    ]
    if place:
        assert max(s.ingest_time for s in signals) < T0 + timedelta(hours=1)


def test_the_reading_from_the_far_future_does_not_keep_its_own_asset_heard() -> None:
    moving = [reading(TRAIN, s, speed_mps=10.0 + s % 3) for s in range(5)]
    poison = reading(TRAIN, 5, ingest=FAR_S, speed_mps=10.0)
    ticks = [tick(s) for s in range(10, 130, 10)]
    assert told(run([*moving, poison, *ticks]), "silence_began") == [(95, "silence_began", None)]
    first = reading(TRAIN, 0, ingest=FAR_S, speed_mps=10.0)
    assert told(run([first, *moving[1:], *ticks]), "silence_began")


def test_a_reading_from_the_future_that_is_sent_again_does_not_stop_its_asset() -> None:
    ahead = reading(TRAIN, FAR_S, ingest=1, seq=2, speed_mps=10.0)
    later = [reading(TRAIN, s, speed_mps=10.0) for s in range(3, 200, 10)]
    signals = run([reading(TRAIN, 0, speed_mps=10.0), ahead, ahead, *later])
    assert [what for _, _, what in told(signals, "reading_flagged")] == ["future", "duplicate"]
    assert len(told(signals, "minute_summary")) == 3


def test_the_first_record_of_another_feed_does_not_put_an_asset_into_the_future() -> None:
    strange = reading(TRAIN, FAR_S, ingest=FAR_S, source="strange", speed_mps=10.0)
    later = [reading(TRAIN, s, speed_mps=10.0) for s in range(3, 200, 10)]
    signals = run([reading(TRAIN, 0, speed_mps=10.0), strange, *later])
    assert not told(signals, "reading_flagged")
    assert len(told(signals, "minute_summary")) == 3


def test_an_outage_of_the_feed_is_no_habit_of_who_is_heard_first_after_it() -> None:
    trains, values = [TRAIN, "metro-T02"], []
    for second in [*range(0, 120, 10), *range(240, 1_800, 130)]:
        values += [reading(t, second, speed_mps=10.0) for t in trains]
    last = 240 + 11 * 130
    for silent, heard in (trains, reversed(trains)):
        rest = [reading(heard, last + s, speed_mps=10.0) for s in range(10, 400, 10)]
        (began,) = told(run([*values, *rest]), "silence_began")
        assert began[0] == last + 90, silent


def test_a_reading_with_many_flaws_has_room_after_its_feed_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Minutes of a large fleet fill the kernel's room for events just before it."""
    monkeypatch.setattr("services.domain.monitor.core._EVENTS", 1)  # as little as may be
    room = len(MonitorCore(0)._events)
    fleet = [reading(f"ship-{n}", 0, sog_kn=10.0) for n in range(room - 1)]
    wild = {"sog_kn": -1.0, "cog_deg": -1.0, "heading_deg": -1.0, "draught_m": -1.0}
    crossing = reading("ship-0", 125, lat=91.0, **wild)
    values = [*fleet, tick(60), crossing]
    one_by_one = MonitorCore(0)
    told_apart = [one_by_one.step([n], [value]).signals for n, value in enumerate(values)]
    expected = [Signal.model_validate_json(text) for found in told_apart for _, text in found]
    assert run(values) == expected
    flagged = told(expected, "reading_flagged")
    assert len(flagged) == 5, flagged


def test_a_leap_that_the_next_record_bears_out_is_believed() -> None:
    days = 2 * 86_400
    moving = [reading(TRAIN, s, speed_mps=10.0) for s in range(5)]
    back = [reading("metro-T02", days + s, speed_mps=10.0) for s in range(0, 200, 10)]
    signals = run([*moving, *back])
    assert [what for _, _, what in told(signals, "reading_flagged")] == ["future"]  # the first
    assert [s.asset for s in signals if s.kind == "silence_began"] == [TRAIN]


def test_a_feed_without_ticks_that_is_heard_a_few_times_a_day_loses_no_reading() -> None:
    hours = range(0, 120, 12)
    readings = [reading(SHIP, 3600 * hour, km=hour * 22.0, sog_kn=12.0) for hour in hours]
    assert not told(run(readings), "reading_flagged")


def test_the_record_that_crosses_a_grid_point_causes_the_silence_found_there() -> None:
    silent = [reading(TRAIN, s, speed_mps=10.0) for s in range(5)]
    before, crossing, after = (
        reading(asset, s, speed_mps=10.0)
        for asset, s in [("metro-T02", 99.5), ("metro-T03", 100), ("metro-T04", 100.5)]
    )
    signals = run([*silent, tick(93), before, crossing, after])
    # judged by the clock that the record brings, ahead of what the record itself says
    assert [(s.id, s.asset, s.kind) for s in signals if s.kind != "trip_began"][1:] == [
        ("telemetry-0-6-0", "metro-T02", "movement_changed"),
        ("telemetry-0-7-0", TRAIN, "silence_began"),
        ("telemetry-0-7-1", "metro-T03", "movement_changed"),
        ("telemetry-0-8-0", "metro-T04", "movement_changed"),
    ]


def test_overspeed_has_a_hold_and_a_margin() -> None:
    speeds = [20, 24, 22, 24, 24, 24, 24, 22.8, 24, 22, 20]
    signals = run([reading(TRAIN, s, speed_mps=float(v)) for s, v in enumerate(speeds)])
    assert told(signals, "overspeed_began", "overspeed_ended") == [
        (6, "overspeed_began", "speed_mps"),
        (9, "overspeed_ended", "speed_mps"),
    ]


def test_a_limit_broken_for_half_a_minute_is_an_anomaly() -> None:
    heat = [60.0] * 30 + [75.0] * 40 + [69.9] * 20 + [60.0] * 5
    signals = run([reading(TRAIN, s, axle_box_1_degc=h) for s, h in enumerate(heat)])
    assert told(signals, "anomaly_began", "anomaly_ended") == [
        (60, "anomaly_began", "axle_box_1_degc"),
        (90, "anomaly_ended", "axle_box_1_degc"),
    ]


def test_a_bearing_that_heats_at_constant_speed_is_an_anomaly_and_a_faster_one_is_none() -> None:
    def heat(second: int, fault: bool) -> bytes:
        wobble = ((second * 7919) % 97) / 97 - 0.5
        rise = min(20.0, max(0, second - 12_000) * 0.1) if fault else 0.0
        rpm = 80.0 + wobble if second < 12_000 or fault else 90.0 + wobble
        return reading(
            SHIP, second, km=second * 0.006, sog_kn=12.0, me_rpm=rpm, me_load_pct=60.0,
            lo_temp_degc=45 + wobble, main_brg_degc=rpm * 0.6 + wobble + rise,
        )  # fmt: skip

    def judged(fault: bool) -> list[tuple[Any, ...]]:
        return told(run([heat(s, fault) for s in range(0, 12_600, 10)]), "anomaly_began")

    ((second, _, channel),) = judged(fault=True)
    assert channel == "main_brg_degc"
    assert 12_000 < second < 12_300
    assert judged(fault=False) == []


def test_the_minute_is_summed_up_once() -> None:
    values = sailing(range(0, 100, 10)) + [tick(s) for s in range(100, 300, 10)]
    minutes = [s for s in run(values) if s.kind == "minute_summary"]
    assert [(s.time.minute, s.evidence["readings"], s.value) for s in minutes] == [
        (0, 6, 12.0),
        (1, 4, 12.0),
    ]
    assert minutes[0].evidence["distance_km"] == pytest.approx(0.309, abs=0.002)


def test_what_cannot_be_read_is_handed_back() -> None:
    values = [b"{", b'{"asset":"x"}', reading("tram-1", 0), reading(SHIP, 0), b"\xff"]
    rejected = MonitorCore(1).step(range(5), values).rejected
    assert [(r.offset, r.reason) for r in rejected] == [
        (0, "not_json"),
        (1, "not_a_reading"),
        (2, "unknown_asset_class"),
        (4, "not_json"),
    ]


def test_a_reading_under_another_class_is_rejected_and_makes_no_second_asset() -> None:
    moving = sailing(range(0, 100, 10))
    strange = reading(SHIP, 45, asset_class="metro", speed_mps=1.0)
    ticks = [tick(s) for s in range(100, 160, 10)]
    core, undisturbed = MonitorCore(0), MonitorCore(0)
    before = core.step(range(5), moving[:5])
    core = MonitorCore.restore(0, core.snapshot())
    after = core.step(range(5, 17), [strange, *moving[5:], *ticks])
    assert not before.rejected
    assert after.rejected == [
        (5, "other_class", f"{SHIP} has reported as ship, this reading says metro: "
         "send it under an asset id of its own")
    ]  # fmt: skip
    undisturbed.step(range(16), [*moving, *ticks])
    assert core.snapshot() == undisturbed.snapshot()


def test_an_asset_is_told_the_same_alone_and_in_company() -> None:
    """Its company shares its class and its batch, and has a feed and a taught detector of its own.

    An asset of which the detector has no opinion yet is told no score.
    """
    company, mine, ticks = [], [], []
    for second in range(0, 12_600, 10):
        wobble = ((second * 7919) % 97) / 97 - 0.5
        heat = {"main_brg_degc": 50 + wobble, "lo_temp_degc": 45 + wobble}
        given = {"sog_kn": 12.0, "me_rpm": 80 + wobble, "me_load_pct": 60.0, **heat}
        company.append(reading("ship-2", second, km=second * 0.006, source="other", **given))
        mine.append(reading(SHIP, second + 1, km=second * 0.006, **given) if second > 300 else b"")
        ticks.append(tick(second) if second % 60 == 0 else b"")

    def told_of_mine(*feeds: list[bytes]) -> list[dict[str, Any]]:
        values = [value for at_once in zip(*feeds, strict=True) for value in at_once if value]
        return [
            signal.model_dump(exclude={"id", "cause"})
            for signal in run(values)
            if signal.asset == SHIP
        ]

    alone = told_of_mine(ticks, mine)
    taught = T0 + timedelta(seconds=300 + 9_000)  # 900 rows
    assert all(signal["score"] is None for signal in alone if signal["time"] < taught)
    assert any(signal["score"] is not None for signal in alone)
    assert told_of_mine(ticks, company, mine) == alone
