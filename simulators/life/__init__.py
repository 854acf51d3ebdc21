"""Lives and contracts of the fleet: the past told, and what is told while the world runs."""

from simulators.life.life import Life

__all__ = ["Life"]
