"""Whether a record lies in the partition to which its key belongs.

Everything of an asset meets because Kafka's default partitioner puts its key, the asset's id, into
the same partition of every topic.  A record in another partition would be a second life of its
asset, and one without a key lies anywhere.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from aiokafka.partitioner import DefaultPartitioner

from services.partition.logic import Record

_MAX_KNOWN = 1 << 17
_partition = DefaultPartitioner()
_key = attrgetter("key")

Misplaced = tuple[Record, str, str]
"""A record, a short code of what is wrong, and a sentence that says what to do."""


class Placement:
    """Sorts out what lies wrong in partition `number` of `count`.

    `is_broadcast` tells by its value what is written into every partition.
    """

    def __init__(
        self, number: int, count: int, is_broadcast: Callable[[bytes], bool] | None = None
    ) -> None:
        self._number, self._numbers = number, list(range(count))
        self._is_broadcast = is_broadcast
        self._at_home: set[bytes | None] = set()  # keys; hashing one costs more than all else

    def sort(self, records: Sequence[Record]) -> tuple[Sequence[Record], list[Misplaced]]:
        """The records that lie right, in order, and the others."""
        if self._at_home.issuperset(map(_key, records)):
            return records, []
        found = [(record, self._fault(record)) for record in records]
        misplaced = [(record, *fault) for record, fault in found if fault is not None]
        if not misplaced:
            return records, []
        return [record for record, fault in found if fault is None], misplaced

    def _fault(self, record: Record) -> tuple[str, str] | None:
        key, belongs_to = record.key, None
        if key in self._at_home:
            return None
        if key is not None:
            belongs_to = _partition(key, self._numbers, self._numbers)
            if belongs_to == self._number:
                if len(self._at_home) >= _MAX_KNOWN:
                    self._at_home.clear()
                self._at_home.add(key)
                return None
        if self._is_broadcast is not None and self._is_broadcast(record.value or b""):
            return None
        if key is None:
            return "no_key", "The record has no key: send it under its asset's id."
        return "wrong_partition", (
            f"The key {key[:100]!r} belongs to partition {belongs_to} of {len(self._numbers)}:"
            " write it with Kafka's default partitioner (murmur2; librdkafka: murmur2_random)."
        )
