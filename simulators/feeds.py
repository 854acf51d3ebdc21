"""The feeds by which a fleet reports, and which of them a worker simulates.

An asset's feed follows from its number alone, so that shares of a world agree on it.
"""

from dataclasses import dataclass

import numpy as np

from simulators.noise import Ints
from simulators.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Feed:
    """One feed: the `index`-th of its class, with the numbers of its assets."""

    asset_class: str
    index: int
    numbers: Ints

    def name(self, seed: int) -> str:
        """What readings name as their source."""
        return f"sim-{seed}-{self.asset_class}-{self.index + 1}"


def feeds_of(scenario: Scenario) -> list[Feed]:
    """All feeds that have assets, class by class."""
    fleet = scenario.fleet
    sizes = {
        "ship": (fleet.ships, fleet.ship_feeds),
        "aircraft": (fleet.aircraft, fleet.aircraft_feeds),
        "metro": (fleet.trains, fleet.train_feeds),
    }
    return [
        Feed(name, index, np.arange(assets)[np.arange(assets) * feeds // max(assets, 1) == index])
        for name, (assets, feeds) in sizes.items()
        for index in range(min(feeds, assets))
    ]


def share_of(feeds: list[Feed], scenario: Scenario, part: int, parts: int) -> list[Feed]:
    """The feeds of one of `parts` workers: neighbours, with about as many readings as the others'.

    Raises ValueError when there are fewer feeds than parts.
    """
    if len(feeds) < parts:
        raise ValueError(
            f"{len(feeds)} feeds cannot be shared by {parts} workers: take fewer, or more feeds."
        )
    cadence = scenario.cadence
    hourly = {  # readings of an asset, roughly: six in ten ships sail, an aircraft flies 9 h a day
        "ship": 0.6 * 3600 / cadence.ship_under_way_s + 0.4 * 3600 / cadence.ship_moored_s,
        "aircraft": 0.4 * 3600 / cadence.aircraft_airborne_s,
        "metro": 0.75 * 3600 / cadence.train_service_s,
    }
    weights = np.array([len(feed.numbers) * hourly[feed.asset_class] for feed in feeds])
    middle = (np.cumsum(weights) - weights / 2) / weights.sum()
    worker = np.minimum((middle * parts).astype(int), parts - 1)
    if len(set(worker.tolist())) < parts:
        worker = np.arange(len(feeds)) * parts // len(feeds)
    return [feed for feed, mine in zip(feeds, worker.tolist(), strict=True) if mine == part]
