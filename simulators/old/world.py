"""The simulated world: three fleets, their past lives, and what goes wrong with them.

Same seed, fleet size and start: same bytes, on every run and however far it was skipped ahead.
"""

from datetime import UTC, datetime, timedelta

from schemas.fact import Fact
from schemas.messages import format_time
from simulators.old.aircraft import AircraftFleet
from simulators.old.emission import Counters, Emission, Report
from simulators.old.faults import FaultLabel, FaultPlan
from simulators.old.fleet import Fleet
from simulators.old.life import past_lives
from simulators.old.live_facts import LiveFacts
from simulators.old.metro import MetroTrains
from simulators.old.ships import Ships

TICK_S = 1
MIN_ASSETS = 4


class World:
    """`assets` ships, aircraft and metro trains (about 2:1:1) from `start` on, in 1-s ticks.

    Raises ValueError when `assets` is below 4 or `start` has no zone.  With `faults` False the same
    world runs healthy; up to the first fault's start both emit the same bytes.
    """

    def __init__(self, seed: int, assets: int, start: datetime, faults: bool = True) -> None:
        if assets < MIN_ASSETS:
            raise ValueError(f"a world needs at least {MIN_ASSETS} assets, not {assets}")
        if start.tzinfo is None:
            raise ValueError("the start of a world needs a zone: write it with Z or an offset")
        quarter = assets // 4
        self.start = start.astimezone(UTC)
        self.source = f"sim-{seed}"
        self.tick = 0
        self._seed = seed
        self.fleets: tuple[Fleet, ...] = (
            Ships(seed, assets - 2 * quarter, holds=not faults),
            AircraftFleet(seed, quarter),
            MetroTrains(seed, quarter),
        )
        self._counters = [Counters(fleet) for fleet in self.fleets]
        self._faults = FaultPlan(seed, self.fleets, self.start, faults)
        self._live_facts = LiveFacts(seed, self.fleets, self.start)

    @property
    def now(self) -> datetime:
        """The simulated time of the last tick."""
        return self.start + timedelta(seconds=self.tick * TICK_S)

    def facts(self) -> list[Fact]:
        """Every asset's past up to `start`, in the order in which it was declared."""
        return past_lives(self._seed, self.fleets, self.start)

    def truth(self) -> list[FaultLabel]:
        """The faults planned so far; for tests and the lab, never published."""
        return self._faults.labels()

    def advance(self) -> list[Emission]:
        """The next second: its readings and the facts declared in it."""
        reports, now = self._next_second(), self.now
        written = format_time(now)
        emissions = [
            report.encode(self.source, written, written)
            if report.time is now
            else report.emit(self.source, now)
            for report in reports
        ]
        return emissions + self._live_facts.declared(self.tick)

    def skip_to(self, tick: int) -> None:
        """Advances to `tick` without writing anything; nothing happens when it is already past."""
        while self.tick < tick:
            self._next_second(silent=True)

    def _next_second(self, silent: bool = False) -> list[Report]:
        self.tick += 1
        tick, now = self.tick, self.now
        self._faults.begin(tick)
        reports: list[Report] = []
        for fleet, counters in zip(self.fleets, self._counters, strict=True):
            fleet.step(tick)
            rows = self._faults.speaking(fleet, fleet.due(tick), tick)
            if silent and not self._faults.remembers():
                counters.count(rows.tolist())
            elif len(rows):
                sample = self._faults.distort(fleet, fleet.sample(rows, tick), tick)
                reports += counters.reports(sample, now)
        return self._faults.transport(reports, tick)
