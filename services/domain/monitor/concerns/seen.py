"""What a rule sees of a live reading, and how it says what it found."""

import math
from typing import Any, NamedTuple, get_args

from schemas.zones import ZoneKind
from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import intervals

_KINDS = get_args(ZoneKind)
PORT, TERMINAL, DEPOT = (1 << _KINDS.index(kind) for kind in ("port", "terminal", "depot"))
"""Bits of `Seen.inside`."""
SECOND_US = 1_000_000

VALUE, THRESHOLD = range(2)
"""Places in `Seen.said`."""


class Seen(NamedTuple):
    """A reading beside what is known of its asset."""

    reading: Any  # time_us, lat, lon
    asset: Any  # its record: where it is believed to be, its state
    plan: Any  # the class's record
    bounds: Array  # of the class's channels
    channels: Array  # the asset's: `held` is the last value of each
    cleaned: Array  # the reading's values; NaN where it has none
    said: Array  # what was seen and what is allowed, for people: see `say`
    from_lat: float  # where it was believed to be before the reading
    from_lon: float
    since_us: int  # since the fix before; beyond any clock when there was none
    made_km: float  # since then; NaN when the reading has no fix that is believed
    inside: int  # kinds of zone that it is in, as bits
    moving: int  # whether it makes way


@compiled
def say(seen: Seen, value: float, threshold: float) -> None:
    """What was seen, against what is allowed, in the unit of the rule's channel."""
    seen.said[VALUE] = value
    seen.said[THRESHOLD] = threshold


@compiled
def held(seen: Seen, channel: int) -> float:
    """A channel of the asset as last known, where that is recent enough; else NaN."""
    return last_known(
        seen.channels[channel], seen.bounds[channel], seen.plan, seen.moving, seen.reading.time_us
    )


@compiled
def last_known(channel: Any, bound: Any, plan: Any, moving: int, time: int) -> float:
    """The channel as last known, where that is recent enough."""
    usual_us = intervals.usual_us(channel.interval_us, moving, bound.interval_us)
    fresh = time - channel.held_time <= plan.held_intervals * usual_us
    return float(channel.held) if fresh else math.nan
