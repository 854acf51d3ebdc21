"""Messages: time is aware and UTC, values are finite, raw bytes survive, facts are immutable."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import ASSET_CLASSES, TOPICS, Reading, Rejected
from schemas.topics import ASSET_PARTITIONS

T0 = datetime(2026, 1, 1, tzinfo=UTC)
READING = {
    "asset": "ship-9074729",
    "asset_class": "ship",
    "source": "sim-7",
    "time": "2026-01-01T01:00:00+01:00",
    "ingest_time": "2026-01-01T00:00:01Z",
    "seq": 3,
}


def test_time_is_kept_as_utc() -> None:
    reading = Reading.model_validate(READING)
    assert reading.time == T0
    assert b'"time":"2026-01-01T00:00:00Z"' in reading.to_json()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", "2026-01-01T00:00:00"),
        ("lat", float("nan")),
        ("channels", {"sog_kn": float("inf")}),
        ("asset", ""),
        ("asset", "with space"),
        ("seq", -1),
    ],
)
def test_what_cannot_be_true_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        Reading.model_validate(READING | {field: value})


def test_a_message_cannot_be_altered() -> None:
    reading = Reading.model_validate(READING)
    with pytest.raises(ValidationError, match="frozen"):
        reading.seq = 4  # type: ignore[misc]


@given(raw=st.binary())
def test_rejected_keeps_every_byte(raw: bytes) -> None:
    rejected = Rejected(
        id="feed/1",
        source="feed",
        position=1,
        received_at=T0,
        reason="not_json",
        detail="The line is not JSON.",
        raw=raw,
    )
    assert Rejected.model_validate_json(rejected.to_json()).raw == raw


def test_topics_keyed_by_asset_have_the_same_partitions() -> None:
    keyed = [topic for topic in TOPICS.values() if topic.key == "asset"]
    assert {topic.partitions for topic in keyed} == {ASSET_PARTITIONS}


@pytest.mark.parametrize("asset_class", ASSET_CLASSES.values(), ids=ASSET_CLASSES.keys())
def test_an_asset_class_names_only_what_it_has(asset_class: object) -> None:
    from schemas import AssetClass

    assert isinstance(asset_class, AssetClass)
    names = {channel.name for channel in asset_class.channels}
    assert len(names) == len(asset_class.channels)
    used = {
        condition.quantity
        for state in asset_class.movement
        for condition in state.when
        if not condition.quantity.startswith("in:")
    }
    used |= {asset_class.speed_channel, asset_class.course_channel, asset_class.overspeed.channel}
    assert used <= names
