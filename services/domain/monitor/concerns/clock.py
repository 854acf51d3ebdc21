"""The clocks of the feeds of one partition, and where one of them crosses a grid point.

A clock only rises, so that one record from the year 2199 would stop it for ever. A leap ahead of
more than LEAP_US is therefore believed only when the feed's next record agrees with it; otherwise
it is forgotten. A feed that was down for days loses the one record that says so first.

    clock_us  the largest ingest time believed of the feed
    leap_us   a time far ahead that the feed's last record gave, or NEVER_US; a feed's first record
              is such a leap as well: its clock is put back if the second one is far behind it
"""

from typing import Any

import numpy as np

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.plan import NEVER_US, SECOND_US

GRID_US = 10 * SECOND_US
"""The clock of a feed is looked at whenever it passes a multiple of this."""
# far above the pauses of a feed without ticks, as a tracker that is heard by satellite a few times
# a day; a clock that is wrong by less is caught up with within the day
LEAP_US = 24 * 3_600 * SECOND_US


@compiled
def advance(feed: Any, ingest_us: int) -> int:
    """Takes a record's ingest time; by how much the clock moved if it passed a grid point, or 0."""
    before = feed.clock_us
    if before == NEVER_US:
        feed.clock_us = feed.leap_us = ingest_us
        return 0
    _believe(feed, ingest_us)
    clock = feed.clock_us
    return clock - before if clock > before and clock // GRID_US > before // GRID_US else 0


@compiled
def _believe(feed: Any, ingest_us: int) -> None:
    clock, leap = feed.clock_us, feed.leap_us
    if leap == clock and ingest_us < clock - LEAP_US:  # only the first record said so
        feed.clock_us = feed.leap_us = ingest_us
    elif ingest_us <= clock + LEAP_US:
        feed.clock_us, feed.leap_us = max(clock, ingest_us), NEVER_US
    elif leap > clock and ingest_us >= leap - LEAP_US:
        feed.clock_us, feed.leap_us = max(leap, ingest_us), NEVER_US
    else:
        feed.leap_us = ingest_us


@compiled
def middle_by_size(lags: Array) -> int:
    """The median of the lags by their size; of two the smaller one, of equals the first."""
    sizes = np.abs(lags)
    rank = (len(lags) - 1) // 2
    size = np.partition(sizes, rank)[rank]
    smaller = 0
    for n in range(len(sizes)):
        smaller += 1 if sizes[n] < size else 0
    for n in range(len(sizes)):
        if sizes[n] == size:
            if smaller == rank:
                return int(lags[n])
            smaller += 1
    return 0
