"""Metro trains: timetable, runs from stop to stop, air, heat, workshop stays, and mishaps."""

from simulators.rail.fleet import MetroTrains

__all__ = ["MetroTrains"]
