"""How a process of the line ends when it cannot go on.

RuntimeError
    PartitionLost        the partition cannot go on here; another owner, or the next life, can
        PositionRefused  it can go on nowhere until somebody has seen to its topic
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

logger = logging.getLogger(__name__)

EXIT_CODE = 70
"""Of a process that lost a partition; its supervisor starts it again."""


class PartitionLost(RuntimeError):
    """The partition cannot go on here: a new owner fenced it, a transaction failed, or a bug."""


class PositionRefused(PartitionLost):
    """A saved position that its topic does not have; the sentence says what to do."""


def end_process(error: BaseException) -> NoReturn:
    """Crash only: no clean-up could do better than the next owner's restore."""
    trace = None if isinstance(error, PositionRefused) else error
    logger.critical("ending with exit code %d: %s", EXIT_CODE, error, exc_info=trace)
    logging.shutdown()
    os._exit(EXIT_CODE)


@contextmanager
def crash_only() -> Iterator[None]:
    """Around what is called by a framework that would log an error and go on."""
    try:
        yield
    except Exception as error:
        end_process(error)
