"""Scenarios: how large the fleet is, how often it reports, how rough its life is, what goes wrong.

A scenario is a TOML file; those of `simulators/scenarios/` are known by their names.  Unknown keys
are refused.  The same scenario and seed give the same bytes.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import Field, ValidationError

from simulators.roughness import Coverage, LookAlikes, Noise, Section, Severity, Wire

SCENARIOS = Path(__file__).parent / "scenarios"


class ScenarioError(Exception):
    """A scenario that cannot be read; the message says what to do."""


class FleetSize(Section):
    """`[fleet]`: how many assets of each class, and in how many feeds they report."""

    ships: int = Field(ge=0, description="number of ships")
    aircraft: int = Field(ge=0, description="number of aircraft")
    trains: int = Field(ge=0, description="number of metro trainsets")
    ship_feeds: int = Field(1, ge=1, description="feeds that the ships are spread over")
    aircraft_feeds: int = Field(1, ge=1, description="feeds that the aircraft are spread over")
    train_feeds: int = Field(1, ge=1, description="feeds that the trains are spread over")


class Cadence(Section):
    """`[cadence]`: seconds between two reports of an asset, by what it does; 0: it reports not."""

    ship_under_way_s: int = Field(10, ge=1, description="ship under way")
    ship_moored_s: int = Field(60, ge=1, description="ship moored, anchored or in dry dock")
    ship_engine_s: int = Field(60, ge=1, description="fuel and running hours come this often")
    ship_static_s: int = Field(360, ge=1, description="draught, cargo and destination")
    aircraft_airborne_s: int = Field(1, ge=1, description="aircraft from take-off to landing roll")
    aircraft_taxi_s: int = Field(5, ge=1, description="aircraft on the move on the ground")
    aircraft_parked_s: int = Field(60, ge=0, description="aircraft at the gate")
    train_service_s: int = Field(1, ge=1, description="train in service")
    train_stabled_s: int = Field(60, ge=0, description="train in the depot")
    train_delay_s: int = Field(15, ge=1, description="the delay comes this often")
    spread_s: int = Field(
        60, ge=1, description="a feed asks its assets in turn, and is through after so many seconds"
    )


class HealthyLife(Section):
    """`[life]`: how rough healthy life is; 1 is usual, 0 is calm."""

    weather: float = Field(1.0, ge=0, le=2, description="strength of wind, waves and currents")
    seasons: float = Field(1.0, ge=0, le=2, description="swing of the ambient temperature")
    wear: float = Field(1.0, ge=0, le=5, description="speed of slow wear, fouling and repairs")
    habits: float = Field(1.0, ge=0, le=2, description="how much crews and drivers differ")
    past_years: float = Field(8.0, ge=1, le=25, description="years told of before the start")


class Transport(Section):
    """`[transport]`: how imperfect healthy feeds are."""

    duplicates: float = Field(0.0, ge=0, le=0.2, description="share of readings told twice")
    loss: float = Field(0.0, ge=0, le=0.2, description="share of readings that never arrive")
    late: float = Field(0.0, ge=0, le=0.2, description="share of readings that come late")
    late_s: int = Field(3, ge=1, le=60, description="at most so many seconds late")
    clock_s: int = Field(0, ge=0, le=10, description="devices' clocks differ by at most +- this")


class FaultRate(Section):
    """`[faults.KIND]`: how often one kind of fault befalls the fleet, and how it is drawn."""

    per_day: float = Field(
        gt=0, description="faults of this kind a day, over the whole fleet or planning.per_assets"
    )
    first_s: tuple[int, int] | None = Field(
        None, description="the first is ordered between these seconds, in place of [planning]"
    )
    duration_s: tuple[int, int] | None = Field(
        None, description="shortest and longest, in place of the catalogue's"
    )
    size: tuple[float, float] | None = Field(
        None, description="smallest and largest, in place of the catalogue's"
    )


class FaultPlanning(Section):
    """`[planning]`: when faults may begin."""

    after_s: int = Field(0, ge=0, description="no fault begins before")
    first_within_s: int | None = Field(
        None, description="the first of every kind is ordered by this second"
    )
    per_assets: int | None = Field(
        None, ge=1, description="faults come to every so many assets; none: to the whole fleet"
    )
    rest_s: int = Field(1800, ge=0, description="an asset has no other fault for so long")
    bring_forward: bool = Field(
        False, description="faults of contracts bring due days with them, for none falls in so soon"
    )


class Scenario(Section):
    """A whole scenario."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="how figures refer to it")
    title: str = Field(description="what it is for, in one sentence")
    seed: int = Field(1, ge=0, description="the seed when none is given on the command line")
    start: datetime | None = Field(None, description="first second, with a zone; none: now")
    days: float = Field(gt=0, description="how long it lasts when no end is given")
    block_s: int = Field(
        60, ge=1, le=3600, description="the world moves, and faults begin, on this grid of seconds"
    )
    fleet: FleetSize
    cadence: Cadence = Cadence()
    life: HealthyLife = HealthyLife()
    transport: Transport = Transport()
    coverage: Coverage = Coverage()
    wire: Wire = Wire()
    noise: Noise = Noise()
    look_alikes: LookAlikes = LookAlikes()
    planning: FaultPlanning = FaultPlanning()
    severity: Severity = Severity()
    faults: Mapping[str, FaultRate] = Field(
        default_factory=dict, description="kinds of fault by name; none: a healthy world"
    )

    def fault_streams(self) -> int:
        """In how many streams the faults of each kind come: a fleet twice as large meets twice as
        many, where [planning] says for how many assets the rates are.
        """
        if self.planning.per_assets is None:
            return 1
        assets = self.fleet.ships + self.fleet.aircraft + self.fleet.trains
        return max(1, round(assets / self.planning.per_assets))

    def sized(self, assets: int) -> "Scenario":
        """The same scenario with `assets` assets, ships, aircraft and trains about 2:1:1."""
        quarter = assets // 4
        sizes = {"ships": assets - 2 * quarter, "aircraft": quarter, "trains": quarter}
        return self.model_copy(update={"fleet": self.fleet.model_copy(update=sizes)})

    def clean(self) -> "Scenario":
        """The same fleet and faults in the clean world: nothing makes life rough."""
        sections = {
            "coverage": Coverage(), "wire": Wire(), "noise": Noise(), "look_alikes": LookAlikes(),
            "severity": Severity(),
        }  # fmt: skip
        return self.model_copy(update=sections)

    def healthy(self) -> "Scenario":
        """The same scenario without a fault."""
        return self.model_copy(update={"faults": {}})


def scenario_names() -> list[str]:
    """The public scenarios."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


def load_scenario(name_or_file: str) -> Scenario:
    """A public scenario by its name, or one from a TOML file.

    Raises ScenarioError with one sentence when there is none such, or when a key is wrong.
    """
    path = SCENARIOS / f"{name_or_file}.toml"
    if name_or_file not in scenario_names():
        path = Path(name_or_file)
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        names = ", ".join(scenario_names())
        raise ScenarioError(
            f"no scenario {name_or_file!r}: give one of {names}, or a TOML file that can be read."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} is not TOML: {error}.") from error
    except ValidationError as error:
        # An unknown key first: the keys that then are missing are mostly those misspelt.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ScenarioError(f"{path}: {key}: {first['msg']}.") from error
