"""Which fault befalls whom and when: ordered from the seed, begun when somebody is ready for it.

An order names a kind, a feed and a second.  From then on, at the first border of a block at which
an asset of the feed is free and in the state that the kind needs, the fault begins; of several
assets a hash of the order picks one.  Orders depend on the seed alone; whom one befalls also
depends on who is free.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulators.fault import Fault, Kind
from simulators.faults.catalogue import PARTNERS, kinds_named
from simulators.faults.range import ranged
from simulators.faults.transport import MAX_HOLD_S
from simulators.fleet import STRANGER, Fleet
from simulators.noise import Bools, Ints, asset_key, uniform
from simulators.scenario import FaultRate, Scenario, ScenarioError

_DAY_S = 86_400
_ORDER_CODE = 78
NOBODY = -1
OUTAGE = "feed_outage"  # befalls a feed, whatever else befalls its assets

Ready = Callable[[Fleet, Kind], Bools]
"""Which rows of a fleet are in the state that a kind needs, now."""


class Order(NamedTuple):
    """One fault to come: `feed` counts within the class; `draw` are its own random numbers."""

    id: str
    at: int
    kind: Kind
    feed: int
    stream: int
    draw: tuple[float, ...]


class _Stream(NamedTuple):
    """One kind of a scenario, with its rows of the catalogue: of classes that have assets.

    A large fleet has `of` streams of each kind; this is the one with `number`.
    """

    name: str
    rate: FaultRate
    rows: Sequence[Kind]
    number: int
    of: int


class Orders:
    """All orders of a world, in time; made for as long as the world lives."""

    def __init__(self, seed: int, scenario: Scenario, feeds: Mapping[str, int]) -> None:
        """`feeds`: how many feeds each class has, of the classes that have assets at all."""
        self._seed, self._planning, self._feeds = seed, scenario.planning, feeds
        streams = scenario.fault_streams()
        self._streams = [
            _Stream(name, rate, rows, number, streams)
            for name, rate in sorted(scenario.faults.items())
            if (rows := _rows(name, rate, feeds))
            for number in range(streams)
        ]
        held = [
            (kind.name == OUTAGE, _held_s(kind)) for each in self._streams for kind in each.rows
        ]
        # An outage befalls a feed, whatever else holds up an asset's readings.
        self.longest_hold_s = sum(
            max((hold_s for outage, hold_s in held if outage == of_feed), default=0.0)
            for of_feed in (True, False)
        )
        self._next = [self._order(stream, 0) for stream in self._streams]
        self._given = [0] * len(self._streams)

    def until(self, second: int) -> list[Order]:
        """The orders for before `second` that were not given yet, by time."""
        orders = []
        for place, stream in enumerate(self._streams):
            while self._next[place].at < second:
                orders.append(self._next[place])
                self._given[place] += 1
                self._next[place] = self._order(stream, self._given[place])
        return sorted(orders, key=lambda order: (order.at, order.id))

    def _order(self, stream: "_Stream", given: int) -> Order:
        name, rate, rows = stream.name, stream.rate, stream.rows
        number = given * stream.of + stream.number
        code = zlib.crc32(name.encode())
        rng = np.random.default_rng([self._seed, _ORDER_CODE, code, number])
        when, where, *draw = rng.random(8).tolist()
        kind = rows[(number + code) % len(rows)]
        feed = int(where * self._feeds[kind.asset_class])
        at = self._second(rate, given, when)
        order_id = f"fault-{self._seed}-{name}-{number:04d}"
        return Order(order_id, at, kind, feed, stream.number, tuple(draw))

    def _second(self, rate: FaultRate, given: int, share: float) -> int:
        planning, every_s = self._planning, _DAY_S / rate.per_day
        first_s = rate.first_s
        if first_s is None and planning.first_within_s is not None:
            first_s = (planning.after_s, planning.first_within_s)
        if first_s is None:
            return planning.after_s + int((given + share) * every_s)
        if given == 0:
            return first_s[0] + int(share * (first_s[1] - first_s[0]))
        return first_s[1] + int((given - 1 + share) * every_s)


def _rows(name: str, rate: FaultRate, feeds: Mapping[str, int]) -> list[Kind]:
    rows = kinds_named(name)
    if not rows:
        raise ScenarioError(f"faults.{name}: there is no such kind of fault.")
    return [_as_ordered(kind, rate) for kind in rows if kind.asset_class in feeds]


def _as_ordered(kind: Kind, rate: FaultRate) -> Kind:
    """The catalogue's row with what the scenario says in its place; raises ScenarioError."""
    kind = kind._replace(duration_s=rate.duration_s or kind.duration_s, size=rate.size or kind.size)
    if _held_s(kind) > MAX_HOLD_S:
        raise ScenarioError(
            f"faults.{kind.name}: readings would be held for {_held_s(kind):.0f} s: "
            f"{MAX_HOLD_S} s are the most."
        )
    return kind


