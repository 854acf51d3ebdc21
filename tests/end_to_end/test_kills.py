"""Services are killed without warning in the middle of a run; nothing is lost, nothing is twice."""

import asyncio
import json
import random
import time
from datetime import datetime
from pathlib import Path

import pytest

from services.line.line import Line, run_line
from services.line.supervisor import Program
from services.verify.log import topic_log
from simulators import World, load_scenario

ASSETS, SEED, SPEED, SECONDS = 40, 3, 10, 20
VICTIMS = ("monitor", "lifecycle", "historian", "simulate", "api")


@pytest.mark.servers
def test_nothing_is_lost_or_repeated_when_every_service_is_killed(tmp_path: Path) -> None:
    source = Program(
        "simulate",
        (f"--assets={ASSETS}", f"--seed={SEED}", f"--speed={SPEED}", f"--seconds={SECONDS}"),
        finite=True,
    )
    with run_line(tmp_path) as line:
        line.supervisor.start([source])
        kill_one_after_the_other_then_at_random(line)
        assert line.wait_until_drained(patience_s=600)
        report = line.verify()
        made, repeated = asyncio.run(readings_the_world_makes(line))
        restarts = line.supervisor.restarts()
    kinds = report.as_dict()["kinds"]
    assert report.lost == 0, kinds
    assert report.duplicated == 0, kinds
    assert not any(tally.unexplained for tally in report.tallies.values()), kinds
    assert report.tallies["readings"].produced == made
    assert report.repeated_by_feeds == repeated > 0
    assert kinds["signals"]["produced"] > 0
    assert report.alerts_opened > 0
    assert all(restarts[name] >= 1 for name in VICTIMS), restarts


def kill_one_after_the_other_then_at_random(line: Line) -> None:
    """A kill every two seconds or so, until the source of readings has done its work."""
    order = list(VICTIMS)
    choose = random.Random(11)
    watch(line, 6.0)
    while not line.supervisor.finished("simulate"):
        victim = order.pop(0) if order else choose.choice(VICTIMS)
        line.supervisor.kill(victim)
        watch(line, choose.uniform(1.5, 4.0))


def watch(line: Line, seconds: float) -> None:
    """Lets the supervisor do its work for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line.supervisor.watch()
        time.sleep(0.1)


async def readings_the_world_makes(line: Line) -> tuple[int, int]:
    """How many readings the same world makes until the source ended, and how many it repeats."""
    async with topic_log(line.bootstrap_servers) as log:
        records = [record async for record in log.records("ingest-state")]
    progress = json.loads(records[-1].value or b"{}")
    start, end = datetime.fromisoformat(progress["start"]), progress["position"]
    world = World(load_scenario("demo").sized(ASSETS), SEED, start)
    told = []
    while world.second < end:
        emissions = [e for e in world.advance().emissions if e.topic == "telemetry"]
        told += [json.loads(emission.value) for emission in emissions if emission.at < end]
    made = {
        (reading["asset"], reading["source"], reading["time"], reading["seq"]) for reading in told
    }
    return len(made), len(told) - len(made)
