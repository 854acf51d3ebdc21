"""One partition by itself, on a real Kafka: replay, gaps, repeats, holding, fencing."""

import asyncio
import dataclasses
import json
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from services.partition import (
    OwnedPartition,
    PartitionLost,
    PositionRefused,
    ServiceLine,
    end_process,
)
from tests.partition.broker import Sender, delete_before, make_anew, make_topics, read_partition
from tests.partition.counting import POISON, Counting, counting_line

pytestmark = pytest.mark.servers

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def line(kafka: str) -> ServiceLine:
    line = dataclasses.replace(
        counting_line(kafka, f"owned-{uuid.uuid4().hex[:8]}"),
        checkpoint_s=0.0,
        linger_s=0.0,
        look_after_s=3600.0,
    )
    names = (*line.inputs, line.state_topic, f"{line.service}-out", line.rejected_topic)
    await make_topics(kafka, dict.fromkeys(names, 1))
    return line


async def send(line: ServiceLine, *values: bytes) -> None:
    """Each in a transaction of its own, so that a marker stands behind each: offsets 0, 2, 4 ..."""
    async with Sender(line.bootstrap_servers, f"{line.service}-test") as sender:
        for value in values:
            await sender.send([(line.inputs[0], b"k", value)])


async def out(line: ServiceLine, at_least: int = 0) -> list[str]:
    """The input values of the outputs, once so many are there."""
    topic = f"{line.service}-out"
    async with asyncio.timeout(60):
        while len(found := await read_partition(line.bootstrap_servers, topic, 0)) < at_least:
            await asyncio.sleep(0.05)
    return [json.loads(record.value or b"")[0] for record in found]


async def owner(
    line: ServiceLine, on_lost: Callable[[BaseException], object] = end_process
) -> tuple[Counting, OwnedPartition]:
    logic = Counting(line)
    part = OwnedPartition(line, 0, logic, on_lost)
    await part.restore()
    return logic, part


async def offered(part: OwnedPartition, *offsets: int) -> None:
    records = await read_partition(part.line.bootstrap_servers, part.line.inputs[0], 0)
    by_offset = {record.offset: record for record in records}
    for offset in offsets:
        await part.offer(by_offset[offset])


async def test_gaps_are_read_and_repeats_dropped(line: ServiceLine) -> None:
    await send(line, *(b"%d" % n for n in range(6)))
    _, part = await owner(line)
    await offered(part, 4, 2, 4, 10, 10, 0)
    assert await out(line, 6) == ["0", "1", "2", "3", "4", "5"]
    assert part.next_offset(line.inputs[0]) == 11
    await part.close()


async def test_what_the_consumer_never_shows_is_read_when_the_intake_stands_still(
    line: ServiceLine,
) -> None:
    await send(line, b"0", b"1")
    _, part = await owner(line)
    await part.look_after()
    assert await out(line) == []
    await part.look_after()
    assert await out(line, 2) == ["0", "1"]
    assert part.next_offset(line.inputs[0]) == 4  # behind the last marker: nothing is left
    await part.close()


async def test_state_older_than_the_offsets_is_replayed_with_the_outputs_dropped(
    line: ServiceLine,
) -> None:
    await send(line, *(b"%d" % n for n in range(8)))
    _, part = await owner(line)
    await offered(part, 0, 2, 4)  # checkpointed, as every commit is
    await out(line, 3)
    await part.close()
    rarely = dataclasses.replace(line, checkpoint_s=3600.0)
    _, part = await owner(rarely)
    await offered(part, 6, 8, 10)
    await out(line, 6)
    await part.close()
    logic, part = await owner(rarely)
    replayed: Sequence[int] = list(logic.stepped)
    assert replayed == [6, 8, 10]
    assert logic.counts == {"k": 6}
    await offered(part, 14)
    assert await out(line, 8) == [str(n) for n in range(8)]
    await part.close()


async def test_the_group_is_told_now_and_then_of_what_is_committed(line: ServiceLine) -> None:
    await send(line, b"0", b"1")
    _, part = await owner(dataclasses.replace(line, idle_commit_s=0.2))
    await offered(part, 0)
    await until_told(line, 1)
    await part.close()
    _, part = await owner(dataclasses.replace(line, tell_s=3600.0, idle_commit_s=3600.0))
    part._told_s = time.monotonic()  # as if it had been told just now
    await offered(part, 2)
    await out(line, 2)
    await part.close()
    assert await told(line) == 1
    _, part = await owner(dataclasses.replace(line, idle_commit_s=0.2))
    await until_told(line, 3)  # though no record comes any more
    await part.close()


async def told(line: ServiceLine) -> int:
    """The offset that the consumer group knows."""
    admin = AIOKafkaAdminClient(bootstrap_servers=line.bootstrap_servers)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(line.service)
    except GroupCoordinatorNotAvailableError:  # a new broker's, before the first group
        return -1
    finally:
        await admin.close()
    return max((meta.offset for meta in offsets.values()), default=-1)


async def until_told(line: ServiceLine, offset: int) -> None:
    async with asyncio.timeout(60):
        while await told(line) != offset:
            await asyncio.sleep(0.1)


async def test_a_held_partition_takes_nothing(line: ServiceLine) -> None:
    await send(line, b"0", b"1")
    _, part = await owner(line)
    await part.hold()
    await offered(part, 0)
    assert part.next_offset(line.inputs[0]) == 0
    part.resume()
    await offered(part, 2)
    assert await out(line, 2) == ["0", "1"]
    await part.close()


