"""Lives a scenario under watch, its feeds shared by several processes, and judges what was seen.

What comes out does not depend on the number of processes: an asset's life, its feed's clock and
its alerts are its own.
"""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.managers import SyncManager
from typing import Any, NamedTuple

from schemas.messages import LATEST
from services.lab.judge import Gap, judge
from services.lab.outcome import Alert, AssetSeen, Label, Outcome
from services.lab.overrides import overridden
from services.lab.watch import Watch
from services.processes import die_with
from simulators.emission import Emission
from simulators.feeds import feeds_of
from simulators.scenario import Scenario
from simulators.world import World

BATCH_S = 600
"""Simulated seconds that the monitor is given at once: it makes no difference but to the speed."""

GAP_S = 300
"""An asset of which nothing arrives for longer is not heard."""

_START = datetime(2026, 1, 5, tzinfo=UTC)
_POLL_S = 1.0

Report = Callable[[float], None]
"""Told now and then which share of the run is done, from 0 to 1."""


@dataclass(frozen=True)
class Plan:
    """What is run: a scenario, its seed, and asset-class data that is to be otherwise."""

    scenario: Scenario
    seed: int
    overrides: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The scenario's first second; a fixed one when it names none, so that runs are alike."""
        return self.scenario.start or _START

    @property
    def end_s(self) -> int:
        """Seconds from start to end."""
        return int(self.scenario.days * 86_400)

    @property
    def end(self) -> datetime:
        """The last moment."""
        return self.start + timedelta(seconds=self.end_s)


class Part(NamedTuple):
    """What one process saw of its share."""

    assets: list[AssetSeen]
    labels: list[Label]
    alerts: list[Alert]
    gaps: dict[str, list[Gap]]
    rejected: int


def run(plan: Plan, workers: int, report: Report = lambda done: None) -> Outcome:
    """Lives the plan in at most `workers` processes and judges it.

    Raises OverrideError when the overrides do not fit.
    """
    overridden(plan.overrides)
    began = time.perf_counter()
    parts = min(workers, len(feeds_of(plan.scenario)))
    seen = _in_processes(plan, parts, report) if parts > 1 else [live(plan, (0, 1), report)]
    labels, alerts = judge(
        (label for part in seen for label in part.labels),
        (alert for part in seen for alert in part.alerts),
        plan.end,
        {asset: gaps for part in seen for asset, gaps in part.gaps.items()},
    )
    return Outcome(
        scenario=plan.scenario.name,
        settings=plan.overrides,
        definition=plan.scenario.model_dump(mode="json"),
        seed=plan.seed,
        start=plan.start,
        end=plan.end,
        workers=parts,
        wall_s=round(time.perf_counter() - began, 1),
        rejected=sum(part.rejected for part in seen),
        assets=tuple(sorted((a for part in seen for a in part.assets), key=lambda a: a.asset)),
        labels=labels,
        alerts=alerts,
    )


def live(plan: Plan, share: tuple[int, int], report: Report) -> Part:
    """One process's share of the plan, from start to end."""
    world = World(plan.scenario, plan.seed, plan.start, share)
    watch, heard = Watch(overridden(plan.overrides)), Heard(plan.start)
    watch.know(world.facts())
    with _without_garbage_collection():
        while world.second < plan.end_s:
            emissions = _next_batch(world, plan.end_s)
            heard.take(emissions)
            watch.take(emissions)
            report(min(world.second / plan.end_s, 1.0))
    labels = [Label.model_validate(label._asdict()) for label in world.truth()]
    assets = list(_fleet(world, heard, plan.end_s / 86_400))
    gaps = {seen.asset: heard.gaps(seen.asset) for seen in assets}
    return Part(assets, labels, watch.alerts, gaps, watch.rejected)


class Heard:
    """When each asset was heard: how many readings arrived, and the gaps between them."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._readings: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._gaps: dict[str, list[tuple[int, int]]] = {}

    def take(self, emissions: Iterable[Emission]) -> None:
        """Notes what arrives next."""
        last, readings = self._last, self._readings
        for at, _, topic, asset, _ in emissions:
            if topic == "telemetry":
                before = last.get(asset, 0)
                if at - before > GAP_S:
                    self._gaps.setdefault(asset, []).append((before, at))
                last[asset] = at
                readings[asset] = readings.get(asset, 0) + 1

    def readings(self, asset: str) -> int:
        """How many readings arrived in the asset's name."""
        return self._readings.get(asset, 0)

    def gaps(self, asset: str) -> list[Gap]:
        """The gaps of more than GAP_S, by time; the last one is open."""
        found = [Gap(self._at(a), self._at(b)) for a, b in self._gaps.get(asset, ())]
        return [*found, Gap(self._at(self._last.get(asset, 0)), LATEST)]

    def _at(self, second: int) -> datetime:
        return self._start + timedelta(seconds=second)


def _next_batch(world: World, end_s: int) -> list[Emission]:
    until = min(world.second + BATCH_S, end_s)
    emissions = world.advance().emissions
    while world.second < until:
        emissions += world.advance().emissions
    return emissions


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Messages hold no cycles, and looking for some among millions takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _fleet(world: World, heard: Heard, days: float) -> Iterator[AssetSeen]:
    """The assets leased; strangers that they meet on the way are numbered below 0."""
    for name, fleet in world.fleets.items():
        for asset, number in zip(fleet.assets, fleet.numbers.tolist(), strict=True):
            if number >= 0:
                yield AssetSeen(
                    asset=asset, asset_class=name, days=days, readings=heard.readings(asset)
                )


def _in_processes(plan: Plan, parts: int, report: Report) -> list[Part]:
    context, with_us = get_context("spawn"), (os.getpid(), signal.SIGKILL)
    manager = SyncManager(ctx=context)
    manager.start(die_with, with_us)
    with manager, ProcessPoolExecutor(parts, context, die_with, with_us) as pool:
        done = manager.list([0.0] * parts)
        futures = [pool.submit(_live_share, plan, (k, parts), done) for k in range(parts)]
        waiting: set[Future[Part]] = set(futures)
        while waiting:
            ended, waiting = wait(waiting, _POLL_S, FIRST_EXCEPTION)
            report(sum(done) / parts)
            for future in ended:
                future.result()  # raises at once what a process raised
        return [future.result() for future in futures]


def _live_share(plan: Plan, share: tuple[int, int], done: MutableSequence[float]) -> Part:
    def report(part_done: float) -> None:
        done[share[0]] = part_done

    return live(plan, share, report)
