"""A seeded world of leased assets: physics, schedules, past lives, and faults with their truth."""

from simulators.old.emission import Emission
from simulators.old.faults import FaultLabel
from simulators.old.world import World

__all__ = ["Emission", "FaultLabel", "World"]
