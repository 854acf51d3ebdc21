"""A record lies in the partition of its key, as Kafka's own clients put it, or is set aside."""

from services.partition import RecordCopy
from services.partition.placement import Placement

HASHES = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"abc": 479470107,
}
"""murmur2, from the tests of Kafka's Java client."""


def record(key: bytes | None, value: bytes = b"{}", offset: int = 0) -> RecordCopy:
    return RecordCopy("telemetry", 0, offset, 0, key, value)


def reasons(placement: Placement, *records: RecordCopy) -> list[str]:
    return [reason for _, reason, _ in placement.sort(records)[1]]


def test_a_key_belongs_where_other_clients_put_it() -> None:
    for key, hashed in HASHES.items():
        home = (hashed & 0x7FFFFFFF) % 4
        found = [reasons(Placement(number, 4), record(key)) for number in range(4)]
        assert [number for number, wrong in enumerate(found) if not wrong] == [home], key


def test_what_lies_wrong_is_told_and_the_rest_keeps_its_order() -> None:
    placement = Placement(2, 4)
    good = [record(b"foobar", offset=n) for n in range(3)]
    assert placement.sort(good) == (good, [])
    right, wrong = placement.sort([good[0], record(b"abc"), good[1], record(None), good[2]])
    assert right == good
    assert [reason for _, reason, _ in wrong] == ["wrong_partition", "no_key"]
    assert "partition 3 of 4" in wrong[0][2]
    assert placement.sort(good) == (good, []), "keys known to be right"


def test_a_broadcast_lies_everywhere() -> None:
    placement = Placement(0, 4, lambda value: value == b"tick")
    assert reasons(placement, record(b"abc", b"tick"), record(b"abc")) == ["wrong_partition"]
    assert reasons(placement, record(None, b"tick"), record(None)) == ["no_key"]
