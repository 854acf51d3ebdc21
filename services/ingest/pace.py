"""When a second of a simulated world is due on the wall clock."""

import logging
import time
from typing import NamedTuple

logger = logging.getLogger(__name__)

_LOG_EVERY_S = 60.0


class Pace(NamedTuple):
    """World second `second` is due at `wall` (seconds since 1970), later ones at `speed`.

    Speed 0: everything is due at once.
    """

    speed: float
    second: int
    wall: float

    def ahead_s(self, second: int) -> float:
        """How long to wait for `second`, below 0 when it is overdue."""
        if not self.speed:
            return 0.0
        return self.wall + (second - self.second) / self.speed - time.time()


class Backlog:
    """Says at most once a minute that a world is behind its pace."""

    def __init__(self) -> None:
        self._next = 0.0

    def note(self, ahead_s: float) -> None:
        """Takes what `Pace.ahead_s` said of something that is due now."""
        if ahead_s < -1 and time.monotonic() >= self._next:
            logger.warning("the simulated world is %.0f s behind its pace", -ahead_s)
            self._next = time.monotonic() + _LOG_EVERY_S
