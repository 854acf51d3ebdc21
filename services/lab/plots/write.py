"""Plots of the simulated world for people to judge: is this how ships, aircraft and trains are?

Nothing is wrong in this world but on the pages of faults.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from services.lab.pictures.series import Past
from services.lab.plots import aircraft as aircraft_plots
from services.lab.plots import faults as fault_plots
from services.lab.plots import received as received_plots
from services.lab.plots import ships as ship_plots
from services.lab.plots import trains as train_plots
from services.lab.plots import transport as transport_plots
from services.lab.plots.sheet import Panel, write_sheet
from services.lab.plots.tracks import DAY_S, Track, record
from simulators.air import AircraftFleet
from simulators.fleet import Fleet
from simulators.rail import MetroTrains
from simulators.scenario import Cadence, FleetSize, HealthyLife, Scenario, Transport
from simulators.sea import Ships
from simulators.world import World

_START = datetime(2026, 1, 5, tzinfo=UTC)
_BLOCK_S, _LONG_BLOCK_S = 300, 3_600
_MONTHS_DAYS = 60
_RECEIVED_DAYS = 3.0

# Coarse for weeks and months, fine where seconds matter; 60 s means the device's usual minute.
_COARSE = Cadence(
    ship_under_way_s=120, ship_moored_s=300, ship_engine_s=120, ship_static_s=600,
    aircraft_airborne_s=20, aircraft_taxi_s=20, aircraft_parked_s=300,
    train_service_s=30, train_stabled_s=300, train_delay_s=30,
)  # fmt: skip
_FINE = Cadence(
    ship_under_way_s=5, ship_moored_s=60, aircraft_airborne_s=1, aircraft_taxi_s=1,
    train_service_s=1, train_stabled_s=60,
)  # fmt: skip
_RARE = Cadence(
    ship_under_way_s=1_800, ship_moored_s=3_600, ship_engine_s=1_800, ship_static_s=3_600,
    aircraft_airborne_s=30, aircraft_taxi_s=30, aircraft_parked_s=600,
)  # fmt: skip
_FEEDS = Transport(duplicates=0.03, loss=0.002, late=0.05, late_s=20, clock_s=2)

_USUAL, _CALM = HealthyLife(), HealthyLife(seasons=0, weather=0)
_WORN = HealthyLife(wear=4, weather=0)

Make = Callable[..., Fleet]


def scenario(
    cadence: Cadence,
    days: float,
    assets: int = 12,
    life: HealthyLife = _USUAL,
    block_s: int = _BLOCK_S,
) -> Scenario:
    """A small healthy world that reports as `cadence` says."""
    size = FleetSize(ships=assets, aircraft=assets, trains=assets)
    return Scenario(
        name="plots", title="what the plots show", days=days, start=_START, block_s=block_s,
        fleet=size, cadence=cadence, life=life, transport=_FEEDS,
    )  # fmt: skip


def tracks(
    make: Make, seed: int, assets: int, days: float, cadence: Cadence, life: HealthyLife = _USUAL
) -> list[Track]:
    """The tracks of the first `assets` assets of a class over `days`."""
    numbers = np.arange(assets, dtype=np.int64)
    block_s = _LONG_BLOCK_S if days > 30 else _BLOCK_S
    world = scenario(cadence, days, life=life, block_s=block_s)
    fleet = make(seed, numbers, numbers * 0, world, _START)
    return record(fleet, int(days * DAY_S), block_s)


def ships(seed: int, days: float) -> ship_plots.ShipsSeen:
    """Ships as their sheets look at them."""
    return ship_plots.ShipsSeen(
        tracks(Ships, seed, 12, days, _COARSE),
        tracks(Ships, seed, 12, 2, _FINE),
        tracks(Ships, seed, 8, _MONTHS_DAYS, _RARE, _WORN),
    )


def aircraft(seed: int, days: float) -> aircraft_plots.AircraftSeen:
    """Aircraft as their sheets look at them."""
    return aircraft_plots.AircraftSeen(
        tracks(AircraftFleet, seed, 10, days, _COARSE),
        tracks(AircraftFleet, seed, 5, 2, _FINE),
        tracks(AircraftFleet, seed, 3, _MONTHS_DAYS, _RARE),
        tracks(AircraftFleet, seed, 3, _MONTHS_DAYS, _RARE, _CALM),
    )


def trains(seed: int, days: float) -> train_plots.TrainsSeen:
    """Trains as their sheets look at them."""
    return train_plots.TrainsSeen(
        tracks(MetroTrains, seed, 12, days, _COARSE), tracks(MetroTrains, seed, 5, 1, _FINE)
    )


def write_plots(
    directory: Path,
    seed: int = 1,
    days: float = 14.0,
    world: Scenario | None = None,
    written: Callable[[Path], None] = print,
) -> None:
    """Draws all sheets into `directory`, which is made; `written` is told of each.

    The first is of `world` as it is received, the others of worlds made for them.
    """
    directory.mkdir(parents=True, exist_ok=True)

    def sheet(
        name: str, title: str, panels: Sequence[Panel], seen: object, columns: int = 3
    ) -> None:
        path = directory / f"{name}.png"
        write_sheet(path, f"{title} (seed {seed})", panels, seen, columns)
        written(path)

    if world is not None:
        seen = received_plots.receive(world, seed, _RECEIVED_DAYS)
        sheet("received", f"As received: {world.name}", received_plots.RECEIVED, seen)
    of_ships = ships(seed, days)
    sheet("ships-voyages", "Ships: voyages", ship_plots.VOYAGES, of_ships)
    sheet("ships-engine", "Ships: engine and fuel", ship_plots.ENGINE, of_ships)
    of_aircraft = aircraft(seed, days)
    sheet("aircraft-flights", "Aircraft: flights", aircraft_plots.FLIGHTS, of_aircraft)
    sheet("aircraft-engines", "Aircraft: engines", aircraft_plots.ENGINES, of_aircraft)
    of_trains = trains(seed, days)
    sheet("trains-running", "Metro trains: running", train_plots.RUNNING, of_trains)
    sheet("trains-equipment", "Metro trains: equipment", train_plots.EQUIPMENT, of_trains, 2)
    fine = scenario(Cadence(), days=1, assets=20)
    journey = transport_plots.arrivals(World(fine, seed), 3_600)
    sheet("transport", "Healthy feeds", transport_plots.TRANSPORT, journey)
    found = fault_plots.examples(Past(fault_plots.with_every_kind(_faulty(days)), seed, _START))
    for name in ("ship", "aircraft", "metro"):
        panels = fault_plots.panels(found, name)
        sheet(f"faults-{name}", f"Faults: {name}, one of each kind", panels, None, 4)


def _faulty(days: float) -> Scenario:
    cadence = Cadence(ship_under_way_s=30, aircraft_airborne_s=5, train_service_s=5)
    return scenario(cadence, days=min(days, 6.0), assets=40)
