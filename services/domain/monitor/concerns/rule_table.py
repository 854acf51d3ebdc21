"""The rules that a class's data may name; to add one, write its file in `judges` and a row here.

A row's name is the rule's in the class data and, with a version, the detector of its signals.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.domain.monitor.judges import (
    aground,
    air_leak,
    contradicted,
    door_hold,
    doors,
    drifting,
    fuel_loss,
    interference,
    landing,
    loitering,
    wheel_flat,
)

Judge = Callable[..., int]
"""Of the rule's record, what is `Seen` and the rule's own memory: 1 where the rule holds, -1 where
it is over, 0 where the reading says neither."""

RULES: Mapping[str, Judge] = MappingProxyType(
    {
        "doors_open_under_way/1": doors.judge,
        "hard_landing/1": landing.judge,
        "loitering/1": loitering.judge,
        "drifting/1": drifting.judge,
        "aground/1": aground.judge,
        "fuel_loss/1": fuel_loss.judge,
        "gps_interference/1": interference.judge,
        "position_contradicted/1": contradicted.judge,
        "door_hold/1": door_hold.judge,
        "compressor_leak/1": air_leak.judge,
        "wheel_flat/1": wheel_flat.judge,
    }
)
NAMES = tuple(name.partition("/")[0] for name in RULES)