def _held_s(kind: Kind) -> float:
    """For how long a fault of this kind holds readings at most."""
    held_s = {OUTAGE: kind.duration_s[1], "late_batches": kind.size[1], "reorder": kind.size[1]}
    return held_s.get(kind.name, 0)


class Beginner:
    """Begins the orders of the fleets that are simulated, and knows who is busy with a fault."""

    def __init__(self, fleets: Mapping[str, Fleet], scenario: Scenario) -> None:
        self._fleets, self._rest_s = fleets, scenario.planning.rest_s
        self._severity = scenario.severity
        self._waiting: dict[tuple[str, str, int, int], Order] = {}
        self._free_from = {
            name: np.zeros(len(fleet.assets), dtype=np.int64) for name, fleet in fleets.items()
        }
        self._feed_free_from = {
            (name, int(feed)): 0 for name, fleet in fleets.items() for feed in fleet.feeds
        }

    def begin(self, now: int, new: Sequence[Order], ready: Ready) -> list[Fault]:
        """The faults that begin at second `now`, of the `new` orders and of those that waited.

        New orders may be for later than now: they wait.
        An order for a feed of somebody else's share is left to them.  One that meets its like
        waiting is dropped, or a quiet night would be followed by a morning of troubles.
        """
        for order in new:
            if (order.kind.asset_class, order.feed) in self._feed_free_from:
                like = (order.kind.name, order.kind.asset_class, order.feed, order.stream)
                self._waiting.setdefault(like, order)
        begun = []
        for like, order in list(self._waiting.items()):
            fault = self._try(order, now, ready) if order.at <= now else None
            if fault:
                begun.append(fault)
                del self._waiting[like]
        return begun

    def prolong(self, fault: Fault) -> None:
        """Keeps the fault's assets from others until it is over."""
        free_from = self._free_from[fault.kind.asset_class]
        rows = [row for row in (fault.row, fault.other) if row >= 0]
        free_from[rows] = np.maximum(free_from[rows], fault.end + self._rest_s)

    def _try(self, order: Order, now: int, ready: Ready) -> Fault | None:
        name, kind = order.kind.asset_class, order.kind
        fleet = self._fleets[name]
        if self._feed_free_from[name, order.feed] > now:
            return None
        free = fleet.feeds == order.feed
        if kind.name != OUTAGE:
            free &= self._free_from[name] <= now
        ours = np.flatnonzero(free & (fleet.numbers >= 0) & ready(fleet, kind))
        strangers = np.flatnonzero(free & (fleet.numbers == STRANGER)).tolist()
        picked = self._pick(order, fleet, ours)
        partners = {"own": picked[1:], "stranger": strangers}
        others = partners[PARTNERS[kind.name]] if kind.name in PARTNERS else [NOBODY]
        if not picked or not others:
            return None
        fault = _drawn(order, now, picked[0], others[0])
        fault = ranged(fault, self._severity, *order.draw[4:6])
        if kind.name == OUTAGE:
            self._feed_free_from[name, order.feed] = fault.end
        else:
            self.prolong(fault)
        return fault

    def _pick(self, order: Order, fleet: Fleet, rows: Ints) -> list[int]:
        """Rows in the order in which the fault would befall them."""
        code = zlib.crc32(order.id.encode())
        keys = np.array([asset_key(code, 0, int(n)) for n in fleet.numbers[rows]], dtype=np.uint64)
        return [int(row) for row in rows[np.argsort(uniform(keys, 0, 0))]]


def _drawn(order: Order, now: int, row: int, other: int) -> Fault:
    kind, (length, size, weight, channel, *_) = order.kind, order.draw
    shortest, longest = kind.duration_s
    smallest, largest = kind.size
    channels = kind.channels
    if kind.one_channel:
        channels = (kind.channels[int(channel * len(kind.channels))],)
    return Fault(
        order.id, kind, row, now, now + int(shortest + length * (longest - shortest)),
        smallest + size * (largest - smallest), weight, channels, other,
    )  # fmt: skip
