"""What a world of ships alone says, for the tests of healthy life at sea."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from simulators import World, load_scenario
from simulators.roughness import LookAlikes

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
Told = dict[str, list[dict[str, Any]]]


def ships(count: int, keys: dict[str, float], **fleet: int) -> World:
    """A healthy fleet of ships with these look-alikes."""
    scenario = load_scenario("clean-healthy")
    sized = {"ships": count, "aircraft": 0, "trains": 0, **fleet}
    update = {
        "fleet": scenario.fleet.model_copy(update=sized),
        "look_alikes": LookAlikes(**keys),
    }
    return World(scenario.model_copy(update=update), 3, START)


def telemetry_of(world: World, hours: int) -> Told:
    """Its readings of the first hours, by asset."""
    told: Told = defaultdict(list)
    while world.second < hours * 3600:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                told[emission.key].append(msgspec.json.decode(emission.value))
    return told
