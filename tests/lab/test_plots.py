"""The figures behind the plots stay within published ranges, in a small healthy world."""

from pathlib import Path

import numpy as np
import pytest

from services.lab.plots import received as received_plots
from services.lab.plots import ships as ship_plots
from services.lab.plots import transport as transport_plots
from services.lab.plots import write as plots
from services.lab.plots.bounds import FIGURES, share_inside
from services.lab.plots.ranges import RANGES
from services.lab.plots.sheet import by_bins, write_sheet
from services.lab.plots.tracks import Track, spells
from simulators.air import AircraftFleet
from simulators.rail import MetroTrains
from simulators.scenario import Cadence, load_scenario
from simulators.sea import Ships
from simulators.world import World

pytestmark = pytest.mark.slow

CADENCE = Cadence(
    ship_under_way_s=60, ship_moored_s=300, aircraft_airborne_s=10, aircraft_taxi_s=5,
    aircraft_parked_s=300, train_service_s=2, train_stabled_s=120, train_delay_s=30,
)  # fmt: skip
SEED = 3
Tracks = dict[str, list[Track]]


@pytest.fixture(scope="session")
def tracks() -> Tracks:
    return {
        "ship": plots.tracks(Ships, SEED, 12, 2, CADENCE),
        "aircraft": plots.tracks(AircraftFleet, SEED, 6, 3, CADENCE),
        "train": plots.tracks(MetroTrains, SEED, 5, 2, CADENCE),
    }


def test_every_range_has_a_figure() -> None:
    assert FIGURES.keys() == RANGES.keys()


@pytest.mark.parametrize("name", RANGES)
def test_a_figure_stays_in_its_published_range(tracks: Tracks, name: str) -> None:
    values = FIGURES[name](tracks[name.split()[0]])
    assert len(values) >= 3, "nothing was seen"
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95))
    assert share_inside(name, values) >= RANGES[name].share, (low, middle, high)


def test_fuel_grows_with_about_the_cube_of_speed(tracks: Tracks) -> None:
    exponents = []
    for track in tracks["ship"]:
        _, (fuel, speed, status) = track.told("fuel_flow_t_h", "sog_kn", "nav_status")
        sea = (status == 0) & (speed > 5) & (fuel > 0.05)
        if sea.sum() > 500 and np.ptp(speed[sea]) > 4:
            exponents.append(np.polyfit(np.log(speed[sea]), np.log(fuel[sea]), 1)[0])
    assert exponents
    assert 2.0 <= np.median(exponents) <= 4.0


def test_draught_changes_at_berths_alone(tracks: Tracks) -> None:
    for track in tracks["ship"]:
        times, (draught,) = track.told("draught_m")
        moved = np.interp(times, track.times, track.channels["sog_kn"]) > 5
        under_way = moved[:-1] & moved[1:]
        assert np.abs(np.diff(draught))[under_way].max(initial=0) <= 0.5


def test_sheets_are_drawn_of_what_was_seen(tracks: Tracks, tmp_path: Path) -> None:
    ships = tracks["ship"][:4]
    seen = ship_plots.ShipsSeen(ships, ships, ships)
    for name, panels in (("voyages", ship_plots.VOYAGES), ("engine", ship_plots.ENGINE)):
        write_sheet(tmp_path / f"{name}.png", name, panels, seen)
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_healthy_feeds_are_as_flawed_as_they_are_told_to_be() -> None:
    world = World(plots.scenario(Cadence(), days=1, assets=4), SEED)
    seen = transport_plots.arrivals(world, 3_600)
    assert seen.keys() == {"ship", "aircraft", "metro"}
    trains = seen["metro"]
    assert trains.twice / trains.readings == pytest.approx(0.03, rel=0.3)
    assert trains.lost / trains.readings == pytest.approx(0.002, rel=0.6)
    assert np.abs(trains.offsets).max() <= 2
    assert trains.delays.max() <= 2 + 20 + 5


def test_what_is_received_is_drawn(tmp_path: Path) -> None:
    seen = received_plots.receive(load_scenario("smoke"), SEED, 1)
    assert {name: len(tracks) for name, tracks in seen.tracks.items()} == {
        "ship": 18, "aircraft": 9, "metro": 9
    }  # fmt: skip
    for tracks in seen.tracks.values():
        assert all((np.diff(track.times) > 0).all() for track in tracks)
    write_sheet(tmp_path / "received.png", "received", received_plots.RECEIVED, seen)
    assert (tmp_path / "received.png").read_bytes().startswith(b"\x89PNG")


def test_spells_leave_out_what_is_cut_off() -> None:
    times = np.arange(10) * 10
    holds = np.array([1, 1, 0, 1, 1, 1, 0, 0, 1, 1], dtype=bool)
    since, until = spells(times, holds)
    assert (since.tolist(), until.tolist()) == ([30], [50])
    assert not len(spells(times, np.ones(10, dtype=bool))[0])


def test_bins_have_their_median_and_thin_ones_are_left_out() -> None:
    x = np.concatenate([np.full(9, 0.5), np.full(3, 1.5)])
    middles, medians = by_bins(x, np.arange(12.0), np.array([0.0, 1.0, 2.0]))
    assert (middles.tolist(), medians.tolist()) == ([0.5], [4.0])
