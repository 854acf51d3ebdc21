"""A seeded world of leased assets: physics, schedules, lives, and faults with their truth."""

from simulators.emission import Emission
from simulators.fault import FaultLabel
from simulators.scenario import Scenario, ScenarioError, load_scenario, scenario_names
from simulators.world import Block, World

__all__ = [
    "Block",
    "Emission",
    "FaultLabel",
    "Scenario",
    "ScenarioError",
    "World",
    "load_scenario",
    "scenario_names",
]
