"""Keeps the client library's log readable: a broker that is away is told once a minute."""

import logging
import time
from functools import cache

_EVERY_S = 60.0
_NAMES = (
    "aiokafka", "aiokafka.client", "aiokafka.conn", "aiokafka.cluster",
    "aiokafka.consumer.fetcher", "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.sender", "aiokafka.producer.producer",
)  # fmt: skip


class _OnceAMinute(logging.Filter):
    """Lets a sentence through once a minute, whatever numbers are in it."""

    def __init__(self) -> None:
        super().__init__()
        self._said_s: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        # Kafka 4 answers old clients so while the last transaction's markers are being written; the
        # client tries again after 10 ms and succeeds.
        if "NotEnoughReplicasError" in record.getMessage():
            return False
        said_s, now_s = self._said_s.get(str(record.msg), -_EVERY_S), time.monotonic()
        if now_s < said_s + _EVERY_S:
            return False
        self._said_s[str(record.msg)] = now_s
        return True


@cache
def quiet_kafka_client() -> None:
    """For the whole process; every further call does nothing."""
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    filter_ = _OnceAMinute()
    for name in _NAMES:
        logging.getLogger(name).addFilter(filter_)
