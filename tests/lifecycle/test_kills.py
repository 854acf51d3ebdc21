"""Workers of the real service are killed at random while another joins: all of it exactly once."""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from schemas import ASSET_PARTITIONS, AlertChange, Transition
from services.domain.alert_rules import fires
from services.domain.lifecycle_fold import content, fold
from services.domain.lifecycle_state import AssetLife, decode
from services.embedded.servers import EmbeddedKafka
from services.lifecycle.done import DoneAlerts
from services.topics import create_topics
from tests.domain.test_lifecycle_properties import replay_changes, stands
from tests.lifecycle import worker
from tests.lifecycle.traffic import SHIPS, Traffic
from tests.partition.broker import read_topic
from tests.partition.workers import Worker, keep_alive

KILLS = 5
FIRING = ("opened", "repeated", "fired_again", "severity_raised")


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """A Kafka of our own: the service's topics have fixed names."""
    with EmbeddedKafka(tmp_path / "kafka") as server:
        yield server.bootstrap_servers


@pytest.mark.servers
async def test_everything_is_exactly_once_whatever_is_killed(kafka: str, tmp_path: Path) -> None:
    await create_topics(kafka)
    traffic = Traffic(kafka)
    workers = [start(kafka, tmp_path, "first")]
    keeper = asyncio.create_task(keep_alive(workers))
    flowing = asyncio.create_task(traffic.flow())
    try:
        await outputs_move_on(kafka)
        workers.append(start(kafka, tmp_path, "second"))
        await kill_at_random(kafka, workers)
        traffic.stop.set()
        await flowing
        await all_taken(kafka, traffic)
    finally:
        keeper.cancel()
        codes = [worker.stop() for worker in workers]
    assert codes == [0, 0], "both leave cleanly on SIGTERM"
    await check_alerts(kafka, traffic)
    await check_transitions(kafka, traffic)
    await check_state(kafka, traffic)
    (rejected,) = await read_topic(kafka, "rejected", 1)
    ids = [json.loads(record.value or b"")["id"] for record in rejected]
    assert len(set(ids)) == len(ids) == traffic.poison > 0


def start(kafka: str, log_dir: Path, name: str) -> Worker:
    """A supervised worker."""
    servers = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": "postgresql://nobody@nowhere/none"}
    return Worker([sys.executable, worker.__file__], log_dir / f"{name}.log", **servers)


async def kill_at_random(kafka: str, workers: Sequence[Worker]) -> None:
    """Kills at random moments: sometimes amid a restore, sometimes after outputs moved on."""
    chance = random.Random(5)
    for number in range(KILLS):
        if number % 2:
            await outputs_move_on(kafka)
        await asyncio.sleep(chance.uniform(0.1, 1.5))
        chance.choice(workers).kill()


async def read_alerts(kafka: str) -> list[AlertChange]:
    parts = await read_topic(kafka, "alerts", ASSET_PARTITIONS)
    return [AlertChange.model_validate_json(r.value or b"") for part in parts for r in part]


async def outputs_move_on(kafka: str) -> None:
    """Returns when there are more alert changes than now."""
    before = len(await read_alerts(kafka))
    async with asyncio.timeout(300):
        while len(await read_alerts(kafka)) == before:
            await asyncio.sleep(0.2)


async def all_taken(kafka: str, traffic: Traffic) -> None:
    """Returns when the last command of each ship has been answered, and the last signals too."""
    expected = {c.id for c in traffic.commands}
    expected |= {s.id for s in traffic.signals if fires(vars(s))}
    async with asyncio.timeout(300):
        while not expected <= {change.cause for change in await read_alerts(kafka)}:
            await asyncio.sleep(1)  # each look reads and parses all of them


async def check_alerts(kafka: str, traffic: Traffic) -> None:
    """Every firing signal and every command led to one change; none is there twice."""
    changes = await read_alerts(kafka)
    assert len({change.id for change in changes}) == len(changes)
    firing = [s.id for s in traffic.signals if fires(vars(s))]
    signals = {s.id for s in traffic.signals}
    causes = [c.cause for c in changes if c.change in FIRING and c.cause in signals]
    assert Counter(causes) == Counter(firing)
    answered = Counter(c.cause for c in changes if c.cause.startswith("c-"))
    assert answered == Counter(c.id for c in traffic.commands)


async def check_transitions(kafka: str, traffic: Traffic) -> None:
    """What stands of the told history is what the facts give; movement as the signals said."""
    parts = await read_topic(kafka, "transitions", ASSET_PARTITIONS)
    told = [Transition.model_validate_json(r.value or b"") for part in parts for r in part]
    assert len({t.id for t in told}) == len(told)
    withdrawn = {t.supersedes for t in told if t.standing == "withdrawn"}
    stands = [t for t in told if t.standing != "withdrawn" and t.id not in withdrawn]
    for ship in SHIPS:
        history = Counter(map(content, fold(traffic.facts[ship]).entries))
        regions = ("title", "contract", "employment", "overlay")
        assert Counter(content(t) for t in stands
                       if t.asset == ship and t.region in regions) == history  # fmt: skip
    moves = [s.id for s in traffic.signals if s.kind == "movement_changed"]
    assert sorted(t.cause for t in told if t.region == "movement") == sorted(moves)


async def check_state(kafka: str, traffic: Traffic) -> None:
    """The newest state of each ship agrees with the facts, the signals and the alert changes."""
    newest, done = await newest_state(kafka)
    assert sorted(newest) == SHIPS
    changes = await read_alerts(kafka)
    for ship, life in newest.items():
        assert life.regions == fold(traffic.facts[ship]).regions
        moves = [s for s in traffic.signals if s.asset == ship and s.kind == "movement_changed"]
        assert life.movement == moves[-1].to_state
        open_alerts = replay_changes([c for c in changes if c.asset == ship])
        assert {rule: stands(change) for rule, change in open_alerts.items()} == {
            rule: stands(alert) for rule, alert in life.alerts.items() if not alert.done
        }
    check_verdicts(traffic, changes, newest, done)


def check_verdicts(
    traffic: Traffic,
    changes: Sequence[AlertChange],
    lives: Mapping[str, AssetLife],
    done: Mapping[str, DoneAlerts],
) -> None:
    """Each verdict on an alert that had opened was taken; the last one is in the state."""
    judged = {c.id: c for c in traffic.commands if c.verdict}
    opened: set[str] = set()
    given: dict[str, AlertChange] = {}
    for change in changes:
        if change.change == "opened":
            opened.add(change.alert)
        if change.cause in judged and judged[change.cause].alert in opened:
            assert change.verdict == judged[change.cause].verdict, change.note
            given[change.alert] = change
    assert given, "some verdicts were given"
    for alert, change in given.items():
        book = {held.alert: held for held in lives[change.asset].alerts.values()}
        kept = book.get(alert) or done[change.asset].named(change.asset, alert)[alert]
        assert kept.verdict == change.verdict


async def newest_state(kafka: str) -> tuple[dict[str, AssetLife], dict[str, DoneAlerts]]:
    """The lives of the ships, and their alerts that are done."""
    parts = await read_topic(kafka, "lifecycle-state", ASSET_PARTITIONS)
    records = {(r.key or b""): r.value or b"" for part in parts for r in part}
    lives = {k: v for k, v in records.items() if not (k.startswith(b"\0") or DoneAlerts.owns(k))}
    done = {ship: DoneAlerts() for ship in SHIPS}
    for ship, alerts in done.items():
        alerts.load({k: v for k, v in records.items() if k.startswith(f"{ship}/".encode())})
    return {k.decode(): decode(v) for k, v in lives.items()}, done
