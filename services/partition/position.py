"""A saved position against what its topic holds."""

import logging
from typing import Protocol

from services.partition.ending import PositionRefused

logger = logging.getLogger(__name__)


class Place(Protocol):
    """A partition of a topic; aiokafka's TopicPartition is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...


def beyond_the_end(service: str, place: Place, position: int, end: int) -> PositionRefused:
    """The sentence about a position that the topic has not reached, or not any more."""
    return PositionRefused(
        f"The {service} stands at offset {position} of {place.topic}-{place.partition}, which ends"
        f" at {end}: the topic was made anew or cut short, or this is another Kafka. Connect the"
        f" {service} to its own Kafka, or remove what it saved to begin at the topic's start."
    )


def expired_before(service: str, place: Place, position: int, bounds: tuple[int, int]) -> int:
    """How many records expired unread between `position` and the first offset kept; logs them.

    `bounds` are the first offset kept and the offset after the last.  Raises PositionRefused when
    `position` is beyond the end.
    """
    first, end = bounds
    if position > end:
        raise beyond_the_end(service, place, position, end)
    if position >= first:
        return 0
    logger.error(
        "%s: records %d to %d of %s-%d expired before they were read: keep the topic longer",
        service, position, first - 1, place.topic, place.partition,
    )  # fmt: skip
    return first - position
