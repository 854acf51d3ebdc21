"""Aircraft: a schedule, flights gate to gate, engines, checks, and what goes wrong with them."""

from simulators.air.fleet import AircraftFleet

__all__ = ["AircraftFleet"]
