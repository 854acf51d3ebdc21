"""The checkpoints of the monitor's logic, whole and damaged, and what it rejects."""

import json
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from schemas import ASSET_CLASSES
from schemas.messages import MAX_NAME
from schemas.topics import MAX_MESSAGE_BYTES
from services.domain.monitor.core import MonitorCore
from services.domain.monitor.keep.checkpoint import ASSETS_PER_CHUNK
from services.monitor.logic import MonitorLogic, monitor_line
from services.partition import RecordCopy
from services.settings import Settings
from simulators import Emission, World, load_scenario
from tests.domain.telemetry import reading, tick

LINE = monitor_line(Settings("127.0.0.1:1", ""))


@pytest.fixture(scope="module")
def records() -> list[RecordCopy]:
    world = World(load_scenario("demo").sized(12), 3, datetime(2026, 3, 1, 6, tzinfo=UTC))
    emitted: list[Emission] = []
    while len(emitted) < 1_000:
        emitted += [e for e in world.advance().emissions if e.topic == "telemetry"]
    return [
        RecordCopy(e.topic, 1, offset, 0, e.key.encode(), e.value)
        for offset, e in enumerate(emitted)
    ]


def checkpoint_of(logic: MonitorLogic) -> dict[bytes, bytes]:
    return {key: value for key, value in logic.checkpoint().items() if value is not None}


def test_a_restored_logic_goes_on_as_if_nothing_had_been(records: list[RecordCopy]) -> None:
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:500])
    assert restored.load(checkpoint_of(logic)) == {"telemetry": 500}
    assert restored.step(records[500:]) == logic.step(records[500:])
    assert restored.checkpoint() == logic.checkpoint()


def test_chunks_that_are_no_more_get_a_tombstone(records: list[RecordCopy]) -> None:
    logic, later = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:500])
    later.load(checkpoint_of(logic) | {b"1/tram/00000": (500).to_bytes(8, "big")})
    written = later.checkpoint()
    assert written.pop(b"1/tram/00000") is None
    assert None not in written.values()
    assert None not in later.checkpoint().values()


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\0\0\0\x01\xf4" + b"rubbish", b"\0" * 8 + b"x"])
def test_a_damaged_checkpoint_means_a_whole_replay(
    records: list[RecordCopy], damage: bytes
) -> None:
    logic, later = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:500])
    chunks = checkpoint_of(logic)
    assert later.load(chunks | {max(chunks): damage}) == {}
    assert later.step(records) == MonitorLogic(LINE, 1).step(records)


def test_an_unreadable_record_is_rejected_and_the_rest_counts(records: list[RecordCopy]) -> None:
    bad = records[0]._replace(offset=10_000, value=None)
    outputs = MonitorLogic(LINE, 1).step([*records, bad]).outputs
    assert outputs[:-1] == MonitorLogic(LINE, 1).step(records).outputs
    assert (outputs[-1].topic, outputs[-1].partition) == ("rejected", 0)
    assert b'"telemetry-1-10000"' in outputs[-1].value


def test_a_reading_under_another_key_is_rejected_and_moves_nothing(
    records: list[RecordCopy],
) -> None:
    strange = records[0]._replace(offset=10_000, key=b"ship-other")
    logic, undisturbed = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    outputs = logic.step([*records[:500], strange, *records[500:]]).outputs
    assert outputs[:-1] == undisturbed.step(records).outputs
    assert json.loads(outputs[-1].value)["reason"] == "wrong_key"
    assert checkpoint_of(logic) == checkpoint_of(undisturbed)


def test_a_chunk_in_which_nothing_changed_is_not_written_again() -> None:
    readings = [reading(f"ship-{n}", 10, sog_kn=12.0, seq=n) for n in range(300)]
    values = [*readings, reading("ship-200", 20, sog_kn=12.0)]
    records = [
        RecordCopy("telemetry", 1, n, 0, json.loads(value)["asset"].encode(), value)
        for n, value in enumerate(values)
    ]
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:300])
    first = checkpoint_of(logic)
    logic.step(records[300:])
    second = checkpoint_of(logic)
    assert {key for key in first if b"assets" in key} == {b"1/assets/0000%d" % n for n in range(3)}
    assert second.keys() == {b"1/assets/00001", b"1/feeds/00000", b"1/index"}
    assert restored.load(first | second) == {"telemetry": 301}
    assert restored.checkpoint().keys() == {b"1/index"}
    assert restored.load(first | second | {b"1/assets/00001": first[b"1/assets/00001"]}) == {}


def test_what_means_something_else_now_is_said_and_written_anew(
    records: list[RecordCopy], caplog: pytest.LogCaptureFixture
) -> None:
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:500])
    chunks = checkpoint_of(logic)
    stands_at, packed = chunks[b"1/head"][:8], chunks[b"1/head"][8:]
    head = msgspec.msgpack.decode(zlib.decompress(packed))
    head["zones"].insert(0, "port/XXOLD")
    chunks[b"1/head"] = stands_at + zlib.compress(msgspec.msgpack.encode(head))
    assert restored.load(chunks) == {"telemetry": 500}
    assert "partition 1: zones: 1 are left out (port/XXOLD)" in caplog.text
    assert restored.checkpoint().keys() == chunks.keys()


def copies(values: Sequence[bytes], first: int = 0) -> list[RecordCopy]:
    """The readings as records of partition 1, each under its asset's id."""
    return [
        RecordCopy("telemetry", 1, first + n, 0, json.loads(value)["asset"].encode(), value)
        for n, value in enumerate(values)
    ]


