"""Ships keep to what ships can do, their numbers agree, and a mishap changes only what it names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from schemas.asset_classes.ship import SHIP
from schemas.zones import load_zones
from simulators.fault import Fault
from simulators.fleet import Event, Sample, Span
from simulators.geo import MPS_PER_KN, distance_m
from simulators.noise import Bools, Floats, Ints
from simulators.routes import ROUTES
from simulators.scenario import Cadence, FleetSize, HealthyLife, Scenario
from simulators.sea import Ships
from simulators.sea.mishaps import KINDS
from simulators.sea.needs import NEEDS
from simulators.sea.weather import Weather
from simulators.zones import inside

pytestmark = pytest.mark.slow

SEED, FLEET, BLOCK_S, HOUR_S, DAY_S = 5, 60, 600, 3_600, 86_400
START = datetime(2026, 2, 2, tzinfo=UTC)
BEGIN, END, WATCHED = 2 * HOUR_S, 8 * HOUR_S, 12 * HOUR_S
MOORED, ANCHORED, UNDER_WAY = 5, 1, 0
NAMES = Ships.panel.names


def ships(numbers: Sequence[int] = range(FLEET), life: HealthyLife | None = None) -> Ships:
    scenario = Scenario(
        name="test", title="Ships alone", days=20, block_s=BLOCK_S,
        fleet=FleetSize(ships=FLEET, aircraft=0, trains=0, ship_feeds=2),
        cadence=Cadence(ship_under_way_s=60, ship_moored_s=180),
        life=life or HealthyLife(),
    )  # fmt: skip
    rows = np.array(numbers, dtype=np.int64)
    return Ships(SEED, rows, rows * 2 // FLEET, scenario, START)


@dataclass(frozen=True)
class Watched:
    """Everything that a fleet said: one place a reading, by time."""

    fleet: Ships
    row: Ints
    time: Ints
    lat: Floats
    lon: Floats
    values: Floats
    counts: Ints
    labels: list[Mapping[str, str]]
    events: list[Event]
    spans: list[Span]

    def of(self, row: int) -> "Watched":
        """What one row said."""
        mine = self.row == row
        labels = [self.labels[place] for place in np.flatnonzero(mine).tolist()]
        return replace(
            self, row=self.row[mine], time=self.time[mine], lat=self.lat[mine], lon=self.lon[mine],
            values=self.values[mine], counts=self.counts[mine], labels=labels,
        )  # fmt: skip

    def __getitem__(self, channel: str) -> Floats:
        return np.asarray(self.values[:, NAMES.index(channel)])


def watch(fleet: Ships, until: int, faults: Sequence[Fault] = ()) -> Watched:
    samples: list[Sample] = []
    events: list[Event] = []
    spans: list[Span] = []
    for end in range(BLOCK_S, until + 1, BLOCK_S):
        since = end - BLOCK_S
        spans += fleet.live(end, [one for one in faults if one.start < end and one.end > since])
        events += fleet.events()
        samples.append(fleet.sample(*fleet.due()))
    row, time, lat, lon, values, counts = (
        np.concatenate([sample[column] for sample in samples]) for column in range(6)
    )
    labels = [fleet.labels[label] for sample in samples for label in sample.labels]
    return Watched(fleet, row, time, lat, lon, values, counts, labels, events, spans)


@pytest.fixture(scope="module")
def healthy() -> Watched:
    return watch(ships(), 4 * DAY_S)


def each(watched: Watched) -> list[Watched]:
    return [watched.of(row) for row in np.flatnonzero(watched.fleet.numbers >= 0).tolist()]


def test_every_declared_channel_is_simulated_and_possible(healthy: Watched) -> None:
    assert set(NAMES) == {channel.name for channel in SHIP.channels}
    for channel in SHIP.channels:
        (low, high), values = channel.impossible, healthy[channel.name]
        assert low is None or values.min() >= low, channel.name
        assert high is None or values.max() <= high, channel.name


def test_healthy_values_are_typical(healthy: Watched) -> None:
    for channel in SHIP.channels:
        (low, high), values = channel.typical, healthy[channel.name]
        assert low is None or (values >= low).mean() > 0.999, channel.name
        assert high is None or (values <= high).mean() > 0.999, channel.name
    steady = (healthy["me_load_pct"] > 35) & (healthy["nav_status"] == UNDER_WAY)
    for name, low, high in (
        ("exh_temp_degc", 290, 390), ("lo_press_bar", 2.2, 3.0), ("lo_temp_degc", 40, 50),
        ("jacket_cw_degc", 79, 86), ("main_brg_degc", 48, 61), ("tc_rpm", 5_000, 20_000),
        ("me_rpm", 45, 105), ("fuel_flow_t_h", 0.3, 5),
    ):  # fmt: skip
        inside_bounds = (healthy[name][steady] > low) & (healthy[name][steady] < high)
        assert inside_bounds.mean() > 0.995, name


def test_positions_agree_with_speeds(healthy: Watched) -> None:
    errors = []
    for ship in each(healthy):
        moved = distance_m(ship.lat[:-1], ship.lon[:-1], ship.lat[1:], ship.lon[1:])
        mean_kn = (ship["sog_kn"][1:] + ship["sog_kn"][:-1]) / 2
        even = np.diff(ship.time) == 60
        errors.append((moved / np.diff(ship.time) / MPS_PER_KN - mean_kn)[even])
    error = np.abs(np.concatenate(errors))
    assert np.percentile(error, 99.5) < 0.6
    assert error.max() < 8


def test_ships_gain_and_lose_speed_as_ships_do(healthy: Watched) -> None:
    for ship in each(healthy):
        speed, time = ship["sog_kn"], ship.time
        apart = 5
        span_min = (time[apart:] - time[:-apart]) / 60
        change = np.abs(speed[apart:] - speed[:-apart]) / span_min
        assert change.max() < 0.62
        assert np.abs(ship["rot_deg_min"]).max() < 20


def test_headings_differ_little_from_courses_at_sea(healthy: Watched) -> None:
    sails = healthy["sog_kn"] > 6
    apart = np.abs((healthy["cog_deg"] - healthy["heading_deg"] + 180) % 360 - 180)[sails]
    assert 0.5 < np.median(apart) < 4
    assert np.percentile(apart, 99.9) < 20


def test_draught_and_bunkers_change_at_berths_only(healthy: Watched) -> None:
    worked = bunkered = 0
    for ship in each(healthy):
        berthed = ship["nav_status"][:-1] == MOORED
        loaded = np.abs(np.diff(ship["cargo_t"])) > 1
        filled = np.diff(ship["rob_fuel_t"]) > 0.005
        assert not (loaded & ~berthed).any()
        assert not (filled & ~berthed).any()
        assert (np.diff(ship["me_hours"]) >= 0).all()
        assert (np.diff(ship["me_hours"]) <= np.diff(ship.time) / HOUR_S + 0.002).all()
        worked, bunkered = worked + int(loaded.any()), bunkered + int(filled.any())
    assert worked >= 5
    assert bunkered >= 1


def test_fuel_follows_speed(healthy: Watched) -> None:
    seen = {}
    for ship in each(healthy):
        deadweight_t = ship.fleet._sailing.ships.deadweight_t[ship.row[0]]
        fast = (ship["sog_kn"] > 12) & (ship["sog_kn"] < 14) & (ship["nav_status"] == UNDER_WAY)
        laden = fast & (ship["cargo_t"] > 0.5 * deadweight_t)
        if deadweight_t == 82_000 and laden.sum() > 60:
            seen[ship.row[0]] = 24 * ship["fuel_flow_t_h"][laden].mean()
    assert len(seen) >= 2
    assert all(22 < t_day < 38 for t_day in seen.values()), seen


def test_engine_channels_follow_the_propeller(healthy: Watched) -> None:
    judged = 0
    for ship in each(healthy):
        runs = (ship["me_rpm"] > 25) & (ship["nav_status"] == UNDER_WAY)
        if runs.sum() < 300:
            continue
        slow, usual = np.percentile(ship["me_rpm"][runs], (5, 50))
        if slow > 0.9 * usual:  # at one speed all the time weather and repairs are all there is
            continue
        judged += 1
        for of, by, least in (
            (ship["me_load_pct"], ship["me_rpm"] ** 3, 0.8),
            (ship["fuel_flow_t_h"], ship["me_load_pct"], 0.95),
            (ship["exh_temp_degc"], ship["me_load_pct"], 0.8),
            (ship["tc_rpm"], np.sqrt(ship["me_load_pct"]), 0.95),
        ):
            assert np.corrcoef(of[runs], by[runs])[0, 1] > least
    assert judged >= 5


def test_ships_call_at_ports(healthy: Watched) -> None:
    changes: dict[tuple[float, float], int] = defaultdict(int)
    for ship in each(healthy):
        status = ship["nav_status"]
        for before, after in pairwise(status.tolist()):
            changes[before, after] += before != after
    for change in ((UNDER_WAY, MOORED), (MOORED, UNDER_WAY), (UNDER_WAY, ANCHORED),
                   (ANCHORED, UNDER_WAY)):  # fmt: skip
        assert changes[change] >= 2, change
    assert changes[ANCHORED, MOORED] == 0


def test_a_dry_dock_is_told_and_cleans_the_hull(healthy: Watched) -> None:
    started = {event.row: event for event in healthy.events if event.kind == "maintenance_started"}
    ended = [event for event in healthy.events if event.kind == "maintenance_ended"]
    assert started
    assert ended
    for event in ended:
        assert started[event.row].time < event.time
        assert event.details == {"level": "dry dock"}
        fleet = healthy.fleet
        assert fleet._sailing.voyages.dock_due[event.row] > event.time + 800 * DAY_S
        assert fleet._sailing.engines.days_since_cleaning[event.row] < 5


def test_counts_and_labels_follow_the_cadence(healthy: Watched) -> None:
    full = len(NAMES)
    for ship in each(healthy)[:5]:
        static = ship.counts == full
        assert 0 < static.mean() <= 0.5
        assert all(("destination" in label) == is_static
                   for label, is_static in zip(ship.labels, static, strict=True))  # fmt: skip


def test_a_share_of_the_ships_lives_as_in_the_whole() -> None:
    whole, some = watch(ships(), 6 * HOUR_S), watch(ships([7, 31, 44]), 6 * HOUR_S)
    for row, number in enumerate((7, 31, 44)):
        ours, theirs = some.of(row), whole.of(number)
        assert some.fleet.assets[row] == whole.fleet.assets[number]
        assert np.array_equal(ours.values, theirs.values)
        assert np.array_equal(ours.lat, theirs.lat)
        assert ours.labels == theirs.labels


def test_weather_slows_ships_and_seasons_warm_the_water() -> None:
    rough = watch(ships(range(0, FLEET, 3), HealthyLife(weather=2)), 6 * HOUR_S)
    calm = watch(ships(range(0, FLEET, 3), HealthyLife(weather=0)), 6 * HOUR_S)
    loads = []
    for sea in (rough, calm):
        sails = sea["sog_kn"] > 9
        loads.append((sea["me_load_pct"][sails] / sea["sog_kn"][sails] ** 3).mean())
    assert loads[0] > 1.05 * loads[1]
    lat, lon = np.array([40.0, -35.0]), np.array([-30.0, 20.0])
    winter, summer = (Weather(1, 1, 1).at(lat, lon, 0, share).sea_degc for share in (0.1, 0.6))
    assert summer[0] > winter[0] + 3
    assert summer[1] < winter[1] - 3


def test_weather_is_smooth_in_time_and_place() -> None:
    weather, lat = Weather(3, 1, 1), np.linspace(-60, 60, 4_000)
    here = weather.at(lat, lat * 2.9, 5_000, 0.2)
    later = weather.at(lat, lat * 2.9, 5_600, 0.2)
    assert np.abs(here.waves_m - later.waves_m).max() < 0.3
    assert np.abs(np.diff(here.east_kn)).max() < 0.1
    assert 0.2 < here.waves_m.min() < here.waves_m.max() < 14


def test_healthy_routes_keep_out_of_forbidden_areas() -> None:
    areas = [zone for zone in load_zones() if zone.kind == "forbidden"]
    for route in [*ROUTES.healthy.tolist(), *ROUTES.yard.tolist(), *ROUTES.waiting.tolist()]:
        along = np.arange(0, ROUTES.tracks.length_m[route], 2_000.0)
        lat, lon, _ = ROUTES.tracks.locate(np.full(len(along), route), along)
        assert not any(inside(area, lat, lon).any() for area in areas)
    for route in ROUTES.healthy.tolist():
        assert ROUTES.leaving(route)


# Mishaps: one of each kind on ships of their own, beside the same fleet without them.


class Befallen(NamedTuple):
    """Two lives of one fleet, and the row and fault of each kind."""

    with_faults: Watched
    without: Watched
    faults: Mapping[str, Fault]


@pytest.fixture(scope="module")
def befallen() -> Befallen:
    scout = ships()
    for end in range(BLOCK_S, BEGIN + 1, BLOCK_S):
        scout.live(end, [])
    faults: dict[str, Fault] = {}
    taken: set[int] = set()
    for kind in sorted(KINDS, key=lambda kind: int(scout.ready(kind.needs).sum())):
        rows = [row for row in np.flatnonzero(scout.ready(kind.needs)).tolist()
                if row not in taken]  # fmt: skip
        taken.add(rows[0])
        strangers = np.flatnonzero(scout.numbers < 0)
        other = int(strangers[0]) if kind.name == "rendezvous" else -1
        size = sum(kind.size) / 2 if kind.name != "grounding" else 0.2
        end = BEGIN + 3 * HOUR_S if kind.name == "fuel_theft" else END
        fault = Fault(f"f-{kind.name}", kind, rows[0], BEGIN, end, size, 0.4, kind.channels, other)
        faults[kind.name] = fault
    return Befallen(watch(ships(), WATCHED, list(faults.values())), watch(ships(), WATCHED), faults)


def pair(befallen: Befallen, name: str) -> tuple[Watched, Watched]:
    row = befallen.faults[name].row
    return befallen.with_faults.of(row), befallen.without.of(row)


def during(watched: Watched, after_s: int = 2 * HOUR_S) -> Bools:
    return np.asarray((watched.time > BEGIN + after_s) & (watched.time < END))


def test_every_need_is_a_word_that_ready_knows() -> None:
    fleet = ships()
    for need in NEEDS:
        assert not fleet.ready(need)[fleet.numbers < 0].any()
    assert {kind.needs for kind in KINDS} <= NEEDS.keys()
    with pytest.raises(KeyError):
        fleet.ready("flying")


def test_a_small_fleet_is_ready_for_every_kind() -> None:
    for feed in (range(FLEET // 2), range(FLEET // 2, FLEET)):
        fleet = ships(feed)
        fleet.live(BLOCK_S, [])
        for kind in KINDS:
            assert fleet.ready(kind.needs).any(), kind.needs


def test_mishaps_change_nothing_before_they_begin_nor_others(befallen: Befallen) -> None:
    ours, theirs = befallen.with_faults, befallen.without
    named = [row for fault in befallen.faults.values() for row in (fault.row, fault.other)]
    for row in range(len(ours.fleet.assets)):
        one, other = ours.of(row), theirs.of(row)
        until = BEGIN if row in named else WATCHED
        same = [np.array_equal(a[one.time <= until], b[other.time <= until]) for a, b in (
            (one.time, other.time), (one.values, other.values), (one.lat, other.lat))]  # fmt: skip
        assert all(same), ours.fleet.assets[row]


@pytest.mark.parametrize("name", [kind.name for kind in KINDS if kind.channels])
def test_engine_mishaps_alter_only_their_channels(befallen: Befallen, name: str) -> None:
    one, other = pair(befallen, name)
    for channel in set(NAMES) - set(befallen.faults[name].kind.channels):
        assert np.array_equal(one[channel], other[channel]), channel


def test_a_stranger_comes_alongside(befallen: Befallen) -> None:
    fault = befallen.faults["rendezvous"]
    ours, theirs = (befallen.with_faults.of(row) for row in (fault.row, fault.other))
    assert befallen.with_faults.fleet.assets[fault.other].startswith("mmsi-")
    assert set(theirs.counts.tolist()) == {5}
    assert theirs.time.min() >= BEGIN
    assert theirs.time.max() < END + 1_500 + BLOCK_S
    first = int(theirs.time.argmin())
    near = np.abs(ours.time - theirs.time[first]).argmin()
    came_from = distance_m(ours.lat[near], ours.lon[near], theirs.lat[first], theirs.lon[first])
    assert came_from < 20_000  # and not from where nothing was written yet
    when = theirs.time[during(theirs, HOUR_S)]
    gap = distance_m(
        np.interp(when, ours.time, ours.lat), np.interp(when, ours.time, ours.lon),
        theirs.lat[during(theirs, HOUR_S)], theirs.lon[during(theirs, HOUR_S)],
    )  # fmt: skip
    assert gap.max() < 500
    assert ours["sog_kn"][during(ours, HOUR_S)].max() < 2
    assert theirs["sog_kn"][during(theirs, HOUR_S)].max() < 2


def test_a_loitering_ship_turns_about(befallen: Befallen) -> None:
    ship, _ = pair(befallen, "loitering")
    slow = during(ship)
    assert ship["sog_kn"][slow].max() < 2
    east = np.ptp(ship.lon[slow]) * 111_195 * np.cos(np.radians(ship.lat[0]))
    assert max(east, np.ptp(ship.lat[slow]) * 111_195) < 4_000
    assert len(np.unique(ship["cog_deg"][slow] // 90)) == 4


def test_a_drifting_ship_lies_across_its_course(befallen: Befallen) -> None:
    ship, _ = pair(befallen, "drifting")
    adrift = during(ship)
    apart = np.abs((ship["cog_deg"] - ship["heading_deg"] + 180) % 360 - 180)
    assert (apart[adrift] > 40).all()
    assert (ship["nav_status"][adrift] == 2).all()
    assert ship["sog_kn"][adrift].max() < 2.5
    assert ship["me_rpm"][adrift].max() == 0


def test_a_ship_that_grounds_stops_within_its_length(befallen: Befallen) -> None:
    ship, _ = pair(befallen, "grounding")
    after = (ship.time > BEGIN) & (ship.time < END)
    gone = distance_m(ship.lat[after][:1], ship.lon[after][:1], ship.lat[after], ship.lon[after])
    assert gone.max() < 450
    assert ship["sog_kn"][during(ship, 180)].max() < 0.5
    assert (ship["nav_status"][during(ship, 900)] == 6).all()


def test_a_ship_enters_a_forbidden_area_when_the_span_says(befallen: Befallen) -> None:
    fault, (ship, other) = befallen.faults["forbidden_zone"], pair(befallen, "forbidden_zone")
    spans = [span for span in befallen.with_faults.spans if span.fault == fault.id]
    assert [span.start for span in spans] == [spans[0].start] * 2
    areas = [zone for zone in load_zones() if zone.kind == "forbidden"]
    within = np.any([inside(area, ship.lat, ship.lon) for area in areas], axis=0)
    assert spans[1].start <= ship.time[within].min() <= spans[1].start + 120
    assert ship.time[within].max() <= spans[1].end < END
    assert BEGIN < spans[1].start < BEGIN + 900
    assert not np.any([inside(area, other.lat, other.lon) for area in areas])


def test_an_overspeeding_ship_outruns_every_merchant_ship(befallen: Befallen) -> None:
    ship, other = pair(befallen, "overspeed")
    assert ship["sog_kn"][during(ship, 300)].min() > 25
    assert ship["me_load_pct"].max() < 115
    assert ship["sog_kn"][ship.time > END + 600].max() < other["sog_kn"].max() + 3


@pytest.mark.parametrize(("name", "channel", "least", "most"), [
    ("bearing_heating", "main_brg_degc", 15, 30), ("bearing_heating", "lo_temp_degc", 1, 4),
    ("exhaust_rise", "exh_temp_degc", 50, 95), ("exhaust_rise", "tc_rpm", -3_000, -500),
    ("exhaust_rise", "fuel_flow_t_h", 0.01, 0.4), ("fuel_theft", "rob_fuel_t", -90, -70),
])  # fmt: skip
def test_machinery_mishaps_have_their_size(
    befallen: Befallen, name: str, channel: str, least: float, most: float
) -> None:
    one, other = pair(befallen, name)
    late = (one.time > BEGIN + 4 * HOUR_S) & (one.time < END)
    change = (one[channel] - other[channel])[late]
    assert least < change.mean() < most


def test_after_a_mishap_the_ship_goes_on(befallen: Befallen) -> None:
    for name in ("rendezvous", "loitering", "drifting", "forbidden_zone", "grounding"):
        ship, _ = pair(befallen, name)
        assert ship["sog_kn"][ship.time > END + 2 * HOUR_S].min() > 5, name
        assert ship["me_load_pct"][-30:].mean() > 4, name
        assert (ship["nav_status"][-5:] != 6).all()