async def test_poison_is_rejected_once_and_counts_nowhere(line: ServiceLine) -> None:
    await send(line, b"0", POISON, b"2", POISON, b"4")
    logic, part = await owner(line)
    await offered(part, 8)
    assert await out(line, 3) == ["0", "2", "4"]
    assert logic.counts == {"k": 3}
    await part.close()
    logic, part = await owner(dataclasses.replace(line, checkpoint_s=3600.0))
    assert logic.counts == {"k": 3}
    rejected = await read_partition(line.bootstrap_servers, line.rejected_topic, 0)
    told = [json.loads(record.value or b"") for record in rejected]
    assert [m["id"] for m in told] == [f"{line.inputs[0]}-0-2", f"{line.inputs[0]}-0-6"]
    assert {m["reason"] for m in told} == {"step_failed"}
    await part.close()


async def test_a_record_in_another_partition_than_its_keys_is_rejected_and_never_counts(
    kafka: str,
) -> None:
    line = dataclasses.replace(
        counting_line(kafka, f"placed-{uuid.uuid4().hex[:8]}"), checkpoint_s=3600.0
    )
    await make_topics(
        kafka,
        dict.fromkeys((*line.inputs, line.state_topic, f"{line.service}-out"), 2)
        | {line.rejected_topic: 1},
    )
    home, other = (b"abc", b"foobar")  # partitions 1 and 0 of 2
    async with Sender(kafka, f"{line.service}-test") as sender:
        await sender.send_tick(b"0", line.inputs[0], 2, key=home)
        await sender.send_tick(b"1", line.inputs[0], 2, key=other)
        await sender.send_tick(b"2", line.inputs[0], 2, key=None)
    for counts in ({"foobar": 1}, {"foobar": 1}):  # stepped, and then replayed
        logic = Counting(line)
        part = OwnedPartition(line, 0, logic)
        await part.restore()
        await offered(part, *range(part.next_offset(line.inputs[0]), 5, 2))
        assert await out(line, 1) == ["1"]
        async with asyncio.timeout(60):
            while logic.counts != counts or part.heartbeat(NOW).offsets[line.inputs[0]] < 5:
                await asyncio.sleep(0.05)
        await part.close()
    rejected = await read_partition(kafka, line.rejected_topic, 0)
    told = [json.loads(record.value or b"") for record in rejected]
    assert [(m["position"], m["reason"]) for m in told] == [(0, "wrong_partition"), (4, "no_key")]


async def test_records_that_expired_unread_are_counted(line: ServiceLine) -> None:
    await send(line, b"0", b"1", b"2", b"3")
    _, part = await owner(line)
    await offered(part, 0)
    await out(line, 1)
    await part.close()
    await delete_before(line.bootstrap_servers, line.inputs[0], 4)
    _, part = await owner(line)
    assert part.heartbeat(NOW).expired_records == 3  # with the marker behind each
    assert part.next_offset(line.inputs[0]) == 4
    await offered(part, 4, 6)
    assert await out(line, 3) == ["0", "2", "3"]
    await part.close()


async def test_a_position_beyond_the_end_is_refused_with_a_sentence(line: ServiceLine) -> None:
    await send(line, b"0", b"1")
    _, part = await owner(line)
    await offered(part, 2)
    await out(line, 2)
    await part.close()
    await make_anew(line.bootstrap_servers, line.inputs[0], 1)
    part = OwnedPartition(line, 0, Counting(line))
    with pytest.raises(
        PositionRefused, match=r"stands at offset 3 .*, which ends at 0: .*new database"
    ):
        await part.restore()
    assert part.heartbeat(NOW).state == "refused"
    assert f"without the topic {line.state_topic}" in part.heartbeat(NOW).detail
    await part.close()


async def test_a_topic_made_anew_under_a_live_partition_ends_it(line: ServiceLine) -> None:
    await send(line, b"0", b"1")
    lost: list[BaseException] = []
    _, part = await owner(dataclasses.replace(line, look_after_s=0.2), lost.append)
    await offered(part, 2)
    await make_anew(line.bootstrap_servers, line.inputs[0], 1)
    await until_lost(lost)
    assert isinstance(lost[0], PositionRefused)
    await part.close()


@pytest.mark.parametrize("name", ["look_after", "_step_and_commit"])
async def test_a_task_that_dies_is_told_of(
    line: ServiceLine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(_part: OwnedPartition) -> None:
        raise KeyError(name)

    monkeypatch.setattr(OwnedPartition, name, dies)
    lost: list[BaseException] = []
    _, part = await owner(dataclasses.replace(line, look_after_s=0.2), lost.append)
    await send(line, b"0")
    await offered(part, 0)
    await until_lost(lost)
    assert isinstance(lost[0], PartitionLost)
    assert repr(KeyError(name)) in str(lost[0])
    await part.close()


async def test_a_hold_without_an_end_is_told_of(line: ServiceLine) -> None:
    lost: list[BaseException] = []
    _, part = await owner(dataclasses.replace(line, look_after_s=0.1, max_hold_s=0.3), lost.append)
    await part.hold()
    await until_lost(lost)
    assert "rebalance without an end" in str(lost[0])
    await part.close()


async def until_lost(lost: list[BaseException]) -> None:
    async with asyncio.timeout(60):
        while not lost:
            await asyncio.sleep(0.05)


async def test_a_new_owner_fences_the_old_one(line: ServiceLine) -> None:
    await send(line, b"0", b"1")
    lost: list[BaseException] = []
    _, old = await owner(line, lost.append)
    await offered(old, 0)
    await out(line, 1)
    _, new = await owner(line)
    await offered(old, 2)
    await until_lost(lost)
    assert isinstance(lost[0], PartitionLost)
    assert await out(line) == ["0"]
    await offered(new, 2)
    assert await out(line, 2) == ["0", "1"]
    await asyncio.gather(old.close(), new.close())
