"""Which part of which simulated world: what the ways out of `leasewatch simulate` share.

World time is whole seconds since the world's start.  The part of a world from second `since` to
before second `until` is the same whoever tells it, at whatever pace and in however many processes.
"""

import gc
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from schemas.messages import LATEST, to_utc
from services.settings import SettingError
from simulators import Emission, Scenario, ScenarioError, World, load_scenario
from simulators.feeds import feeds_of, share_of

Moment = int | datetime
"""World time as people write it: seconds since the start, or a time of day with its zone."""

_DAY_S = 86_400


class Span(NamedTuple):
    """World time from second `since` to before `until`; None: for ever."""

    since: int
    until: int | None


class Portion(NamedTuple):
    """All that arrives before second `end`, and not before the end of the portion before it."""

    end: int
    emissions: list[Emission]


@dataclass(frozen=True)
class Simulation:
    """What the command line asks for.

    `speed` is simulated seconds in a second, 0: as fast as the machine can.  `seconds` ends it
    after so many seconds at that speed.  `live`: without an end it goes on for ever, else for the
    scenario's days.  `past_only`: what was declared before the start alone.
    """

    scenario: Scenario
    seed: int
    speed: float = 0.0
    since: Moment = 0
    until: Moment | None = None
    seconds: float | None = None
    workers: int = 1
    live: bool = False
    past_only: bool = False

    @property
    def assets(self) -> int:
        """How many assets the whole world has."""
        fleet = self.scenario.fleet
        return fleet.ships + fleet.aircraft + fleet.trains

    def start(self) -> datetime:
        """The world's first second: the scenario's, or now; raises SettingError."""
        try:
            return to_utc(self.scenario.start or datetime.now(UTC)).replace(microsecond=0)
        except ValueError as error:
            raise SettingError(f"the scenario's start: {error}.") from error

    def span(self, start: datetime) -> Span:
        """The part that is asked for; raises SettingError when there is none such."""
        since = _second(self.since, start, "--from")
        ends = [] if self.until is None else [_second(self.until, start, "--to")]
        last = (LATEST - start) // timedelta(seconds=1)  # no message is dated later
        if self.seconds is not None:
            ends.append(since + int(min(self.seconds * (self.speed or 1), last)))
        if self.past_only:
            ends.append(0)
        if not ends and not self.live:
            ends.append(int(min(self.scenario.days * _DAY_S, last)))
        until = min(ends, default=None)
        if max(since, until or 0) > last:
            raise SettingError(f"the world ends on {LATEST:%Y-%m-%d}: give earlier times.")
        if until is not None and until < since:
            raise SettingError("nothing lies between --from and the end: give an earlier --from.")
        return Span(since, until)

    def world(self, start: datetime, part: int = 0) -> World:
        """The world, or one of `workers` parts of its feeds."""
        return World(self.scenario, self.seed, start, (part, self.workers))

    def source(self, part: int = 0) -> str:
        """The publisher's name of a part."""
        return f"sim-{self.seed}" + (f"/{part}" if part else "")

    def identity(self) -> dict[str, str | int]:
        """By what a world is known again."""
        settings = hashlib.sha256(self.scenario.model_dump_json().encode())
        return {
            "scenario": self.scenario.name,
            "settings": settings.hexdigest()[:8],
            "assets": self.assets,
            "workers": self.workers,
        }


def scenario_of(name_or_file: str, assets: int | None = None, workers: int = 1) -> Scenario:
    """A scenario with so many assets that can be shared by so many workers.

    Raises SettingError with one sentence when there is none such.
    """
    try:
        scenario = load_scenario(name_or_file)
        sized = scenario if assets is None else scenario.sized(assets)
        share_of(feeds_of(sized), sized, 0, workers)
        return sized
    except (ScenarioError, ValueError) as error:
        raise SettingError(str(error)) from error


def moment(text: str) -> Moment:
    """`3600`, `+3600` or `2026-03-01T06:00:00Z`; raises SettingError for anything else."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise SettingError(
            f"{text!r} is no world time: write seconds, as +3600, or a time with its zone, as "
            "2026-03-01T06:00:00Z."
        )
    return time


def portions(world: World, span: Span) -> Iterator[Portion]:
    """What arrives in a span, block by block; the world may stand anywhere before it."""
    since, until = span
    world.skip_to(since)
    while until is None or world.second < until:
        start, end, emissions = world.advance()
        last = end if until is None else min(end, until)
        if start < since or last < end:
            emissions = [emission for emission in emissions if since <= emission.at < last]
        if last > since:
            yield Portion(last, emissions)


def collect_rarely() -> None:
    """For a process that simulates: messages hold no cycles, and to walk through them again and
    again in search of some would cost a quarter of its time.
    """
    gc.set_threshold(50_000, *gc.get_threshold()[1:])


def by_second(portion: Portion) -> Iterator[Portion]:
    """A portion cut at the seconds in which something arrives."""
    seconds = [list(group) for _, group in groupby(portion.emissions, attrgetter("at"))]
    for emissions in seconds[:-1]:
        yield Portion(emissions[0].at + 1, emissions)
    yield Portion(portion.end, seconds[-1] if seconds else [])


def _second(moment: Moment, start: datetime, option: str) -> int:
    second = moment if isinstance(moment, int) else int((moment - start).total_seconds())
    if second < 0:
        raise SettingError(f"{option} lies before the world's start: it starts at {start}.")
    return second
