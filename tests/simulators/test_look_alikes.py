"""Each key of [look_alikes] makes what it names, as often as it says, in physics that hold."""

from collections import defaultdict
from datetime import datetime
from functools import cache

import msgspec
import numpy as np
import pytest

from simulators import World, load_scenario
from simulators.air.habits import Habits
from simulators.noise import Keys, asset_key
from simulators.rail.contacts import always_open, shown
from simulators.rail.duty import Custom, driven, legs_of
from simulators.rail.timetable import duties
from simulators.roughness import LookAlikes
from simulators.sea.pauses import _HOURS, CRASH_STOP, NONE, Pauses
from simulators.sea.status import as_set
from tests.simulators.heard import START, Told, ships, telemetry_of

pytestmark = pytest.mark.slow

KEYS: Keys = np.array([asset_key(4, 1, n) for n in range(2_000)], dtype=np.uint64)


@cache
def told(count: int, hours: int, **keys: float) -> Told:
    """What ships alone say, by asset."""
    return telemetry_of(ships(count, keys), hours)


def test_pauses_come_as_often_as_they_say_and_last_as_long() -> None:
    pauses = Pauses(KEYS, LookAlikes(pauses=1.0, crash_stops=1.0))
    begun, steaming, days = defaultdict[int, int](int), np.ones(len(KEYS), dtype=bool), 6
    for now in range(0, days * 86_400, 600):
        before = pauses.kind.copy()
        pauses.look(now, 600, steaming)
        for kind in _HOURS:
            begun[kind] += int(((pauses.kind == kind) & (before == NONE)).sum())
    at_sea = len(KEYS) * days * 0.85  # the rest of the time they pause
    slow = sum(count for kind, count in begun.items() if kind != CRASH_STOP) / at_sea
    assert 0.5 < slow < 1.1  # a steaming day, of which there is about one in three ship-days
    assert 0.2 < begun[CRASH_STOP] / at_sea < 0.7


def test_pausing_ships_keep_to_what_ships_can_do() -> None:
    usual, pausing = told(30, 20), told(30, 20, pauses=2.0)
    slow = 0
    for asset, said in pausing.items():
        sog = np.array([one["channels"]["sog_kn"] for one in said])
        status = np.array([one["channels"]["nav_status"] for one in said])
        slow += int(((sog < 2.2) & np.isin(status, (0, 2))).sum() > 30)
        assert sog.max() < 26
        lat, lon = (np.array([one[field] for one in said]) for field in ("lat", "lon"))
        time = np.array([datetime.fromisoformat(one["time"]).timestamp() for one in said])
        far_m = 111_195 * np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[1:])))
        steps = (np.diff(time) > 0) & (np.abs(np.diff(lon)) < 180)
        kn = far_m[steps] / np.diff(time)[steps] / 0.5144
        assert (kn < np.maximum(sog[1:], sog[:-1])[steps] + 3).mean() > 0.98, asset
    assert slow >= 3
    assert usual.keys() == pausing.keys()


def test_a_crash_stop_loses_over_three_knots_a_minute() -> None:
    hard = 0
    for said in told(30, 20, crash_stops=2.0).values():
        under_way = [one for one in said if one["channels"]["nav_status"] == 0]
        sog = np.array([one["channels"]["sog_kn"] for one in under_way])
        hard += int((np.diff(sog) < -3).any())
    assert hard >= 2


def test_crews_leave_the_status_as_it_was() -> None:
    times = np.arange(0, 40 * 86_400, 3_600)
    key = np.full(len(times), KEYS[0])
    for status, least, most in ((5.0, 0.45, 0.75), (1.0, 0.45, 0.75), (0.0, 0.005, 0.04)):
        right = np.full(len(times), status)
        wrong = np.mean([
            as_set(np.full(len(times), one), times, right, 1.0) != right for one in KEYS[:20]
        ])  # fmt: skip
        assert least < wrong < most
    aground = np.full(len(times), 6.0)
    assert np.array_equal(as_set(key, times, aground, 2.0), aground)


def _stands(custom: Custom) -> tuple[np.ndarray, np.ndarray]:
    found = []
    for number in range(60):
        duty = duties(number, 0, 3, False)[0]
        draft, _ = legs_of(KEYS[number : number + 1], 0, duty, 0.0, 0, custom)
        found.append((draft.dwell_s, draft.turning))
    dwell, turning = (np.concatenate(part) for part in zip(*found, strict=True))
    return dwell, turning


