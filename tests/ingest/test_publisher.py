"""Kill -9 in the middle and start again: on a real Kafka nothing is lost and nothing repeated."""

import asyncio
import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from pyais.encode import encode_dict

from schemas import ASSET_PARTITIONS
from services.ingest.intake import AisIntake
from services.ingest.progress import read_progress
from services.ingest.publisher import open_publisher
from services.ingest.tcp import receive
from services.topics import create_topics
from simulators import Emission, World, load_scenario

pytestmark = pytest.mark.servers

LINES, VESSELS = 60_000, 50
_LOOK_S = 0.1
START = datetime(2026, 1, 2, tzinfo=UTC)


def leasewatch(kafka: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": "unused"}
    command = [sys.executable, "-m", "services.cli", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


async def kill_in_the_middle(kafka: str, source: str, *arguments: str) -> dict[str, Any]:
    """Starts it and kills it -9 as soon as something, and not all, is committed."""
    process = leasewatch(kafka, *arguments)
    try:
        progress = await read_progress(kafka, source)
        before = progress.get("position", 0)
        while progress.get("position", 0) <= before:
            assert process.poll() is None, "it ended before it could be killed"
            await asyncio.sleep(_LOOK_S)
            progress = await read_progress(kafka, source)
    finally:
        process.kill()
        process.communicate()
    return progress


async def telemetry(kafka: str, source: str) -> tuple[list[bytes], list[bytes]]:
    """Committed readings and ticks of sources so named, in the order of each partition."""
    partitions = [TopicPartition("telemetry", n) for n in range(ASSET_PARTITIONS)]
    consumer: Any = AIOKafkaConsumer(
        bootstrap_servers=kafka, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    readings: list[bytes] = []
    ticks: list[bytes] = []
    async with consumer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        for partition, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(partition) < end:
                fetched = await consumer.getmany(partition, timeout_ms=200)
                for record in fetched.get(partition, ()):
                    message = json.loads(record.value)
                    if message["source"].startswith(source):
                        (ticks if message.get("kind") == "tick" else readings).append(record.value)
    return readings, ticks


async def test_a_killed_file_goes_on_where_it_was(kafka: str, tmp_path: Path) -> None:
    await create_topics(kafka)
    feed = tmp_path / "kill.nmea"
    sentences = [
        encode_dict({"type": 1, "mmsi": 244_000_001 + n, "lat": 52, "lon": 4})[0] + "\n"
        for n in range(VESSELS)
    ]
    feed.write_text("".join(sentences) * (LINES // VESSELS))
    arguments = ("ingest", "ais", str(feed), "--source", "ais:kill")
    source = f"ais:kill:{digest(feed)}"
    progress = await kill_in_the_middle(kafka, source, *arguments)
    assert 0 < progress["position"] < LINES
    figures = json.loads(leasewatch(kafka, *arguments).communicate()[0])
    assert figures["readings"] < LINES
    again = json.loads(leasewatch(kafka, *arguments).communicate()[0])
    assert again["readings"] == again["frames"] == 0

    readings, _ = await telemetry(kafka, source)
    numbers = defaultdict(list)
    for reading in map(json.loads, readings):
        numbers[reading["asset"]].append(reading["seq"])
    assert sorted(seq for seqs in numbers.values() for seq in seqs) == list(range(1, LINES + 1))
    assert all(seqs == sorted(seqs) for seqs in numbers.values())


async def test_an_archive_that_ends_early_is_said_to_each_time_and_taken_once(
    kafka: str, tmp_path: Path
) -> None:
    await create_topics(kafka)
    feed = tmp_path / "feed.nmea.gz"
    sentences = [
        encode_dict({"type": 1, "mmsi": 244_000_001, "lat": 52, "lon": n / 100})[0] + "\n"
        for n in range(400)
    ]
    feed.write_bytes(gzip.compress("".join(sentences).encode())[:-500])
    problems = []
    taken = []
    for _ in range(2):
        process = leasewatch(kafka, "ingest", "ais", str(feed), "--source", "ais:cut")
        figures = json.loads(process.communicate()[0])
        assert process.returncode == 1
        problems.append(figures["problem"])
        taken.append((figures["readings"], figures["rejected_total"]))
    assert "the archive ends early" in problems[0]
    assert problems[0] == problems[1]
    assert taken[1] == (0, 0)
    readings, _ = await telemetry(kafka, f"ais:cut:{digest(feed)}")
    assert len(readings) == taken[0][0] > 100


@pytest.mark.parametrize(("seed", "workers", "kills"), [(4711, 1, 2), (4712, 2, 1)])
async def test_a_killed_world_says_the_same_as_one_that_never_stopped(
    kafka: str, seed: int, workers: int, kills: int
) -> None:
    await create_topics(kafka)
    arguments = ["simulate", "--assets", "8", "--seed", str(seed), "--workers", str(workers)]
    arguments += ["--to", "+600"]
    for _ in range(kills):
        progress = await kill_in_the_middle(kafka, f"sim-{seed}", *arguments, "--speed", "20")
        assert progress["position"] < 600
    ended = leasewatch(kafka, *arguments, "--speed", "0")
    ended.communicate()
    assert ended.returncode == 0
    progress = await read_progress(kafka, f"sim-{seed}")
    assert (progress["position"], progress["done"]) == (600, True)

    said = first_seconds(seed, datetime.fromisoformat(progress["start"]), 600)
    readings, ticks = await telemetry(kafka, f"sim-{seed}")
    assert sorted(readings) == sorted(e.value for e in said if e.topic == "telemetry")
    told = [e.value for e in said if e.topic == "ticks"]
    assert len(told) > 300
    assert sorted(ticks) == sorted(told * ASSET_PARTITIONS)

    if seed == 4711:  # another world on this line
        other = leasewatch(kafka, *arguments, "--assets", "9")
        other.communicate()
        assert other.returncode == 2


def first_seconds(seed: int, start: datetime, seconds: int) -> list[Emission]:
    world = World(load_scenario("demo").sized(8), seed, start)
    said: list[Emission] = []
    while world.second < seconds:
        said += world.advance().emissions
    return [emission for emission in said if emission.at < seconds]


async def test_a_second_publisher_of_a_source_takes_over(kafka: str) -> None:
    await create_topics(kafka)
    with pytest.raises(KafkaError):
        async with open_publisher(kafka, "fenced") as first:
            await first.publish([], clock=START, progress={"position": 1})
            async with asyncio.timeout(60):
                while not await read_progress(kafka, "fenced"):
                    await asyncio.sleep(_LOOK_S)
            async with open_publisher(kafka, "fenced") as second:
                await second.publish([], clock=START, progress={"position": 2})
            await first.publish([], clock=START, progress={"position": 3})
    assert (await read_progress(kafka, "fenced"))["position"] == 2


async def test_a_port_is_read_over_broken_connections(kafka: str) -> None:
    await create_topics(kafka)
    served = asyncio.Queue[int]()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = served.qsize()
        message: dict[str, Any] = {"type": 1, "mmsi": 244_000_001 + number, "lat": 52, "lon": 4}
        writer.write(encode_dict(message)[0].encode() + b"\n")
        await writer.drain()
        writer.close()
        served.put_nowait(number)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    task = asyncio.create_task(receive(kafka, "127.0.0.1", port, "tcp", AisIntake("tcp")))
    async with asyncio.timeout(60):
        while (await read_progress(kafka, "tcp")).get("position", 0) < 2:
            assert not task.done()
            await asyncio.sleep(_LOOK_S)
    task.cancel()
    await asyncio.wait([task])
    server.close()
    readings, _ = await telemetry(kafka, "tcp")
    assert {json.loads(reading)["seq"] for reading in readings} >= {1, 2}
    assert len(readings) == served.qsize()


async def test_ticks_keep_their_pace(kafka: str) -> None:
    await create_topics(kafka)
    for clock_s in ((0, 4, 9), (11, 12, 19, 35)):  # a restart between them
        async with open_publisher(kafka, "paced") as publisher:
            for second in clock_s:
                clock = START + timedelta(seconds=second)
                await publisher.publish([], clock=clock, progress={"position": second})
    _, ticks = await telemetry(kafka, "paced")
    times = sorted({json.loads(tick)["ingest_time"] for tick in ticks})
    assert times == [f"2026-01-02T00:00:{second}Z" for second in ("00", "11", "35")]
    assert len(ticks) == len(times) * ASSET_PARTITIONS


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
