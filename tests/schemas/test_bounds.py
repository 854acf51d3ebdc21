"""Every value has one bound, the same at every door: pydantic, the fast decoder, the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from schemas import TOPICS, Reading, Tick
from schemas.messages import (
    EARLIEST,
    LATEST,
    MAX_ID,
    MAX_INT,
    MAX_NAME,
    Name,
    UtcTime,
    clamp,
    is_name,
    to_utc,
)
from services.domain import wire
from tests import hostile

_read_time = TypeAdapter(UtcTime).validate_python
_ZONES = st.builds(lambda m: timezone(timedelta(minutes=m)), st.integers(-1_439, 1_439))


@pytest.mark.parametrize(
    "time",
    ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+14:00", "2200-01-01T00:00:00Z",
     "2199-12-31T23:59:59-00:01", "1899-12-31T23:59:59.9Z", "1900-01-01T00:00:00+00:01"],
)  # fmt: skip
def test_a_time_out_of_bounds_is_refused_with_the_bounds(time: str) -> None:
    with pytest.raises(ValueError, match="1900 to 2199"):
        to_utc(datetime.fromisoformat(time))
    with pytest.raises(ValidationError, match="1900 to 2199"):
        _read_time(time)


@given(st.datetimes(timezones=_ZONES))
def test_no_time_raises_anything_else(time: datetime) -> None:
    try:
        assert EARLIEST <= to_utc(time) == time <= LATEST
    except ValueError:
        assert not EARLIEST <= time <= LATEST
    assert EARLIEST <= clamp(time).astimezone(UTC) <= LATEST


@pytest.mark.parametrize("time", [1767225600, 1e300, 0, True, "1767225600", "", "12"])
def test_a_number_is_no_time(time: object) -> None:
    with pytest.raises(ValidationError, match="RFC 3339"):
        _read_time(time)


@given(st.text(max_size=MAX_NAME + 2))
def test_a_name_is_one_wherever_it_is_asked(text: str) -> None:
    try:
        TypeAdapter(Name).validate_python(text)
        assert is_name(text)
    except ValidationError:
        assert not is_name(text)


@pytest.mark.parametrize("text", ["\ud800", "a\n", "\0", "\x7f", "\x85", "", "n" * 257])
def test_what_is_no_name(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(text)


TICK = b'{"kind":"tick","source":"f","ingest_time":"2026-03-01T12:00:00Z","other":%s}'


@given(st.one_of(hostile.values("telemetry"), hostile.good_values("telemetry")))
@example(TICK % (b"9" * 4_300))
@example(TICK % (b"9" * 4_301))
@example(TICK % (b"[9." + b"9" * 4_301 + b"]"))
@example(TICK % (b'"' + b"9" * 4_301 + b'"'))
def test_the_fast_decoder_takes_what_the_models_take(value: bytes) -> None:
    assume(b"NaN" not in value and b"Infinity" not in value)  # no JSON, whoever reads it
    is_tick = b'"kind"' in value and _takes(Tick, value)  # pydantic fills in what is constant
    assert _takes_wire(value) == (_takes(Reading, value) or is_tick)


def _takes_wire(value: bytes) -> bool:
    try:
        wire.read(value)
        return True
    except wire.UNREADABLE:
        return False


def _takes(model: type[BaseModel], value: bytes) -> bool:
    try:
        model.model_validate_json(value, strict=True)
        return True
    except ValidationError:
        return False


def test_the_database_indexes_the_longest_id() -> None:
    most_of_a_page, bytes_a_character = 2_704, 4
    assert MAX_ID * bytes_a_character < most_of_a_page
    assert MAX_INT == 2**63 - 1  # bigint


@pytest.mark.parametrize(
    "model",
    dict.fromkeys(m for t in TOPICS.values() for m in t.messages),  # in an order
    ids=lambda m: m.__name__,
)
def test_every_integer_and_every_identifier_of_a_message_is_bounded(model: type[BaseModel]) -> None:
    free = {"summary", "note", "detail", "reason", "raw"}
    for name, field in model.model_json_schema()["properties"].items():
        for option in field.get("anyOf", [field]):
            if option.get("type") == "integer":
                assert {"minimum", "maximum"} <= option.keys(), name
            if option.get("type") == "string" and not {"enum", "const", "format"} & option.keys():
                assert "maxLength" in option or name in free, name
            if option.get("type") == "object":
                assert option["propertyNames"]["maxLength"] == MAX_NAME, name
