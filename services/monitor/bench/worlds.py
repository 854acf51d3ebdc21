"""What the bench is fed: records of `telemetry` as (key, value), in order of arrival.

fleet    every declared channel of ships, aircraft and metro trains in turn, a little off the
         middle of its typical range; each asset once in ten seconds: even load
world    a scenario of the simulators, with its faults and the ticks of its feeds
history  one ship alone, as an upload of its past would bring it
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from schemas import ASSET_CLASSES, AssetClass
from simulators.emission import Columns, Encoder
from simulators.scenario import Scenario, load_scenario
from simulators.world import World

Keyed = tuple[bytes, bytes]

_START = datetime(2026, 3, 1, 6, tzinfo=UTC)
_EVERY_S = 10
_AT_ONCE = 500


def fleet(assets: int) -> Iterator[Keyed]:
    """Readings of `assets` assets without end; turn after turn of ten seconds."""
    random = np.random.default_rng(1)
    sources = [_Source(asset_class, assets) for asset_class in ASSET_CLASSES.values()]
    turn = 0
    while True:
        for first in range(0, assets, _AT_ONCE):
            places = np.arange(first, min(first + _AT_ONCE, assets))
            told: list[tuple[int, bytes, bytes]] = []
            for number, source in enumerate(sources):
                mine = places[places % len(sources) == number]
                told += source.readings(mine, turn, random)
            yield from ((key, value) for _, key, value in sorted(told))
        turn += 1


def world(scenario: Scenario | str, only: frozenset[str] | None = None) -> Iterator[Keyed]:
    """The telemetry of a scenario, from its first second to its last."""
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    lived = World(chosen, start=chosen.start or _START, only=only)
    while lived.second < lived.end:
        for emission in lived.advance().emissions:
            if emission.topic != "facts":
                yield emission.key.encode(), emission.value


def history() -> Iterator[Keyed]:
    """One ship of `clean` from the scenario's first day on."""
    few = load_scenario("clean").sized(4)
    ship = World(few, start=few.start or _START).fleets["ship"].assets[0]
    return world(few, frozenset({ship}))


def batches(records: Iterator[Keyed], size: int, count: int) -> Iterator[list[Keyed]]:
    """The next `count` batches; fewer, or a shorter last one, where the records end."""
    for _ in range(count):
        if batch := list(islice(records, size)):
            yield batch


class _Source:
    """Writes the readings of one class among `assets` assets."""

    def __init__(self, asset_class: AssetClass, assets: int) -> None:
        self._assets = assets
        ranged = [(c.name, c.typical) for c in asset_class.channels if None not in c.typical]
        low, high = np.array([typical for _, typical in ranged], dtype=float).T
        self._middle, self._width = (low + high) / 2, high - low
        names = [f"{asset_class.name}-{place}" for place in range(assets)]
        channels = [name for name, _ in ranged]
        self._encoder = Encoder(asset_class.name, channels, names, ["bench"] * assets, _START)

    def readings(
        self, places: np.ndarray, turn: int, random: np.random.Generator
    ) -> list[tuple[int, bytes, bytes]]:
        """(place, key, value) of the assets at `places` of the fleet, in one turn."""
        off = random.normal(0, 0.02, (len(places), len(self._middle)))
        values = np.round(self._middle + off * self._width, 3)
        seconds = turn * _EVERY_S + places * _EVERY_S // self._assets
        count = len(places)
        written = self._encoder.encode(
            Columns(
                at=seconds, place=places, who=places, time=seconds, seq=np.full(count, turn),
                lat=(50 + places % 10_000 * 1e-3).round(4),
                lon=np.full(count, round(3 + turn % 10_000 * 1e-4, 4)),
                values=values, counts=np.full(count, values.shape[1]),
                labels=np.full(count, 0),
            ),
            [{}],
        )  # fmt: skip
        return [(said.place, said.key.encode(), said.value) for said in written]
