"""Hard landing: a peak of normal acceleration at touch-down that reaches the rule's limit.

The class data says that it is asked on the ground only: in the air a peak is turbulence.  The next
report on the ground without one ends it.
"""

import math
from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.seen import Seen, say


@compiled
def judge(rule: Any, seen: Seen, memory: Array) -> int:
    """1 where it holds, -1 where it is over, 0 where the reading says neither."""
    peak_g = seen.cleaned[rule.channel]
    if math.isnan(peak_g):
        return 0
    say(seen, peak_g, rule.limit)
    return 1 if peak_g >= rule.limit else -1
