"""Metro trains keep to what metros do, their channels agree, and mishaps change what they name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from schemas.asset_classes.metro import METRO
from schemas.zones import load_zones
from simulators.fault import Fault, Kind
from simulators.fleet import Event, Sample, Span
from simulators.geo import distance_m
from simulators.noise import Bools, Floats, Ints
from simulators.rail import MetroTrains
from simulators.rail.mishaps import KINDS, PLANNED
from simulators.rail.network import LINES
from simulators.scenario import Cadence, FleetSize, Scenario

pytestmark = pytest.mark.slow

MORNING = datetime(2026, 7, 1, 20, tzinfo=UTC)  # 04:00 where the lines are
TRAINS, HOUR = 9, 3600
ALL = np.arange(TRAINS)
ZONES = {zone.id: zone for zone in load_zones()}


@dataclass(frozen=True)
class Story:
    """What a fleet told: one entry a reading, of one row after another when taken by `of`."""

    rows: Ints
    times: Ints
    lat: Floats
    lon: Floats
    values: Floats
    stops: list[str]
    events: list[Event]
    spans: list[Span]

    def of(self, row: int) -> "Story":
        mine = self.rows == row
        return replace(
            self,
            rows=self.rows[mine], times=self.times[mine], lat=self.lat[mine], lon=self.lon[mine],
            values=self.values[mine], stops=[self.stops[n] for n in np.flatnonzero(mine)],
        )  # fmt: skip

    def __getitem__(self, channel: str) -> Floats:
        return np.asarray(self.values[:, MetroTrains.panel.names.index(channel)])


def scenario(start: datetime | None, service_s: int = 1, stabled_s: int = 60) -> Scenario:
    cadence = Cadence(train_service_s=service_s, train_stabled_s=stabled_s)
    return Scenario(
        name="rail", title="trains alone", start=start, days=2, cadence=cadence,
        fleet=FleetSize(ships=0, aircraft=0, trains=TRAINS),
    )  # fmt: skip


def fleet(
    numbers: Ints = ALL, start: datetime = MORNING, of: Scenario | None = None
) -> MetroTrains:
    return MetroTrains(3, numbers, np.zeros_like(numbers), of or scenario(start), start)


def lived(trains: MetroTrains, since: int, until: int, *faults: Fault, block_s: int = 300) -> Story:
    """What the trains tell of [since, until)."""
    parts: list[Sample] = []
    events: list[Event] = []
    spans: list[Span] = []
    labels: list[str] = []
    for end in range(block_s, until + 1, block_s):
        acting = [f for f in faults if f.start < end and f.end > end - block_s]
        spans += trains.live(end, acting)
        events += list(trains.events())
        if end > since:
            parts.append(trains.sample(*trains.due()))
            labels += [trains.labels[label].get("stop", "") for label in parts[-1].labels]
    rows, times, lat, lon, values = (
        np.concatenate(column) for column in [*zip(*parts, strict=True)][:5]
    )
    return Story(rows, times, lat, lon, values, labels, events, spans)


@pytest.fixture(scope="module")
def day() -> Story:
    return lived(fleet(), 0, 24 * HOUR)


def stretches(flags: Bools) -> Iterator[tuple[int, int]]:
    """(first, behind) of the stretches in which `flags` hold."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    yield from zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True)


def in_service(story: Story) -> Bools:
    return np.array([not stop.endswith("DEPOT") for stop in story.stops])


def test_values_stay_within_what_the_class_says(day: Story) -> None:
    out = in_service(day)
    for channel in METRO.channels:
        for (low, high), values in (
            (channel.impossible, day[channel.name]), (channel.typical, day[channel.name][out]),
            (channel.alarm, day[channel.name]),
        ):  # fmt: skip
            worst = (channel.name, values.min(), values.max())
            # Parts are colder than usual for an hour after the night.
            assert low is None or values.min() >= low - 15 * channel.name.endswith("degc"), worst
            assert high is None or values.max() <= high, worst


def test_speed_acceleration_and_places_agree(day: Story) -> None:
    for row in range(TRAINS):
        train = day.of(row)
        second = np.diff(train.times) == 1
        change = np.diff(train["speed_mps"])[second]
        assert -1.3 < change.min() < -0.8 and 0.8 < change.max() < 1.2
        assert 19.5 < train["speed_mps"].max() < 22
        mean = (train["speed_mps"][1:] + train["speed_mps"][:-1])[second] / 2
        odometer_m = 1000 * np.diff(train["odometer_km"])[second]
        moved = distance_m(train.lat[:-1], train.lon[:-1], train.lat[1:], train.lon[1:])[second]
        assert np.abs(odometer_m - mean).max() < 1.2
        assert np.abs(np.abs(np.diff(train["chainage_m"])[second]) - odometer_m).max() < 1.2
        # A bend at a station is cut short by a second at most; else places follow the odometer.
        assert np.abs(moved - odometer_m).max() < 1.3
        assert (np.diff(train["odometer_km"]) >= 0).all()


