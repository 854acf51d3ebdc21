"""Whatever a record of telemetry holds, the monitor steps it or rejects it, and others count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Reading, Signal
from services.monitor.logic import MonitorLogic, monitor_line
from services.partition import RecordCopy
from services.settings import Settings
from tests import hostile

LINE = monitor_line(Settings("127.0.0.1:1", ""))
T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(offset: int, value: bytes, key: bytes = b"evil-1") -> RecordCopy:
    return RecordCopy("telemetry", 0, offset, 10**18, key, value)


def good(n: int) -> Reading:
    """A ship that goes too fast, then is silent for a while."""
    time = T0 + timedelta(seconds=10 * n if n < 20 else 7_200 + n)
    return Reading(asset="good-1", asset_class="ship", source="good", time=time, ingest_time=time,
                   seq=n, lat=50.0, lon=1 + n / 1_000, channels={"sog_kn": 40.0})  # fmt: skip


GOOD = [record(100 + n, good(n).to_json(), b"good-1") for n in range(30)]


@settings(max_examples=40)
@given(st.lists(hostile.values("telemetry"), max_size=8))
def test_hostile_records_change_nothing_for_others(told: list[bytes]) -> None:
    bad = [record(n, value) for n, value in enumerate(told)]
    alone, among = MonitorLogic(LINE, 0), MonitorLogic(LINE, 0)
    apart = alone.step(GOOD)
    mixed = among.step([*bad[::2], *GOOD[:15], *bad[1::2], *GOOD[15:]])
    assert [o for o in mixed.outputs if o.key == b"good-1"] == apart.outputs
    for output in mixed.outputs:
        if output.topic == "signals":  # the lifecycle and the historian read them with this model
            Signal.model_validate_json(output.value)
    restored = MonitorLogic(LINE, 0)
    assert restored.load({k: v for k, v in among.checkpoint().items() if v is not None})


_EDGES = ("1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z", "2199-12-31T00:00:00-12:00")


@pytest.mark.parametrize("time", _EDGES)
@pytest.mark.parametrize("ingest_time", _EDGES)
def test_the_edges_of_time_lead_to_signals_that_can_be_read(time: str, ingest_time: str) -> None:
    logic, outputs = MonitorLogic(LINE, 0), []
    for n in range(40):
        told = (
            good(n).model_copy(update={"asset": "evil-1", "source": "evil"}).model_dump(mode="json")
        )
        edge = {"time": time, "ingest_time": ingest_time} if n % 3 == 1 else {}
        outputs += logic.step([record(n, hostile.write({**told, **edge}))]).outputs
    assert outputs
    for output in outputs:
        Signal.model_validate_json(output.value)
