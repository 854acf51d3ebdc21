"""Aircraft fly inside published ranges, their channels agree, and mishaps show where they must."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from schemas.asset_classes import ASSET_CLASSES
from schemas.zones import load_zones
from simulators.air import AircraftFleet
from simulators.air import profile as p
from simulators.air.atmosphere import cas_of_mach
from simulators.air.instruments import COLUMNS, PANEL
from simulators.air.mishaps import KINDS
from simulators.air.schedule import Network
from simulators.air.upkeep import Upkeep
from simulators.fault import Fault, Kind
from simulators.fleet import Event, Span
from simulators.geo import MPS_PER_KN, distance_m
from simulators.noise import Floats, Ints
from simulators.scenario import Cadence, FleetSize, HealthyLife, Scenario

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAY_S = 86_400
SIZE, DAYS = 16, 3
KIND = {kind.name: kind for kind in KINDS}


class Lived(NamedTuple):
    """All that a fleet reported: (place,) and (place, channel), and what it told besides."""

    rows: Ints
    times: Ints
    lat: Floats
    lon: Floats
    values: Floats
    labels: list[str]
    events: list[Event]
    spans: list[Span]
    fleet: AircraftFleet

    def of(self, name: str) -> Floats:
        return np.asarray(self.values[:, COLUMNS[name]])


def fleet_of(numbers: Ints, cadence: Cadence, start: datetime = START) -> AircraftFleet:
    size = FleetSize(ships=0, aircraft=len(numbers), trains=0)
    scenario = Scenario(name="air", title="aircraft alone", days=1, fleet=size, cadence=cadence)
    return AircraftFleet(7, numbers, np.zeros(len(numbers), dtype=np.int64), scenario, start)


def live(
    fleet: AircraftFleet, seconds: int, block_s: int = 600, faults: Sequence[Fault] = ()
) -> Lived:
    samples, events, spans, labels = [], [], [], []
    for until in range(block_s, seconds + 1, block_s):
        acting = [f for f in faults if f.start < until and f.end > until - block_s]
        spans += fleet.live(until, acting)
        samples.append(fleet.sample(*fleet.due()))
        labels += [fleet.labels[number]["flight"] for number in samples[-1].labels]
        events += list(fleet.events())
    columns = [np.concatenate(parts) for parts in list(zip(*samples, strict=True))[:5]]
    rows, times, lat, lon, values = columns
    return Lived(rows, times, lat, lon, values, labels, events, spans, fleet)


@cache
def days() -> Lived:
    """Some days of a small fleet, seen often."""
    cadence = Cadence(aircraft_airborne_s=15, aircraft_taxi_s=5, aircraft_parked_s=60)
    return live(fleet_of(np.arange(SIZE), cadence), DAYS * DAY_S)


@cache
def hours(cut: str = "") -> Lived:
    """Two hours, seen every second."""
    numbers = np.array([3, 5, 6, 7]) if cut == "share" else np.arange(10)
    return live(fleet_of(numbers, Cadence()), 7_200, 60 if cut == "blocks" else 600)


def between(values: Floats, low: float, high: float) -> bool:
    return bool(len(values) and values.min() >= low and values.max() <= high)


def test_every_value_is_possible_and_the_panel_is_the_class() -> None:
    lived, aircraft = days(), ASSET_CLASSES["aircraft"]
    assert set(PANEL.names) == {channel.name for channel in aircraft.channels}
    for channel in aircraft.channels:
        low, high = channel.impossible
        values = lived.of(channel.name)
        assert low is not None and high is not None and between(values, low, high), channel.name
    assert lived.of("gs_kn").max() < aircraft.overspeed.limit - aircraft.overspeed.margin


@pytest.mark.parametrize("month", [1, 7])
def test_values_are_as_the_class_says_in_winter_and_summer(month: int) -> None:
    cadence = Cadence(aircraft_airborne_s=30, aircraft_taxi_s=10, aircraft_parked_s=0)
    lived = live(fleet_of(np.arange(40), cadence, START.replace(month=month)), DAY_S)
    for channel in ASSET_CLASSES["aircraft"].channels:
        low, high = channel.typical
        if low is not None and channel.name not in ("egt_degc", "oil_temp_degc"):
            assert between(lived.of(channel.name), low, high or 0.0), channel.name
    assert lived.of("egt_degc").max() < 950
    assert lived.of("oil_temp_degc").max() < 120


def test_climb_cruise_and_descent_are_inside_published_ranges() -> None:
    lived = days()
    height, rate, air = lived.of("alt_baro_ft"), lived.of("baro_rate_ft_min"), lived.of("on_ground")
    between_levels = (air == 0) & (height > 3_000) & (height < 30_500)
    climb, descent = between_levels & (rate > 300), between_levels & (rate < -300)
    assert between(rate[climb], 1_500, 2_800)
    early, late = climb & (height < 8_000), climb & (height > 27_000)
    assert rate[early].mean() > rate[late].mean() + 300, "the rate decays with height"
    slope = np.degrees(np.arctan(-rate / 60 * 0.3048 / (lived.of("gs_kn") * MPS_PER_KN + 1e-9)))
    assert between(slope[descent], 2.6, 3.4)
    level = (air == 0) & (height > 31_000) & (np.abs(rate) < 100)
    assert between(height[level], 31_500, 39_500)
    low = (air == 0) & (height < 9_900)
    assert between(np.asarray(cas_of_mach(lived.of("mach"), height))[low], 120, 252)


def test_engines_are_inside_published_ranges_by_phase() -> None:
    lived = days()
    cruise = (lived.of("alt_baro_ft") > 31_500) & (np.abs(lived.of("baro_rate_ft_min")) < 100)
    assert between(lived.of("egt_degc")[cruise], 500, 750)
    assert 1_000 < lived.of("fuel_flow_kg_h")[cruise].mean() < 1_400
    roll = (lived.of("on_ground") == 1) & (lived.of("n1_pct") > 85)
    assert between(lived.of("egt_degc")[roll], 650, 950)
    assert 3_500 < lived.of("fuel_flow_kg_h")[roll].mean() < 4_600
    running = lived.of("n2_pct") > 59
    assert between(lived.of("oil_press_psi")[running], 25, 60)


def test_gs_is_the_way_and_the_rate_is_the_height_every_second() -> None:
    lived = hours()
    for row in range(10):
        mine = np.flatnonzero((lived.rows == row) & (lived.of("on_ground") == 0))
        steps = np.flatnonzero(np.diff(lived.times[mine]) == 1)
        before, after = mine[steps], mine[steps + 1]
        way = distance_m(lived.lat[before], lived.lon[before], lived.lat[after], lived.lon[after])
        mean = (lived.of("gs_kn")[before] + lived.of("gs_kn")[after]) / 2 * MPS_PER_KN
        assert not len(steps) or np.abs(way - mean).max() < 1.0
        rise = lived.of("alt_baro_ft")[after] - lived.of("alt_baro_ft")[before]
        assert not len(steps) or np.abs(rise - lived.of("baro_rate_ft_min")[before] / 60).max() < 12


def test_fuel_burnt_is_the_flow_integrated() -> None:
    lived = days()
    cruise = (lived.of("alt_baro_ft") > 31_500) & (np.abs(lived.of("baro_rate_ft_min")) < 100)
    for row in range(SIZE):
        mine = np.flatnonzero((lived.rows == row) & cruise)
        steps = np.flatnonzero(np.diff(lived.times[mine]) == 15)
        burnt = lived.of("fuel_kg")[mine[steps]] - lived.of("fuel_kg")[mine[steps + 1]]
        flow = 2 * lived.of("fuel_flow_kg_h")[mine[steps]] * 15 / 3_600
        assert abs(burnt.sum() / flow.sum() - 1) < 0.01 and np.abs(burnt - flow).max() < 3
    assert lived.of("fuel_kg").min() > 1_200, "nobody lands on the last drop"


def test_fan_speed_and_air_explain_the_exhaust() -> None:
    lived = days()
    cruise = (lived.of("alt_baro_ft") > 31_500) & (np.abs(lived.of("baro_rate_ft_min")) < 100)
    for row in range(SIZE):
        mine = cruise & (lived.rows == row)
        n1 = _change(lived.of("n1_pct")[mine])
        for name in ("n2_pct", "egt_degc", "fuel_flow_kg_h"):
            assert np.corrcoef(n1, _change(lived.of(name)[mine]))[0, 1] > 0.6, name


def _change(values: Floats) -> Floats:
    """By how much a channel changes in a minute: its throttle's doing, not its level's."""
    return np.asarray(values[4:] - values[:-4])


def test_wind_comes_between_air_and_ground_speed_and_is_westerly() -> None:
    lived = days()
    cruise = (lived.of("alt_baro_ft") > 31_500) & (np.abs(lived.of("baro_rate_ft_min")) < 100)
    tail_kn = lived.of("gs_kn") - lived.of("mach") * 573.6
    middle = cruise & (np.abs(np.abs(lived.lat) - 38) < 14)
    east = np.abs(lived.of("track_deg") - 90) < 60
    west = np.abs(lived.of("track_deg") - 270) < 60
    assert tail_kn[middle & east].mean() > tail_kn[middle & west].mean() + 40
    assert np.abs(tail_kn[cruise]).max() < 160


def test_days_are_full_and_nights_are_quiet() -> None:
    lived = days()
    flown = lived.fleet.usage() - fleet_of(np.arange(SIZE), Cadence()).usage()
    assert 8 < flown.mean() / DAYS < 11
    cycles = [np.ptp(lived.of("fc_total")[lived.rows == row]) for row in range(SIZE)]
    assert 3 < np.mean(cycles) / DAYS < 6
    stays = []
    for row in range(SIZE):
        mine = lived.rows == row
        times, parked = lived.times[mine], lived.of("n2_pct")[mine] == 0
        edges = np.flatnonzero(np.diff(parked.astype(int)))
        if parked[edges[0]]:
            edges = edges[1:]
        edges = edges[: len(edges) // 2 * 2]
        stays += (times[edges[1::2]] - times[edges[::2]]).tolist()
    minutes = np.array(stays) / 60
    turns, nights = minutes[minutes < 215], minutes[minutes >= 215]
    assert between(turns, 32, 215) and 45 < np.median(turns) < 80
    assert 0.8 < len(nights) / SIZE / DAYS < 1.4 and np.median(nights) > 6 * 60


def test_counters_and_flight_numbers_go_on() -> None:
    lived = days()
    for row in range(SIZE):
        mine = lived.rows == row
        for name in ("fh_total_h", "fc_total"):
            assert (np.diff(lived.of(name)[mine]) >= 0).all()
        assert len({lived.labels[i] for i in np.flatnonzero(mine)}) >= 6


def test_every_served_pair_leaves_room_for_a_cruise() -> None:
    network = Network()
    for number in range(len(network.ids)):
        served = network.served(np.full(100, number), np.linspace(0, 0.999, 100))
        assert network.km[number][served].min() >= 480 and len(set(served.tolist())) >= 2
    fleet = fleet_of(np.arange(200), Cadence())
    slots = fleet._legs.newest
    level_s = fleet._legs.slot_time(slots, p.TOP_OF_DESCENT) - fleet._legs.slot_time(
        slots, p.TOP_OF_CLIMB
    )
    assert level_s.min() > 60


def test_the_first_minutes_show_everything() -> None:
    lived = hours()
    soon = lived.times < 300
    ground = [lived.of("on_ground")[soon & (lived.rows == row)] for row in range(10)]
    assert [int(ground[row].min()) for row in range(7)] == [0] * 7, "seven are in the air"
    assert ground[5][-1] == 1 and ground[9].min() == 1, "one has landed, one sits"
    moves = [lived.of("gs_kn")[soon & (lived.rows == row)].max() for row in (7, 8)]
    assert min(moves) > 4, "two have left their gates"


@pytest.mark.parametrize("cut", ["share", "blocks"])
def test_an_aircraft_lives_its_own_life(cut: str) -> None:
    whole, part = hours(), hours(cut)
    for row, number in enumerate(part.fleet.numbers.tolist()):
        mine, there = part.rows == row, whole.rows == number
        assert part.fleet.assets[row] == whole.fleet.assets[number]
        for mine_of, there_of in zip(part[1:5], whole[1:5], strict=True):
            assert np.array_equal(mine_of[mine], there_of[there])


def test_nobody_reports_parked_when_told_so() -> None:
    lived = live(fleet_of(np.arange(10), Cadence(aircraft_parked_s=0)), 3_600)
    assert lived.of("n2_pct").max() > 0
    parked = (lived.of("on_ground") == 1) & (lived.of("gs_kn") == 0) & (lived.of("n2_pct") == 0)
    assert parked.sum() <= 4 * 10, "only as an engine starts"


def test_checks_stop_the_flying_and_are_told_of() -> None:
    fleet = fleet_of(np.arange(30), Cadence())
    events, usage = [], []
    for until in range(3_600, 16 * DAY_S + 1, 3_600):
        fleet.live(until, ())
        events += list(fleet.events())
        usage.append(fleet.usage())
    airports = {zone.id for zone in load_zones() if zone.kind == "airport"}
    starts = {event.row: event for event in events if event.kind == "maintenance_started"}
    assert {event.place for event in events} <= airports and len(starts) >= 4
    assert {event.details["level"] for event in events} <= {"A check", "C check"}
    for end in (event for event in events if event.kind == "maintenance_ended"):
        start = next(e for e in events if e.row == end.row and e.kind == "maintenance_started")
        assert usage[start.time // 3_600][end.row] == usage[end.time // 3_600][end.row]
        if end.details["level"] == "A check":
            assert 1 <= (end.time - start.time) / DAY_S <= 2


def test_engines_grow_hotter_and_a_wash_and_a_check_give_some_of_it_back() -> None:
    upkeep, row = Upkeep(np.array([5], dtype=np.uint64), HealthyLife()), np.zeros(1, dtype=int)
    heat, levels = [float(upkeep.egt_degc(row)[0])], []
    for night in range(900):
        for _ in range(4):
            upkeep.fly(row, np.array([2.3]))
        levels += [check.level for check in upkeep.night(row, np.array([night * 9e4]), ["AMS"])]
        heat.append(float(upkeep.egt_degc(row)[0]))
    change = np.diff(heat)
    assert (change > 0).mean() > 0.95 and change.max() < 1 and change.min() < -6
    assert levels.count("A check") >= 10 and 1 <= levels.count("C check") <= 2


def ordered(kind: Kind, size: float, at: int, row: int, lasts: int = 0) -> Fault:
    end = at + (lasts or kind.duration_s[0])
    return Fault(f"fault-{kind.name}", kind, row, at, end, size, 0.5, kind.channels)


@cache
def mishap(name: str) -> tuple[Lived, Lived, Fault]:
    """The same hours without and with a mishap that begins as soon as somebody is ready."""
    kind, cadence = KIND[name], Cadence(aircraft_airborne_s=5, aircraft_taxi_s=5)
    scout = fleet_of(np.arange(15), cadence)
    at = 120
    scout.live(at, ())
    while not scout.ready(kind.needs).any():
        at += 60
        scout.live(at, ())
    assert at <= 300, "within minutes in a small fleet"
    fault = ordered(kind, sum(kind.size) / 2, at, int(np.flatnonzero(scout.ready(kind.needs))[0]))
    healthy = live(fleet_of(np.arange(15), cadence), at + 5_400, 60)
    return healthy, live(fleet_of(np.arange(15), cadence), at + 5_400, 60, [fault]), fault


def differing(healthy: Lived, faulty: Lived) -> Ints:
    assert np.array_equal(healthy.rows, faulty.rows)
    assert np.array_equal(healthy.times, faulty.times)
    same = (healthy.values == faulty.values).all(axis=1) & (healthy.lat == faulty.lat)
    return np.flatnonzero(~same | (healthy.lon != faulty.lon))


@pytest.mark.parametrize("name", KIND)
def test_a_mishap_changes_only_what_it_names_and_nothing_before(name: str) -> None:
    healthy, faulty, fault = mishap(name)
    at = differing(healthy, faulty)
    begin, end = fault.start, fault.end
    if faulty.spans:
        begin, end = faulty.spans[0].start, faulty.spans[0].end
    assert len(at) and (faulty.rows[at] == fault.row).all()
    assert faulty.times[at].min() >= begin
    back_s = 1_200 if name == "overspeed" else 0
    assert faulty.times[at].max() < end + back_s, "it rejoins its plan"
    changed = {n for n, c in COLUMNS.items()
               if (healthy.values[:, c] != faulty.values[:, c]).any()}  # fmt: skip
    assert not fault.channels or changed <= set(fault.channels)


def seen(lived: Lived, fault: Fault, name: str) -> Floats:
    mine = (lived.rows == fault.row) & (lived.times >= fault.start) & (lived.times < fault.end)
    return np.asarray(lived.of(name)[mine])


def test_a_hard_landing_is_a_drop() -> None:
    healthy, faulty, fault = mishap("hard_landing")
    span = faulty.spans[0]
    mine = (faulty.rows == fault.row) & (faulty.times >= span.start) & (faulty.times < span.end)
    assert faulty.of("accel_g")[mine].max() > 2.1
    assert 1.08 < healthy.of("accel_g")[mine].max() < 1.5
    cadence = Cadence()
    second_by_second = live(fleet_of(np.arange(15), cadence), span.end // 60 * 60, 60, [fault])
    drop = second_by_second.of("baro_rate_ft_min")[second_by_second.rows == fault.row]
    assert drop[-70:].min() < -600


def test_a_loose_fan_shakes_with_its_speed() -> None:
    healthy, faulty, fault = mishap("fan_vibration")
    shaken, fast = seen(faulty, fault, "vib_n1"), seen(faulty, fault, "n1_pct") > 80
    assert 3.0 < np.median(shaken[fast]) < 4.6
    assert seen(healthy, fault, "vib_n1").max() < 2.5


def test_a_damaged_hot_section_burns_more() -> None:
    healthy, faulty, fault = mishap("exhaust_rise")
    hotter = seen(faulty, fault, "egt_degc") - seen(healthy, fault, "egt_degc")
    more = seen(faulty, fault, "fuel_flow_kg_h") / seen(healthy, fault, "fuel_flow_kg_h")
    assert hotter[:5].max() < 10 and hotter.max() > 50
    assert 1.01 < more.max() < 1.06
    assert np.array_equal(seen(faulty, fault, "n1_pct"), seen(healthy, fault, "n1_pct"))


def test_oil_is_lost_slowly() -> None:
    healthy, faulty, fault = mishap("oil_loss")
    lost = seen(healthy, fault, "oil_press_psi") - seen(faulty, fault, "oil_press_psi")
    assert lost[:5].max() < 2 and lost[-5:].min() > 10 and np.diff(lost).max() < 0.5
    warmer = seen(faulty, fault, "oil_temp_degc") - seen(healthy, fault, "oil_temp_degc")
    assert warmer[-5:].min() > 8 and seen(faulty, fault, "oil_press_psi").min() > 0


def test_disturbed_navigation_wanders_and_says_so() -> None:
    healthy, faulty, fault = mishap("gps_interference")
    assert seen(faulty, fault, "nac_p").max() <= 2 and seen(healthy, fault, "nac_p").min() >= 8
    off = distance_m(healthy.lat, healthy.lon, faulty.lat, faulty.lon)
    assert 300 < off.max() < 5 * fault.size


@pytest.mark.parametrize("lasts", [200, 330, 90])
def test_overspeed_is_flown_and_made_up_for(lasts: int) -> None:
    _, _, base = mishap("overspeed")
    fault = ordered(base.kind, 650.0, base.start, base.row, lasts)
    cadence = Cadence(aircraft_airborne_s=5)
    lived = live(fleet_of(np.arange(15), cadence), base.start + 2_400, 60, [fault])
    assert 630 < seen(lived, fault, "gs_kn").max() < 700
    assert 0.84 < seen(lived, fault, "mach").max() < 0.95
    mine = np.flatnonzero((lived.rows == fault.row) & (lived.of("on_ground") == 0))
    before, after = mine[:-1], mine[1:]
    way = distance_m(lived.lat[before], lived.lon[before], lived.lat[after], lived.lon[after])
    kn = (lived.of("gs_kn")[before] + lived.of("gs_kn")[after]) / 2
    steps = np.diff(lived.times[mine])
    assert np.abs(way / steps - kn * MPS_PER_KN)[steps <= 5].max() < (1.5 if lasts >= 200 else 4.0)
