"""What has become of every record: by topic, the offsets that the database can account for."""

from collections import Counter
from collections.abc import Iterable

import psycopg

from services.domain import wire
from services.partition import Record

_TABLES = {
    "signals": ("signal", "asset_minute"),
    "facts": ("fact",),
    "transitions": ("transition",),
    "alerts": ("alert_change",),
    "rejected": ("rejected",),
}


def unaccounted(records: Iterable[Record], dsn: str) -> dict[str, Counter[int]]:
    """By topic, the offsets of `records` that are not, or more than once, in the database.

    A record is a row of its table, or one of `rejected`, or (an identity told before) one of
    `sink_duplicates`; a tick is none.  Rows of readings bear no offset: they are counted.
    """
    told: dict[str, Counter[int]] = {}
    for record in records:
        if record.topic != "telemetry" or not _is_tick(record.value or b""):
            told.setdefault(record.topic, Counter())[record.offset] += 1
    with psycopg.connect(dsn) as connection:
        for (id,) in connection.execute(
            "SELECT substr(id, 7) FROM rejected WHERE id LIKE 'kafka:%'"
            " UNION ALL SELECT id FROM sink_duplicates"
        ):
            topic, _, offset = id.rsplit("-", 2)
            told.setdefault(topic, Counter())[int(offset)] -= 1
        for topic, tables in _TABLES.items():
            for table in tables:
                of_topic = "" if table != "rejected" else " WHERE id NOT LIKE 'kafka:%'"
                statement = f"SELECT kafka_offset FROM {table}{of_topic}"
                for (offset,) in connection.execute(statement.encode()):
                    told.setdefault(topic, Counter())[offset] -= 1
        ((readings,),) = connection.execute("SELECT count(*) FROM reading")
    found = {topic: Counter({o: n for o, n in c.items() if n}) for topic, c in told.items()}
    left = found.pop("telemetry", Counter())
    if left.total() != readings or any(n < 0 for n in left.values()):
        found["telemetry"] = left
    return {topic: offsets for topic, offsets in found.items() if offsets}


def _is_tick(value: bytes) -> bool:
    try:
        return isinstance(wire.read(value), wire.WireTick)
    except wire.UNREADABLE:
        return False
