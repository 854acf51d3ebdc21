"""What is said of a partition as time goes on: timelines of heartbeats and of the topic's end."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas import Heartbeat
from schemas.heartbeat import PartitionState
from services.domain.line_health import INPUTS, LineHealth, PartitionHealth
from services.historian import service as historian
from services.lifecycle.logic import MODELS
from services.monitor import logic as monitor

START = datetime(2026, 5, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def beat(
    second: float, offset: int | None, state: PartitionState = "live", partition: int = 0
) -> Heartbeat:
    return Heartbeat(
        service="monitor",
        topics=("telemetry",),
        partition=partition,
        state=state,
        detail="Delete the topic." if state == "refused" else "",
        offsets={} if offset is None else {"telemetry": offset},
        state_bytes=7,
        expired_records=0,
        time=at(second),
    )


def told(line: LineHealth, second: float, service: str = "monitor") -> PartitionHealth:
    """Of partition 0 of telemetry."""
    rows = line.judge(at(second))
    (row,) = (r for r in rows if (r.service, r.topic, r.partition) == (service, "telemetry", 0))
    return row


Step = tuple[float, int | None, PartitionState | None, int, str]
"""Second, offset and state in a heartbeat (None: no heartbeat), end of the topic, what is said."""

TIMELINES: dict[str, list[Step]] = {
    "keeps up": [
        (1, 0, "live", 0, "ok"), (3, 0, "live", 90, "ok"), (5, 88, "live", 100, "ok"),
        (60, 9_000, "live", 9_100, "ok"),
    ],
    "falls behind, moves, and catches up": [
        (1, 0, "live", 0, "ok"), (3, 1, "live", 5_000, "ok"), (14, 2, "live", 9_000, "ok"),
        (20, 900, "live", 9_000, "behind"), (45, 1_200, "live", 9_000, "behind"),
        (70, 2_000, "live", 9_000, "behind"), (75, 9_000, "live", 9_000, "ok"),
    ],
    "stands still while records wait": [
        (1, 10, "live", 10, "ok"), (500, 10, "live", 10, "ok"), (502, 10, "live", 14, "ok"),
        (520, 10, "live", 14, "behind"), (533, 10, "live", 14, "stuck"),
        (600, 10, "live", 90, "stuck"), (602, 12, "live", 90, "behind"),
    ],
    "is killed and comes back": [
        (1, 10, "live", 10, "ok"), (15, None, None, 10, "ok"), (17, None, None, 10, "ended"),
        (90, None, "restoring", 10, "behind"), (92, 10, "live", 10, "ok"),
    ],
    "restores without an end, in life after life": [
        (1, 10, "live", 10, "ok"), (3, None, "restoring", 20, "behind"),
        (100, None, "restoring", 20, "behind"), (190, None, "restoring", 20, "stuck"),
    ],
    "is held in a rebalance without an end": [
        (1, 10, "live", 10, "ok"), (3, 10, "held", 20, "behind"), (30, 10, "held", 20, "behind"),
        (40, 10, "held", 20, "stranded"), (42, 20, "live", 20, "ok"),
    ],
    "refuses, is started again and again, and is mended": [
        (1, None, "restoring", 10, "behind"), (2, None, "refused", 10, "ended"),
        (9, None, "restoring", 10, "ended"), (10, None, "refused", 10, "ended"),
        (100, None, None, 10, "ended"), (110, 0, "live", 10, "behind"),
    ],
    "the topic is made anew under it": [
        (1, 10, "live", 10, "ok"), (3, 10, "live", 2, "ok"), (5, None, None, 2, "stuck"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", TIMELINES)
def test_timeline(name: str) -> None:
    line = LineHealth(START)
    for second, offset, state, end, expected in TIMELINES[name]:
        if state is not None:
            line.take_heartbeat(beat(second, offset, state))
        line.take_ends({("telemetry", 0): end}, at(second))
        row = told(line, second)
        assert (second, row.state) == (second, expected), row.detail
        assert row.detail.endswith(".")


def test_who_was_never_heard_of_has_ended_after_a_grace() -> None:
    line = LineHealth(START)
    assert {row.state for row in line.judge(at(29))} == {"behind"}
    rows = line.judge(at(31))
    assert {row.state for row in rows} == {"ended"}
    assert {row.service for row in rows} == set(INPUTS)


def test_a_partition_that_nobody_owns_while_the_service_lives_is_stranded() -> None:
    line = LineHealth(START)
    line.take_heartbeat(beat(1, 10))
    line.take_heartbeat(beat(40, 5, partition=1))
    assert told(line, 41).state == "stranded"
    assert told(line, 56).state == "ended", "the other one has fallen silent as well"
    line.take_heartbeat(beat(57, 10))
    assert told(line, 57).state == "behind", "how far the topic reaches was never said"
    assert told(line, 57, "historian").state == "ended"


def test_numbers_are_those_of_the_last_heartbeat() -> None:
    line = LineHealth(START)
    line.take_heartbeat(beat(1, 10))
    line.take_ends({("telemetry", 0): 14}, at(2))
    row = told(line, 3.25)
    assert (row.offset, row.behind, row.age_s, row.state_bytes) == (10, 4, 2.2, 7)


def test_the_table_is_what_the_services_read() -> None:
    assert INPUTS["monitor"] == (monitor.INPUT,)
    assert set(INPUTS["lifecycle"]) == set(MODELS)
    assert set(INPUTS["historian"]) == {*historian._TELEMETRY, *historian._RECORDS}