def keep(topic: dict[bytes, bytes], logic: MonitorLogic) -> None:
    """Writes a checkpoint as a compacted topic keeps it."""
    for key, value in logic.checkpoint().items():
        topic.pop(key, None)
        if value is not None:
            topic[key] = value


def test_chunks_of_assets_that_were_left_out_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half the assets are of a class that is dropped: two chunks of them become one."""
    mixed = [(f"metro-{n}", "speed_mps") if n % 2 else (f"ship-{n}", "sog_kn") for n in range(256)]
    topic: dict[bytes, bytes] = {}
    logic = MonitorLogic(LINE, 1)
    logic.step(copies([reading(asset, 10, **{speed: 9.0}) for asset, speed in mixed]))
    keep(topic, logic)
    ships = {name: c for name, c in ASSET_CLASSES.items() if name != "metro"}
    made: list[Any] = [MonitorCore.__init__, vars(MonitorCore)["restore"].__func__]
    for function in made:
        monkeypatch.setattr(function, "__defaults__", ("telemetry", ships, None))
    fewer, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    assert fewer.load(topic) == {"telemetry": 256}
    assert b"1/assets/00001" in topic
    keep(topic, fewer)
    assert b"1/assets/00001" not in topic
    assert restored.load(topic) == {"telemetry": 256}
    later = copies([reading(f"ship-{n}", 20, sog_kn=0.0) for n in (0, 254, 300)], 256)
    assert restored.step(later) == fewer.step(later)
    assert restored.checkpoint() == fewer.checkpoint()


def test_an_asset_that_is_in_two_chunks_means_a_whole_replay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(copies([reading(f"ship-{n}", 10, sog_kn=9.0) for n in range(3)]))
    chunks = checkpoint_of(logic)
    stands_at = json.loads(chunks[b"1/index"][8:]) | {"assets/00001": 3}
    chunks[b"1/assets/00001"] = chunks[b"1/assets/00000"]
    chunks[b"1/index"] = chunks[b"1/index"][:8] + json.dumps(stands_at).encode()
    assert restored.load(chunks) == {}
    assert "the checkpoint has ship-0 twice" in caplog.text
    assert restored.checkpoint()[b"1/assets/00001"] is None


def test_however_many_feeds_there_are_no_chunk_outgrows_a_message() -> None:
    """Names as long as they may be, of characters that hardly compress."""
    pick = np.random.default_rng(1).integers(0x10000, 0xE0000, (1_600, MAX_NAME))
    feeds = ["".join(map(chr, name)) for name in pick.tolist()]
    values = [tick(0, name) for name in feeds]
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step([RecordCopy("telemetry", 1, n, 0, b"", value) for n, value in enumerate(values)])
    first = checkpoint_of(logic)
    assert len([key for key in first if b"feeds" in key]) == 4
    assert max(map(len, first.values())) < MAX_MESSAGE_BYTES // 10
    logic.step([RecordCopy("telemetry", 1, 1_600, 0, b"", tick(60, feeds[600]))])
    second = checkpoint_of(logic)
    assert second.keys() == {b"1/feeds/00001", b"1/index"}
    assert restored.load(first | second) == {"telemetry": 1_601}
    assert restored.checkpoint().keys() == {b"1/index"}
    late = [RecordCopy("telemetry", 1, 1_601, 0, b"", tick(30, feeds[1_599]))]
    assert restored.step(late) == logic.step(late)
    assert restored.checkpoint() == checkpoint_of(logic)


def test_a_chunk_of_the_busiest_assets_is_far_from_the_largest_message() -> None:
    """128 of the widest class, with every feed and unknown channel that is told apart."""
    core = MonitorCore(0)
    values = [
        reading(f"ship-{'x' * 50}-{n}", 10 * feed, source=f"feed-{feed}", sog_kn=9.0,
                **{f"unknown-{feed}-{k}": 1.0 for k in range(8)})
        for feed in range(12) for n in range(ASSETS_PER_CHUNK)
    ]  # fmt: skip
    core.step(range(len(values)), values)
    raw = zlib.decompress(core.snapshot()["assets/00000"])
    assert len(raw) < MAX_MESSAGE_BYTES // 4


def test_a_contact_with_a_feed_that_is_lacking_means_a_whole_replay() -> None:
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(copies([reading("ship-1", 10, sog_kn=9.0)]))
    chunks = checkpoint_of(logic)
    stands_at = json.loads(chunks[b"1/index"][8:])
    del stands_at["feeds/00000"], chunks[b"1/feeds/00000"]
    chunks[b"1/index"] = chunks[b"1/index"][:8] + json.dumps(stands_at).encode()
    assert restored.load(chunks) == {}


def test_a_checkpoint_with_all_feeds_in_one_chunk_is_still_read(
    records: list[RecordCopy],
) -> None:
    logic, restored = MonitorLogic(LINE, 1), MonitorLogic(LINE, 1)
    logic.step(records[:500])
    chunks = checkpoint_of(logic)
    head = msgspec.msgpack.decode(zlib.decompress(chunks[b"1/head"][8:]))
    del head["per_chunk"]
    packed = zlib.compress(msgspec.msgpack.encode(head))
    chunks[b"1/head"] = chunks[b"1/head"][:8] + packed
    chunks[b"1/feeds"] = chunks.pop(b"1/feeds/00000")
    index = chunks[b"1/index"].replace(b"feeds/00000", b"feeds")
    assert restored.load(chunks | {b"1/index": index}) == {"telemetry": 500}
    written = restored.checkpoint()
    assert written.pop(b"1/feeds") is None
    assert written.keys() == chunks.keys() - {b"1/feeds"} | {b"1/feeds/00000"}