def test_trains_run_so_many_km_a_day(day: Story) -> None:
    made = [np.ptp(day.of(row)["odometer_km"]) for row in range(TRAINS)]
    assert min(made) > 240 and max(made) < 500


def test_doors_open_only_at_stops_and_the_dwell_suits_the_hour(day: Story) -> None:
    line_of = dict(enumerate(LINES))
    by_peak: dict[bool, list[float]] = {True: [], False: []}
    for row in range(TRAINS):
        train, line = day.of(row), line_of[row % 3]
        is_open = train["doors_open"] == 1
        assert train["speed_mps"][is_open].max() == 0
        for first, behind in stretches(is_open):
            stop = train.stops[first]
            zone = ZONES[stop]
            assert abs(train["chainage_m"][first] - line.chainage_m[line.stops.index(stop)]) < 0.5
            assert abs(train.lat[first] - zone.lat) + abs(train.lon[first] - zone.lon) < 5e-5
            hour = (train.times[first] / HOUR + 4) % 24
            by_peak[7 <= hour <= 9 or 17 <= hour <= 19].append(behind - first + 6)
    dwells = by_peak[True] + by_peak[False]
    assert min(dwells) >= 19 and max(dwells) <= 46
    assert np.mean(by_peak[True]) > np.mean(by_peak[False]) + 2


def test_delays_arise_on_the_way_and_are_made_up_at_the_terminals(day: Story) -> None:
    arrived, left = [], []
    for row in range(TRAINS):
        train = day.of(row)
        turning = np.array([stop.endswith("-01") for stop in train.stops])
        for first, behind in stretches(turning):
            if behind - first > 100 and behind + 5 < len(turning):
                arrived.append(train["delay_s"][first])
                left.append(train["delay_s"][behind + 2])
    assert np.mean(arrived) > 10 and max(arrived) > 60
    assert np.mean(left) < 0.25 * np.mean(arrived)


