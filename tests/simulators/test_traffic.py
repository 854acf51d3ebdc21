"""Companions come near, are heard only then, move as ships do, and leave ours as they are."""

from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.simulators.heard import Told, ships, telemetry_of

pytestmark = pytest.mark.slow

HOURS, SHIPS = 30, 40


@cache
def told(**keys: float) -> tuple[Told, dict[str, str]]:
    """What ships say by asset, and whose companion each of the others is."""
    world = ships(SHIPS, keys, ship_feeds=1)
    said, assets = telemetry_of(world, HOURS), world.fleets["ship"].assets
    return said, dict(zip(assets[SHIPS + 4 :], assets[:SHIPS], strict=False))


def series(said: list[dict[str, Any]]) -> tuple[np.ndarray, ...]:
    time = np.array([datetime.fromisoformat(one["time"]).timestamp() for one in said])
    order = np.unique(time, return_index=True)[1]
    fields = [np.array([one[field] for one in said])[order] for field in ("lat", "lon")]
    return time[order], *fields, np.array([one["channels"]["sog_kn"] for one in said])[order]


def gaps_m(said: Told, companion: str, ship: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Metres between the two, and both their speeds, when the companion is heard."""
    time, lat, lon, kn = series(said[companion])
    own, own_lat, own_lon, own_kn = series(said[ship])
    near_lat, near_lon = np.interp(time, own, own_lat), np.interp(time, own, own_lon)
    east = (lon - near_lon) * np.cos(np.radians(lat))
    return 111_195 * np.hypot(lat - near_lat, east), kn, np.interp(time, own, own_kn)


@pytest.mark.parametrize("key", ["pilots", "meetings", "strangers"])
def test_our_ships_say_what_they_say_alone(key: str) -> None:
    usual, (said, company) = told()[0], told(**{key: 2.0})
    assert {asset: said[asset] for asset in usual} == usual
    assert said.keys() - usual.keys() <= company.keys()
    assert said.keys() - usual.keys(), "nobody came"


def test_strangers_pass_within_some_kilometres_on_a_straight_way() -> None:
    said, company = told(strangers=2.0)
    passed = [name for name in company if name in said]
    assert len(passed) > SHIPS / 4
    for name in passed:
        gap_m, _, _ = gaps_m(said, name, company[name])
        assert gap_m.max() < 80_000
        time, lat, lon, kn = series(said[name])
        step = np.diff(time)
        far_m = 111_195 * np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[1:])))
        steady = step < 200
        assert np.abs(far_m / step / 0.5144 - kn[1:])[steady].max() < 2
    nearest = [gaps_m(said, name, company[name])[0].min() for name in passed]
    assert np.median(nearest) < 8_000


def test_pilots_come_alongside_ships_that_make_way() -> None:
    said, company = told(pilots=2.0)
    came = [gaps_m(said, name, company[name]) for name in company if name in said]
    close = [(kn.min(), own.max()) for gap_m, kn, own in came if gap_m.min() < 600]
    assert len(close) > 5
    assert sum(own > 3 for _, own in close) > len(close) / 2


def test_ships_lie_alongside_at_sea_and_at_anchor() -> None:
    said, company = told(pauses=2.0, meetings=2.0)
    long = 0
    for name in company:
        if name in said:
            gap_m, kn, own = gaps_m(said, name, company[name])
            long += int(((gap_m < 500) & (kn < 2.5) & (own < 2.5)).sum() > 30)
    assert long >= 2
