"""A saved position against what its topic holds."""

import logging
from dataclasses import dataclass
from typing import Protocol

from services.partition.ending import PositionRefused

logger = logging.getLogger(__name__)


class Place(Protocol):
    """A partition of a topic; aiokafka's TopicPartition is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...


@dataclass(frozen=True)
class Saver:
    """Who saved a position, and how it begins anew: the words of the sentences about it."""

    service: str
    begin_anew: str


def beyond_the_end(saver: Saver, place: Place, position: int, end: int) -> PositionRefused:
    """The sentence about a position that the topic has not reached, or not any more."""
    return PositionRefused(
        f"The {saver.service} stands at offset {position} of {place.topic}-{place.partition}, which"
        f" ends at {end}: the topic was made anew or cut short, or this is another Kafka. Give this"
        f" line the Kafka that the position belongs to; or {saver.begin_anew}, for the database"
        f" takes what a new Kafka numbers like the old one as already stored."
    )


def after_run(saver: Saver, place: Place, position: int, run: tuple[int, int]) -> int:
    """The position after a fetched run of records, given by its first and its last offset.

    Raises PositionRefused when it begins before `position`: that was out of the topic's range, and
    the client began again by itself.
    """
    first, last = run
    if first < position:
        raise beyond_the_end(saver, place, position, last + 1)
    return last + 1


def expired_before(saver: Saver, place: Place, position: int, bounds: tuple[int, int]) -> int:
    """How many records expired unread between `position` and the first offset kept; logs them.

    `bounds` are the first offset kept and the offset after the last.  Raises PositionRefused when
    `position` is beyond the end.
    """
    first, end = bounds
    if position > end:
        raise beyond_the_end(saver, place, position, end)
    if position >= first:
        return 0
    logger.error(
        "%s: records %d to %d of %s-%d expired before they were read: keep the topic longer",
        saver.service, position, first - 1, place.topic, place.partition,
    )  # fmt: skip
    return first - position
