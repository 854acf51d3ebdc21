"""The core alone, no Kafka: MonitorCore.step on records, reading and writing JSON included.

    wide, narrow   5,000 readings of 5,000 and of 8 assets in a batch
    tiny           10 readings of 10 assets in a batch
    world, demo    the scenarios `standard` and `demo` (2,000 assets) in batches of 5,000 records
    history        one ship, batches of 2,000 of its readings

Processor time a reading, the median of several portions, after a portion that does not count: what
compiles or grows has done so by then.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import get_context
from statistics import median
from typing import NamedTuple

import psutil

from services.domain.monitor.core import MonitorCore
from services.monitor.bench.worlds import Keyed, batches, fleet, history, world
from simulators.scenario import load_scenario

_PORTIONS = 5
_BUDGET_S = 15.0
"""Of processor time; what takes longer is measured in fewer portions."""

_GROWTH = (1_000, 100_000)


class Shape(NamedTuple):
    """A stream of records and how it is cut: so many batches of `size` make a portion."""

    records: Iterator[Keyed]
    size: int
    batches: int


def _sized(number: int, scale: float) -> int:
    return max(int(number * scale), 10)


SHAPES: Mapping[str, Callable[[float], Shape]] = {
    "wide": lambda scale: Shape(fleet(_sized(5_000, scale)), _sized(5_000, scale), 2),
    "narrow": lambda scale: Shape(fleet(8), _sized(5_000, scale), 1),
    "tiny": lambda scale: Shape(fleet(_sized(500, scale)), 10, _sized(100, scale)),
    "world": lambda scale: Shape(world("standard"), _sized(5_000, scale), 3),
    "demo": lambda scale: Shape(world(load_scenario("demo").sized(2_000)), _sized(5_000, scale), 3),
    "history": lambda scale: Shape(history(), _sized(2_000, scale), 1),
}


def core_us(scale: float = 1.0, shapes: Iterable[str] = SHAPES) -> dict[str, float]:
    """By shape, microseconds a record; `scale` below 1 measures with less."""
    return {name: _cost_us(SHAPES[name](scale)) for name in shapes}


def growth(scale: float = 1.0) -> dict[str, float]:
    """How the cost of a reading grows with the assets, and what an asset holds in memory.

    Each size in a process of its own, whose resident memory is its own too.
    """
    few, many = (_apart(max(int(assets * scale), 100)) for assets in _GROWTH)
    return {
        "us_growth": round(many.cost_us / few.cost_us, 2),
        "bytes_per_asset": round(many.resident_bytes / many.assets),
    }


def _cost_us(shape: Shape) -> float:
    core, offsets = MonitorCore(0), count()
    costs: list[float] = []
    began_s = time.process_time()
    for _ in range(1 + _PORTIONS):
        portion = list(batches(shape.records, shape.size, shape.batches))
        costs.append(_step(core, offsets, portion))
        if len(costs) > 1 and time.process_time() - began_s > _BUDGET_S:
            break
    return round(median(costs[1:]), 2)


def _step(core: MonitorCore, offsets: Iterator[int], portion: list[list[Keyed]]) -> float:
    """Microseconds a record."""
    taken = [
        ([next(offsets) for _ in batch], [v for _, v in batch], [k for k, _ in batch])
        for batch in portion
    ]
    gc.collect()
    began_s = time.process_time()
    for at, values, keys in taken:
        core.step(at, values, keys)
    return (time.process_time() - began_s) / sum(map(len, portion)) * 1e6


class _Grown(NamedTuple):
    assets: int
    cost_us: float
    resident_bytes: int


def _grown(assets: int) -> _Grown:
    """A core that has heard each of `assets` twice, and what it costs from then on."""
    _cost_us(Shape(fleet(100), 1_000, 1))  # compiles, and fills what is not the assets'
    process, records = psutil.Process(), fleet(assets)
    core, offsets = MonitorCore(0), count()
    gc.collect()
    before = process.memory_info().rss
    step = partial(_step, core, offsets)
    for batch in batches(records, 5_000, max(2 * assets // 5_000, 1)):
        step([batch])
    gc.collect()
    resident = process.memory_info().rss - before
    costs = [step(list(batches(records, 5_000, 4))) for _ in range(_PORTIONS)]
    return _Grown(assets, median(costs), resident)


def _apart(assets: int) -> _Grown:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_grown, assets).result()