def test_trains_are_held_and_lie_over() -> None:
    usual, turning = _stands(Custom(1.0))
    held, _ = _stands(Custom(1.0, holds=1.0))
    longer, _ = _stands(Custom(1.0, layovers=1.0))
    more = held - usual
    assert 0.003 < (more[~turning] > 0).mean() < 0.010 and not more[turning].any()
    assert more[more > 0].min() >= 150 and more.max() <= 270
    more = longer - usual
    assert 0.01 < (more[turning] > 0).mean() < 0.08 and not more[~turning].any()
    assert more[more > 0].min() >= 300 and more.max() <= 600


def test_most_turns_are_quick_where_trains_lie_over() -> None:
    stands = {}
    for layovers in (0.0, 1.0):
        stood = []
        for number in range(20):
            duty = duties(number, 0, 3, False)[0]
            draft, driver = legs_of(
                KEYS[number : number + 1], 0, duty, 0.0, 0, Custom(1.0, layovers=layovers)
            )
            legs = driven(draft, driver)
            turns = np.flatnonzero(draft.turning[:-1])
            stood += (legs.departs_s[turns + 1] - legs.arrives_s[turns - 1]).tolist()
            assert (np.diff(legs.departs_s) > 0).all()
        stands[layovers] = np.array(stood)
    assert (stands[0.0] > 200).mean() > 0.9
    assert 0.2 < (stands[1.0] > 200).mean() < 0.45
    assert stands[1.0].min() > 120


def test_door_contacts_lie_on_some_trains() -> None:
    times = np.arange(0, 86_400, 600)
    shut = np.zeros(len(times))
    always = always_open(4, np.arange(len(KEYS)), 1.0)
    lies = np.stack([
        shown(np.full(len(times), key), times, shut, np.full(len(times), open_), 1.0)
        for key, open_ in zip(KEYS, always, strict=True)
    ])  # fmt: skip
    assert np.array_equal(lies.mean(axis=1) == 1, always)
    assert 0.01 < always.mean() < 0.0125
    assert 0.013 < lies.mean() < 0.023


def test_trains_with_lying_contacts_are_spread_over_any_fleet() -> None:
    for seed in range(30):
        count = always_open(seed, np.arange(176), 1.0).sum()
        assert 1 <= count <= 3
        part = np.arange(60, 100)
        assert np.array_equal(
            always_open(seed, part, 1.0), always_open(seed, np.arange(176), 1.0)[part]
        )


def test_a_few_landings_are_firm() -> None:
    rows, flights = np.arange(len(KEYS)), np.arange(len(KEYS)) % 7
    sink = np.full(len(KEYS), 120.0)
    usual = Habits(KEYS, 1.0).touch_g(rows, flights, sink)
    touch = Habits(KEYS, 1.0, 1.0).touch_g(rows, flights, sink)
    firm = touch != usual
    assert 0.04 < firm.mean() < 0.08
    assert touch[firm].min() >= 1.5 and touch.max() < 1.9


def test_a_missed_approach_is_flown_and_the_flight_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.air.habits._MISSED_SHARE", 0.5)
    scenario = load_scenario("clean-healthy")
    fleet = scenario.fleet.model_copy(update={"ships": 0, "aircraft": 20, "trains": 0})
    update = {"fleet": fleet, "look_alikes": LookAlikes(go_arounds=1.0)}
    world = World(scenario.model_copy(update=update), 3, START)
    said: Told = defaultdict(list)
    while world.second < 6 * 3600:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                said[emission.key].append(msgspec.json.decode(emission.value))
    missed = landed = 0
    for readings in said.values():
        time = np.array([datetime.fromisoformat(one["time"]).timestamp() for one in readings])
        order = np.unique(time, return_index=True)[1]
        flown = [readings[n] for n in order]
        alt, gs, ground, n1 = (np.array([one["channels"][name] for one in flown]) for name in (
            "alt_baro_ft", "gs_kn", "on_ground", "n1_pct"))  # fmt: skip
        lat, lon = (np.array([one[name] for one in flown]) for name in ("lat", "lon"))
        step = np.diff(time[order])
        near = (step < 40) & (ground[1:] == 0) & (ground[:-1] == 0) & (np.abs(np.diff(lon)) < 180)
        far_m = 111_195 * np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[1:])))
        kn = far_m / step / 0.5144
        assert np.abs(kn - gs[1:])[near].max() < 60
        assert np.abs(np.diff(alt) / step * 60)[near].max() < 5_000
        climbs = (alt[:-1] < 2_000) & (np.diff(alt) > 100) & (n1[1:] > 80) & (gs[1:] < 152)
        missed += int((climbs & (gs[:-1] > 140) & (ground[:-1] == 0)).any())
        landed += int((np.diff(ground) == 1).any())
    assert missed >= 3 and landed >= 8
