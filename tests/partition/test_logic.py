"""What is made of a record that no logic can take."""

import json

import pytest

from services.partition import RecordCopy, rejection
from services.partition.logic import MAX_RAW
from tests.partition.counting import counting_line


@pytest.mark.parametrize(("size", "kept"), [(10, 10), (MAX_RAW, MAX_RAW), (1_000_000, MAX_RAW)])
def test_a_rejected_record_fits_into_a_message(size: int, kept: int) -> None:
    detail = "No JSON." + "k" * size
    record = RecordCopy("facts", 1, 7, 0, b"k", b"x" * size)
    output = rejection(counting_line("nowhere:9092", "s"), record, "unreadable", detail)
    message = json.loads(output.value)
    assert len(output.value) < 1_000_000
    assert (message["id"], len(message["raw"])) == ("facts-1-7", -(-kept // 3) * 4)
    cut = f"; the first {MAX_RAW} of {size} bytes are kept" if size > kept else ""
    assert message["detail"] == f"{detail[:1_000]}{cut}"
