"""The rules that a class's data may name; to add one, write its file and a row here.

A row's name is the rule's in the class data and, with a version, the detector of its signals.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.domain.monitor.concerns import doors, landing

Judge = Callable[..., int]
"""Of the rule's record, what is `Seen` and the rule's own memory: 1 where the rule holds, -1 where
it is over, 0 where the reading says neither."""

RULES: Mapping[str, Judge] = MappingProxyType(
    {
        "doors_open_under_way/1": doors.judge,
        "hard_landing/1": landing.judge,
    }
)
NAMES = tuple(name.partition("/")[0] for name in RULES)
