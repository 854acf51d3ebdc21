"""Ships: voyages and port calls, weather, engines, and what befalls them."""

from simulators.sea.fleet import Ships

__all__ = ["Ships"]
