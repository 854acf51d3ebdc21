"""What Kafka holds: identities of every record, and the signals that the readings ought to give."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from pydantic import ValidationError

from schemas import TOPICS
from services.domain import wire
from services.domain.alert_rules import fires
from services.domain.monitor.core import MonitorCore
from services.domain.wire import WireReading
from services.partition import Record
from services.partition.placement import Placement
from services.verify.log import TopicLog

Identity = tuple[str, str, datetime, int]
"""(asset, source, event time, seq) of a reading."""


class _Head(msgspec.Struct):
    id: str
    cause: str = ""
    change: str = ""


decode_head = msgspec.json.Decoder(_Head).decode


@dataclass
class KafkaSide:
    """Everything counted in Kafka; times are Kafka's own create times in milliseconds.

    `records` is a digest of each reading's bytes, in the order of `readings`.
    """

    readings: list[Identity] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    expected_signals: list[str] = field(default_factory=list)
    firing_signals: list[str] = field(default_factory=list)
    alert_causes: list[str] = field(default_factory=list)
    opened_alerts: list[tuple[str, str]] = field(default_factory=list)
    produced_ms: dict[str, int] = field(default_factory=dict)
    telemetry_is_whole: bool = True
    first_ms: int | None = None
    last_ms: int | None = None

    @property
    def seconds(self) -> float:
        """Wall time between the first and the last reading."""
        if self.first_ms is None or self.last_ms is None:
            return 0.0
        return (self.last_ms - self.first_ms) / 1000


_FIRING_CHANGES = ("opened", "repeated", "fired_again", "severity_raised")


async def count_kafka(log: TopicLog) -> KafkaSide:
    """Reads every topic that the database mirrors, from its beginning to its end."""
    side = KafkaSide()
    for partition in range(TOPICS["telemetry"].partitions):
        await _count_telemetry(log, partition, side)
    side.ids["facts"] = []
    async for record in log.records("facts"):
        if _is_readable("facts", record.value):
            fact = decode_head(record.value or b"").id
            side.ids["facts"].append(fact)
            side.produced_ms[fact] = record.timestamp
    for topic in ("signals", "transitions", "rejected"):
        side.ids[topic] = [head.id async for head in _heads(log, topic)]
    await _count_firing_signals(log, side)
    await _count_alerts(log, side)
    return side


async def _count_telemetry(log: TopicLog, partition: int, side: KafkaSide) -> None:
    core = MonitorCore(partition)
    placement = Placement(partition, TOPICS["telemetry"].partitions, wire.is_tick)
    records: list[Record] = []
    if await log.beginning("telemetry", partition) > 0:
        side.telemetry_is_whole = False
    async for record in log.partition_records("telemetry", partition):
        records.append(record)
        side.produced_ms[f"telemetry-{partition}-{record.offset}"] = record.timestamp
        reading = _reading(record.value)
        if reading is not None:
            side.readings.append((reading.asset, reading.source, reading.time, reading.seq))
            side.records.append(hash(record.value))
            side.first_ms = min(side.first_ms or record.timestamp, record.timestamp)
            side.last_ms = max(side.last_ms or record.timestamp, record.timestamp)
        if len(records) == _REPLAY_BATCH:
            _replay(core, placement, records, side)
            records = []
    _replay(core, placement, records, side)


_REPLAY_BATCH = 5_000


def _replay(
    core: MonitorCore, placement: Placement, records: Sequence[Record], side: KafkaSide
) -> None:
    """The monitor's own pure core, run again: what it says now is what the line must have said."""
    records, _ = placement.sort(records)
    outcome = core.step(
        [record.offset for record in records],
        [record.value or b"" for record in records],
        [record.key for record in records],
    )
    side.expected_signals += [decode_head(value).id for _, value in outcome.signals]


async def _count_firing_signals(log: TopicLog, side: KafkaSide) -> None:
    async for record in log.records("signals"):
        if not _is_readable("signals", record.value):
            continue
        signal = json.loads(record.value or b"{}")
        if fires(signal):
            side.firing_signals.append(signal["id"])


async def _count_alerts(log: TopicLog, side: KafkaSide) -> None:
    changes = [head async for head in _heads(log, "alerts")]
    side.ids["alerts"] = [change.id for change in changes]
    side.alert_causes = [change.cause for change in changes if change.change in _FIRING_CHANGES]
    side.opened_alerts = [(c.id, c.cause) for c in changes if c.change == "opened"]


async def _heads(log: TopicLog, topic: str) -> AsyncIterator[_Head]:
    """What the services cannot read has no identity: they keep it in `rejected`."""
    async for record in log.records(topic):
        if _is_readable(topic, record.value):
            yield decode_head(record.value or b"")


def _is_readable(topic: str, value: bytes | None) -> bool:
    (model,) = TOPICS[topic].messages
    try:
        model.model_validate_json(value or b"")
    except ValidationError:
        return False
    return True


def _reading(value: bytes | None) -> WireReading | None:
    try:
        read = wire.read(value or b"")
    except wire.UNREADABLE:
        return None
    return read if isinstance(read, WireReading) else None
