"""Where the readings that are measured come from: a simulated world, or a recording."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from services.lab.run import Plan, Report
from simulators.scenario import Scenario
from simulators.world import World

_BATCH_BYTES = 1 << 20
STDIN = Path("-")


class RecordingError(Exception):
    """A recording that cannot be read; the message says what to do."""


def of_world(
    scenario: Scenario, seed: int | None, report: Report = lambda done: None
) -> Iterator[list[bytes]]:
    """The readings of the scenario's own fleet in its healthy life, as they arrive.

    Strangers, who are told of only where they meet somebody, are left out.
    """
    plan = Plan(scenario.healthy(), scenario.seed if seed is None else seed)
    world = World(plan.scenario, plan.seed, plan.start)
    ours = {
        asset
        for fleet in world.fleets.values()
        for asset, number in zip(fleet.assets, fleet.numbers.tolist(), strict=True)
        if number >= 0
    }
    while world.second < plan.end_s:
        emissions = world.advance().emissions
        yield [e.value for e in emissions if e.topic == "telemetry" and e.key in ours]
        report(min(world.second / plan.end_s, 1.0))


def of_file(path: Path) -> Iterator[list[bytes]]:
    """The lines of a file, or of stdin for `-`; raises RecordingError when it cannot be read."""
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else path.open("rb") as stream:
            while lines := stream.readlines(_BATCH_BYTES):
                yield lines
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
