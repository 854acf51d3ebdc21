"""The parts of the bench by name, and their figures under the names of the report."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.monitor.bench import compare, core, line, load, recovery

Figures = dict[str, Any]
Say = Callable[[str], None]

_BLOCKED = "blocked_ms_max"


def bench(only: Iterable[str] | None, scale: float, say: Say) -> Figures:
    """The figures of the parts in `only` (all when None), nested as in their dotted names.

    `scale` below 1 measures with less.  Raises KeyError on a part that there is not.
    """
    figures: Figures = {"load_average": {"before": _load_average()}}
    for name in PARTS if only is None else only:
        part = PARTS[name]
        say(f"{name}: {part.__doc__}")
        found = part(scale, say)
        blocked = [of[_BLOCKED] for of in (figures, found) if _BLOCKED in of]
        figures |= found
        if blocked:
            figures[_BLOCKED] = max(blocked)
    figures["load_average"]["after"] = _load_average()
    return figures


def _core(scale: float, say: Say) -> Figures:
    """the core alone on six shapes of input"""
    return {"core_us": core.core_us(scale)}


def _growth(scale: float, say: Say) -> Figures:
    """1,000 and 100,000 assets, each in a process of its own"""
    return core.growth(scale)


def _shell(scale: float, say: Say) -> Figures:
    """through Kafka with a logic that does nothing"""
    return asyncio.run(line.shell(scale))


def _line(scale: float, say: Say) -> Figures:
    """the whole monitor, from Kafka to committed signals, 10,000 and 100,000 assets"""
    few = asyncio.run(line.whole_line(scale))
    say(f"line: {few}; now 100,000 assets")
    many = asyncio.run(line.whole_line(scale, 100_000))
    return {
        "readings_per_s": few["readings_per_s"],
        "line_us": few["line_us"],
        "with_100000_assets": {key: many[key] for key in ("readings_per_s", "line_us")},
        _BLOCKED: max(few["blocked_ms"], many["blocked_ms"]),
    }


def _load(scale: float, say: Say) -> Figures:
    """the whole monitor under 2,000 and 5,000 readings a second"""
    seconds = max(load.SECONDS * scale, load.LEAST_S)
    slow = asyncio.run(load.load(2_000, seconds))
    say(f"load: {slow}")
    fast = asyncio.run(load.load(5_000, seconds))
    say(f"load: {fast}")
    return {
        "us_at_2000_per_s": slow.cpu_us,
        "us_at_5000_per_s": fast.cpu_us,
        "latency_p50_ms_at_2000_per_s": slow.p50_ms,
        "latency_p99_ms_at_2000_per_s": slow.p99_ms,
        "latency_p50_ms": fast.p50_ms,
        "latency_p99_ms": fast.p99_ms,
        _BLOCKED: max(slow.blocked_ms, fast.blocked_ms),
    }


def _recovery(scale: float, say: Say) -> Figures:
    """a new owner takes over 10,000 and 100,000 assets"""
    found = {}
    for assets in (10_000, 100_000):
        found[str(assets)] = asyncio.run(recovery.recovery(int(assets * scale)))
        say(f"recovery: {assets}: {found[str(assets)]}")
    return {
        "recovery_s": {assets: one["recovery_s"] for assets, one in found.items()},
        _BLOCKED: max(one["blocked_ms"] for one in found.values()),
    }


def _peers(scale: float, say: Say) -> Figures:
    """others with eight z-scores an asset, beside ours with all detectors"""
    return asyncio.run(compare.compare(scale, say))


def _load_average() -> float:
    return round(os.getloadavg()[0], 1)


PARTS: Mapping[str, Callable[[float, Say], Figures]] = {
    "core": _core,
    "growth": _growth,
    "shell": _shell,
    "line": _line,
    "load": _load,
    "recovery": _recovery,
    "peers": _peers,
}
"""In the order in which they run; each takes a scale and somebody to tell of its progress."""
