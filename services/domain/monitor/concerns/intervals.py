"""How often an asset reports, learned from its reports: per feed, per channel, moving and at rest.

The estimate moves towards each gap, by a fifth of itself at most, so that an outage is no habit; a
gap below the channels' own interval belongs to a burst and says nothing.

    interval_us  the estimates at rest and moving; 0 before the first gap
"""

from services.domain.compiled import compiled
from services.domain.form import Array


@compiled
def learn(interval_us: Array, moving: int, gap_us: int, floor_us: int) -> None:
    """Takes a gap between two reports."""
    if gap_us < floor_us:
        return
    before = interval_us[moving]
    if before == 0:
        interval_us[moving] = gap_us
    else:
        most = before // 5 + 1
        interval_us[moving] = before + min(max(gap_us - before, -most), most)


@compiled
def usual_us(interval_us: Array, moving: int, floor_us: int) -> int:
    """What is usual now; in a state not known yet it is as in the other."""
    learned = interval_us[moving]
    if learned == 0:
        learned = interval_us[1 - moving]
    return int(max(learned, floor_us))
