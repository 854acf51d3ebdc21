"""Doors open under way: an open door while the speed is over the rule's limit.

It ends when the doors are closed; while the asset stands with open doors nothing changes.
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import Seen


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    open_doors, speed = seen.cleaned[rule.channel], seen.cleaned[seen.plan.speed]
    if math.isnan(open_doors):
        return 0
    if open_doors < 0.5:
        return -1
    return 1 if speed > rule.limit else 0
