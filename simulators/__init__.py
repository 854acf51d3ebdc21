"""A seeded world of leased assets: physics, schedules, past lives, and faults with their truth."""

from simulators.emission import Emission
from simulators.faults import FaultLabel
from simulators.world import World

__all__ = ["Emission", "FaultLabel", "World"]
