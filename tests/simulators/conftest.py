"""A healthy and a faulty quarter of an hour, run once for all tests of the simulators."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from schemas.reading import Reading
from simulators import World

START = datetime(2026, 3, 1, 23, 58, tzinfo=UTC)


def readings(world: World, ticks: int) -> Iterator[Reading]:
    for _ in range(ticks):
        for emission in world.advance():
            if emission.topic == "telemetry":
                yield Reading.model_validate_json(emission.value)


@pytest.fixture(scope="session")
def healthy() -> list[Reading]:
    return list(readings(World(11, 40, START, faults=False), 900))


@pytest.fixture(scope="session")
def faulty_world() -> World:
    return World(7, 60, START)


@pytest.fixture(scope="session")
def faulty(faulty_world: World) -> list[Reading]:
    return list(readings(faulty_world, 760))
