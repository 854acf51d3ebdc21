"""Hostile records of every topic on a real PostgreSQL: each is stored or rejected, none stops."""

from collections import Counter
from itertools import chain, zip_longest

import pytest

from services.database.migrate import migrate
from services.historian.sink import Sink
from services.partition import RecordCopy
from tests import hostile
from tests.accounts import unaccounted
from tests.historian.records import reading, rows, told

pytestmark = pytest.mark.servers

_RECORDS, _SEED = 400, 3


def test_every_hostile_record_is_accounted_for_and_good_ones_are_stored(database: str) -> None:
    bad = [r for r in hostile.some(_RECORDS, _SEED) if r.topic != "commands"]
    good = told(reading(n, seq=n, asset="good-1", source="good") for n in range(40))
    values = [(r.topic, r.partition, r.value) for r in bad]
    mixed = chain(*zip_longest(values, [(r.topic, 0, r.value) for r in good]))
    places: Counter[tuple[str, int]] = Counter()
    records = []
    for topic, partition, value in filter(None, mixed):
        records.append(RecordCopy(topic, partition, places[topic, partition], -1, None, value))
        places[topic, partition] += 1
    migrate(database)
    sink = Sink(database)
    sink.take_over(places)
    for start in range(0, len(records), 150):
        sink.write(records[start : start + 150])
    sink.close()
    assert unaccounted(records, database) == {}
    assert rows(database, "SELECT count(*) FROM reading WHERE source = 'good'") == [(40,)]
    assert rows(database, "SELECT count(*) FROM signal")[0][0] > 0
