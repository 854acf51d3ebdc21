"""The parts of the bench by name, and their figures under the names of the report."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from services.monitor.bench import compare, core, line, load, recovery

Figures = dict[str, Any]
Say = Callable[[str], None]

_BLOCKED = "blocked_ms_max"
_FEW, _MANY = 10_000, 100_000


class Part(NamedTuple):
    """What is measured, under which names, and how: at a scale, telling somebody of its progress.

    Scales below 1 measure with less.
    """

    about: str
    gives: frozenset[str]
    run: Callable[[float, Say], Figures]


def bench(only: Iterable[str], scale: float, say: Say) -> Figures:
    """The figures of the parts in `only`, nested as in their dotted names.

    `load_average` says how busy the machine was before and after; `blocked_ms_max` is the most that
    any of the parts has seen.  Raises KeyError on a part that there is not.
    """
    figures: Figures = {"load_average": {"before": _load_average()}}
    for name in only:
        part = PARTS[name]
        say(f"{name}: {part.about} ...")
        found = part.run(scale, say)
        if found.keys() != part.gives:
            raise RuntimeError(f"{name} gives {sorted(found)}, not {sorted(part.gives)}")
        found[_BLOCKED] = max(found.get(_BLOCKED, 0.0), figures.get(_BLOCKED, 0.0))
        figures |= found
    figures["load_average"]["after"] = _load_average()
    return figures


def _core(scale: float, say: Say) -> Figures:
    return {"core_us": core.core_us(scale)}


def _growth(scale: float, say: Say) -> Figures:
    return core.growth(scale)


def _shell(scale: float, say: Say) -> Figures:
    return asyncio.run(line.shell(scale))


def _line(scale: float, say: Say) -> Figures:
    few = asyncio.run(line.whole_line(_FEW, 3, scale))
    say(f"line: {_FEW:,} assets: {few}")
    many = asyncio.run(line.whole_line(_MANY, 1, scale))
    say(f"line: {_MANY:,} assets: {many}")
    return {
        "readings_per_s": few.per_s,
        "line_us": few.cpu_us,
        f"with_{_MANY}_assets": {"readings_per_s": many.per_s, "line_us": many.cpu_us},
        _BLOCKED: max(few.blocked_ms, many.blocked_ms),
    }


def _load(scale: float, say: Say) -> Figures:
    seconds = max(load.SECONDS * scale, load.LEAST_S)
    slow = asyncio.run(load.load(2_000, seconds))
    say(f"load: {slow}")
    fast = asyncio.run(load.load(5_000, seconds))
    say(f"load: {fast}")
    return {
        "us_at_2000_per_s": slow.cpu_us,
        "latency_p50_ms_at_2000_per_s": slow.p50_ms,
        "latency_p99_ms_at_2000_per_s": slow.p99_ms,
        "us_at_5000_per_s": fast.cpu_us,
        "latency_p50_ms": fast.p50_ms,
        "latency_p99_ms": fast.p99_ms,
        _BLOCKED: max(slow.blocked_ms, fast.blocked_ms),
    }


def _recovery(scale: float, say: Say) -> Figures:
    found = {}
    for assets in (_FEW, _MANY):
        found[assets] = asyncio.run(recovery.recovery(int(assets * scale)))
        say(f"recovery: {assets:,} assets: {found[assets]}")
    return {
        "recovery_s": {str(assets): took.wall_s for assets, took in found.items()},
        _BLOCKED: max(took.blocked_ms for took in found.values()),
    }


def _peers(scale: float, say: Say) -> Figures:
    costs = asyncio.run(compare.costs_us(scale, say))
    ratios = {f"ratio_{name}": _ratio(costs, name) for name in compare.PEERS}
    return {**ratios, "peers_us": costs}


def _ratio(costs: Mapping[str, float], name: str) -> float | None:
    return round(costs[name] / costs["ours"], 2) if name in costs else None


def _load_average() -> float:
    return round(os.getloadavg()[0], 1)


_LOAD = {
    f"{what}{at}"
    for what in ("latency_p50_ms", "latency_p99_ms")
    for at in ("", "_at_2000_per_s")
} | {"us_at_2000_per_s", "us_at_5000_per_s"}  # fmt: skip

PARTS: Mapping[str, Part] = {
    "core": Part("the core alone on six shapes of input", frozenset({"core_us"}), _core),
    "growth": Part(
        "1,000 and 100,000 assets, each in a process of its own",
        frozenset({"us_growth", "bytes_per_asset"}),
        _growth,
    ),
    "shell": Part("through Kafka with an empty logic", frozenset({"shell_us"}), _shell),
    "line": Part(
        "the whole monitor, from Kafka to committed signals",
        frozenset({"readings_per_s", "line_us", f"with_{_MANY}_assets", _BLOCKED}),
        _line,
    ),
    "load": Part(
        "the whole monitor at 2,000 and 5,000 readings a second",
        frozenset({*_LOAD, _BLOCKED}),
        _load,
    ),
    "recovery": Part(
        "a new owner takes over 10,000 and 100,000 assets",
        frozenset({"recovery_s", _BLOCKED}),
        _recovery,
    ),
    "peers": Part(
        "others with eight z-scores an asset, ours with all detectors",
        frozenset({"peers_us", *(f"ratio_{name}" for name in compare.PEERS)}),
        _peers,
    ),
}
"""In the order in which they run."""
