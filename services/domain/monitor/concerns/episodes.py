"""Data faults: flaws that persist, each one episode for the desk instead of a flag a reading.

A leaky bucket per (asset, flaw): a flawed reading pours in, a good one leaks. It begins an
episode above BEGIN and ends it when empty, so that three flaws close together are one, and a
single stray is none. What a late, future or repeated reading leaves unsaid is no good news: only
live readings leak. Repeated, late and missing readings, which healthy feeds have as well, have no
bucket: they are judged by how often they are on the asset's feed (habits). A begin or end is never
dated before the one that came before it.
"""

from typing import Any

from services.domain.compiled import compiled
from services.domain.monitor.concerns import habits
from services.domain.monitor.events import DATA_FAULT_BEGAN, DATA_FAULT_ENDED, Out, conclude
from services.domain.monitor.plan import SECOND_US

_POUR, _BEGIN, _FULL = 8, 20, 40


@compiled
def step(
    reading: Any, asset: Any, owner: Any, slot: int, flaw: int, channel: int, bad: bool,
    live: bool, out: Out,
) -> None:  # fmt: skip
    """Pours or leaks the bucket in `slot` of `owner`, which is the asset or one of its channels."""
    before = int(owner.flaw_level[slot])
    if bad:
        level = min(before + _POUR, _FULL)
    elif live and before > 0:
        level = before - 1
    else:
        return
    owner.flaw_level[slot] = level
    _count_open(asset, before, level)
    on = level > 0 if owner.flaw_on[slot] else level >= _BEGIN
    _signal_change(reading, asset, owner, slot, flaw, channel, on, out)


@compiled
def step_by_evidence(
    reading: Any, asset: Any, flaw: int, level: float, sure: float, out: Out
) -> None:
    """Takes what speaks now for a flaw that is judged by what is usual on the asset's feed."""
    before = asset.flaw_level[flaw]
    asset.flaw_level[flaw] = level
    _count_open(asset, before, level)
    on = habits.speaks_for(level, sure, asset.flaw_on[flaw])
    _signal_change(reading, asset, asset, flaw, flaw, -1, on, out)


@compiled
def _count_open(asset: Any, before: float, level: float) -> None:
    if before == 0 and level > 0:
        asset.open_flaws += 1
    elif before > 0 and level == 0:
        asset.open_flaws -= 1


@compiled
def _signal_change(
    reading: Any, asset: Any, owner: Any, slot: int, flaw: int, channel: int, on: bool, out: Out
) -> None:
    if on != (owner.flaw_on[slot] == 1):
        owner.flaw_on[slot] = 1 if on else 0
        kind = DATA_FAULT_BEGAN if on else DATA_FAULT_ENDED
        _signal(reading, asset, owner, slot, flaw, channel, kind, out)


@compiled
def _signal(
    reading: Any, asset: Any, owner: Any, slot: int, flaw: int, channel: int, kind: int, out: Out
) -> None:
    since = owner.flaw_time[slot]
    # a clock that runs ahead dates nothing in the future, or later ends would wait for it
    time = max(since, min(reading.time_us, out.now.ingest_us))
    owner.flaw_time[slot] = time
    event = conclude(out, asset, kind, time)
    event.flaw = flaw
    event.channel = channel
    event.evidence[0] = 0.0 if kind == DATA_FAULT_BEGAN else (time - since) / SECOND_US