def test_service_is_dense_in_the_peaks_and_sleeps_at_night() -> None:
    numbers = np.arange(36)
    told = lived(fleet(numbers, of=scenario(MORNING, 60, 0)), 0, 24 * HOUR)
    by_hour = np.bincount(told.times // HOUR + 4, minlength=28)
    assert by_hour[4] == 0 and by_hour[25:].sum() == 0
    assert min(by_hour[8], by_hour[18]) > 1.3 * by_hour[11] and by_hour[11] > by_hour[23] > 0
    full = [told["passengers"][told.times // HOUR + 4 == hour].mean() for hour in (8, 11, 18, 23)]
    assert full[0] > 1.5 * full[1] and full[2] > 1.5 * full[1] and full[3] < 0.7 * full[1]


def test_air_and_power_follow_what_the_train_does(day: Story) -> None:
    train = day.of(1)
    out = in_service(train)[:-1] & (np.diff(train.times) == 1)
    rise = np.diff(train["main_res_bar"])[out]
    pumping = train["compressor_a"][:-1][out] > 3
    assert train["main_res_bar"].min() > 7.5 and train["main_res_bar"].max() < 9.5
    assert rise[pumping].mean() > 0.02 and rise[~pumping].mean() < 0
    assert 0.02 < pumping.mean() < 0.25
    accel, current = train["accel_mps2"], train["traction_current_a"]
    fast = train["speed_mps"] > 8
    assert current[fast & (accel > 0.3)].min() > 500 and current[fast & (accel < -0.6)].max() < -300
    assert np.corrcoef(current, train["line_voltage_v"])[0, 1] < -0.9
    starting = (accel > 0.8) & (np.abs(train["speed_mps"] - 8) < 1)
    assert np.corrcoef(current[starting], train["passengers"][starting])[0, 1] > 0.5
    assert np.corrcoef(train["bogie_vib_g"], train["speed_mps"])[0, 1] > 0.95


def test_parts_are_warm_in_service_and_cool_in_the_depot(day: Story) -> None:
    train = day.of(4)
    out = in_service(train)
    for channel, warmer in (
        ("motor_degc", 25),
        ("axle_box_2_degc", 8),
        ("compressor_oil_degc", 20),
    ):
        assert train[channel][out].mean() > train[channel][~out].min() + warmer
        assert np.abs(np.diff(train[channel])[np.diff(train.times) == 1]).max() < 1.8


def test_a_train_does_not_depend_on_the_others_or_on_blocks() -> None:
    whole = lived(fleet(), 4 * HOUR, 5 * HOUR)
    part = lived(fleet(np.array([4, 7])), 4 * HOUR, 5 * HOUR, block_s=60)
    for row, number in enumerate((4, 7)):
        here, there = part.of(row), whole.of(number)
        assert here.stops == there.stops
        for field in ("times", "lat", "lon", "values"):
            assert np.array_equal(getattr(here, field), getattr(there, field)), field


@pytest.mark.parametrize("hour", [0, 7, 13, 19])
def test_a_live_world_begins_in_service_at_any_hour(hour: int) -> None:
    start = MORNING + timedelta(hours=hour)
    trains = fleet(np.arange(15), start, scenario(None))
    assert np.flatnonzero(trains.ready("stabled")).tolist() == [9]
    wanted = {kind.needs for kind in KINDS}
    for minute in range(1, 4):
        wanted -= {need for need in wanted if trains.ready(need).any()}
        assert trains.live(60 * minute, []) == []
        moving = trains.sample(*trains.due())
        assert (np.bincount(moving.rows, moving.values[:, 0], 15) > 0).sum() >= 12
    assert not wanted


@pytest.mark.parametrize("name", ["overspeed", "door_hold"])
def test_whoever_is_ready_for_a_change_of_plan_shows_it_at_once(name: str) -> None:
    kind = named(name)
    for start in (4 * HOUR, 4 * HOUR + 1_230):
        trains = fleet(np.arange(30))
        trains.live(start, [])
        rows = np.flatnonzero(trains.ready(kind.needs)).tolist()
        faults = [Fault(str(row), kind, row, start, start + 150, kind.size[0], 1.0, ())
                  for row in rows]  # fmt: skip
        spans = trains.live(start + 300, faults)
        assert sorted(span.fault for span in spans) == sorted(map(str, rows)) and rows
        assert all(start <= span.start < start + 110 and span.end > span.start for span in spans)


def test_depots_are_silent_where_the_scenario_says_so() -> None:
    told = lived(fleet(of=scenario(MORNING, 20, 0)), 0, 6 * HOUR)
    assert in_service(told).all() and len(told.times)


def test_workshop_stays_come_by_km_and_shift_the_baselines() -> None:
    trains = fleet(np.arange(1), of=scenario(MORNING, 600, 600))
    told = lived(trains, 0, 100 * 24 * HOUR, block_s=4 * HOUR)
    first = [event for event in told.events if event.row == 0]
    assert [event.kind for event in first[:2]] == ["maintenance_started", "maintenance_ended"]
    started, ended = first[0].time, first[1].time
    assert 18 * HOUR <= ended - started <= 30 * HOUR and first[0].place == "SH2-DEPOT"
    train = told.of(0)
    inside = (train.times >= started) & (train.times < ended)
    assert not in_service(train)[inside].any() and inside.any()
    shaken = train["bogie_vib_g"] / np.maximum(train["speed_mps"], 10)
    fast = train["speed_mps"] > 15
    before, after = fast & (train.times < started), fast & (train.times > ended)
    assert shaken[before].mean() > 1.1 * shaken[after & (train.times < ended + 10**6)].mean()


# Mishaps: the healthy life beside the one with a single fault.

BEGIN, END = 5 * HOUR, 6 * HOUR
ROW = 2


def befallen(kind: Kind, size: float, row: int = ROW, lasts: int = HOUR) -> tuple[Story, Story]:
    """(healthy, faulty) stories from half an hour before to two hours after the fault's start."""
    channels = kind.channels[1:2] if kind.one_channel else kind.channels
    fault = Fault("f", kind, row, BEGIN, BEGIN + lasts, size, 1.0, channels)
    since, until = BEGIN - HOUR // 2, BEGIN + 2 * HOUR
    return lived(fleet(), since, until), lived(fleet(), since, until, fault)


def named(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_a_mishap_changes_what_it_names_and_nothing_before_its_start(kind: Kind) -> None:
    healthy, faulty = befallen(kind, kind.size[1])
    assert np.array_equal(healthy.times, faulty.times)
    # A change of plan begins where the train is: its first second is still the healthy one's.
    free = (healthy.rows != ROW) | (healthy.times < BEGIN + (kind.name in PLANNED))
    assert np.array_equal(healthy.values[free], faulty.values[free])
    changed = (healthy.values != faulty.values).any(axis=0)
    names = {name for name, one in zip(MetroTrains.panel.names, changed, strict=True) if one}
    assert names
    if kind.channels:
        assert names <= (set(kind.channels[1:2]) if kind.one_channel else set(kind.channels))


def of_row(name: str, size: float, lasts: int = HOUR) -> tuple[Story, Story, Bools]:
    """(healthy, faulty) of the row that the mishap befell, and when it acted."""
    healthy, faulty = befallen(named(name), size, lasts=lasts)
    healthy, faulty = healthy.of(ROW), faulty.of(ROW)
    return healthy, faulty, (faulty.times >= BEGIN) & (faulty.times < BEGIN + lasts)


def test_overspeed_comes_in_several_runs_and_the_timetable_holds() -> None:
    healthy, faulty, acting = of_row("overspeed", 25.0, 1500)
    fast = faulty["speed_mps"] > 23.5
    runs = [faulty.times[first] for first, _ in stretches(fast)]
    assert len(runs) >= 3 and faulty["speed_mps"].max() < 25.2
    (span,) = faulty.spans
    assert BEGIN <= span.start <= runs[0] and runs[-1] <= span.end
    assert np.ptp(faulty["accel_mps2"]) < 2.3
    standing = (faulty["speed_mps"] == 0)[acting].sum(), (healthy["speed_mps"] == 0)[acting].sum()
    assert standing[0] > standing[1] + 20
    later = faulty.times > span.end + 600
    assert np.array_equal(healthy.values[later, :7], faulty.values[later, :7])


def test_a_wheel_flat_shakes_with_speed_from_one_second_to_the_next() -> None:
    healthy, faulty, acting = of_row("wheel_flat", 1.0)
    more = faulty["bogie_vib_g"] - healthy["bogie_vib_g"]
    fast, still = acting & (healthy["speed_mps"] > 19), healthy["speed_mps"] == 0
    assert more[fast].min() > 0.85 and more[fast].max() < 1.15
    assert more[still].max() == 0 and more[~acting].max() == 0


@pytest.mark.parametrize(
    ("name", "size", "channel"),
    [("bearing_heating", 45.0, "axle_box_2_degc"), ("motor_overheating", 50.0, "motor_degc")],
)
def test_heat_grows_over_many_minutes_and_goes_after(name: str, size: float, channel: str) -> None:
    healthy, faulty, acting = of_row(name, size)
    more = (faulty[channel] - healthy[channel])[acting]
    reached = [float(more[: minutes * 60].max()) for minutes in (5, 15, 40)]
    assert reached[0] < 0.25 * size < reached[1] < 0.75 * size < reached[2] < 1.6 * size
    assert (faulty[channel] - healthy[channel])[-1] < 0.5 * size


@pytest.mark.parametrize(("size", "least_bar", "times_more"), [(0.015, 7.5, 2.5), (0.05, 5.7, 5.0)])
def test_a_leak_makes_the_compressor_work(size: float, least_bar: float, times_more: float) -> None:
    healthy, faulty, acting = of_row("compressor_leak", size)
    pumping = [(one["compressor_a"][acting] > 3).mean() for one in (healthy, faulty)]
    assert pumping[1] > min(times_more * pumping[0], 0.85)
    least = faulty["main_res_bar"].min()
    assert least > least_bar and (least < 7) == (size > 0.04)
    assert faulty["compressor_oil_degc"][acting].max() > healthy["compressor_oil_degc"].max() + 3
    assert np.abs(np.diff(faulty["main_res_bar"])).max() < 0.2


def test_doors_are_told_open_on_the_move() -> None:
    _, faulty, acting = of_row("door_open", 1.0, 300)
    moving = faulty["speed_mps"] > 2
    assert (faulty["doors_open"][moving & acting] == 1).all()
    assert (faulty["doors_open"][moving & ~acting] == 0).all()


def test_held_doors_delay_a_train_that_rejoins_its_timetable() -> None:
    healthy, faulty, _ = of_row("door_hold", 240.0, 600)
    longest = max(faulty.times[behind - 1] - faulty.times[first]
                  for first, behind in stretches(faulty["doors_open"] == 1))  # fmt: skip
    assert 240 < longest < 300
    (span,) = faulty.spans
    assert BEGIN <= span.start < span.end < BEGIN + 1200
    assert faulty["delay_s"].max() > healthy["delay_s"].max() + 150
    assert faulty["delay_s"][-60:].max() < 100
