"""The messages are described for people in `schemas`, for machines in `wire`: the same fields."""

from collections.abc import Iterable

import pytest

from schemas import Reading, Signal, Tick
from schemas.messages import Message
from services.domain.monitor.read.records import FIELDS
from services.domain.wire import WireReading, WireSignal, WireTick


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Reading, WireReading.__struct_fields__),
        (Reading, set(FIELDS) - {"kind"}),
        (Tick, WireTick.__struct_fields__),
        (Tick, ("version", "kind", "source", "ingest_time")),
        (Signal, WireSignal.__struct_fields__),
    ],
)
def test_machines_know_every_field(model: type[Message], fields: Iterable[str]) -> None:
    assert set(fields) == model.model_fields.keys()


def test_the_scan_expects_the_fields_in_the_order_in_which_they_are_written() -> None:
    assert tuple(Reading.model_fields) == FIELDS[: len(Reading.model_fields)]
