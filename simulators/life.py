"""Past lives (facts) of the fleet."""

from collections.abc import Sequence
from datetime import datetime
from schemas.fact import Fact
from simulators.emission import Emission
from simulators.fleet import Fleet


def past_lives(seed: int, fleets: Sequence[Fleet], start: datetime) -> list[Fact]:
    return []


class LiveFacts:
    def __init__(self, seed: int, fleets: Sequence[Fleet], start: datetime) -> None:
        pass

    def declared(self, tick: int) -> list[Emission]:
        return []
