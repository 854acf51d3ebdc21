"""The faults of a world: which act now, and the truth about all that have begun."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from simulators.fault import Fault, FaultLabel
from simulators.faults.catalogue import BUSY
from simulators.faults.orders import OUTAGE, Beginner, Orders, Ready
from simulators.faults.range import WORKING, full_from
from simulators.feeds import Feed
from simulators.fleet import Fleet, Span
from simulators.scenario import Scenario


class FaultBook:
    """Begins faults at the borders of blocks and keeps their labels."""

    def __init__(
        self, seed: int, scenario: Scenario, start: datetime, fleets: Mapping[str, Fleet],
        every_feed: Sequence[Feed],
    ) -> None:  # fmt: skip
        self._fleets, self._start = fleets, start
        counts = {feed.asset_class: feed.index + 1 for feed in every_feed}
        self._orders = Orders(seed, scenario, counts)
        self._beginner = Beginner(fleets, scenario)
        self._active: dict[str, list[Fault]] = {name: [] for name in fleets}
        self._begun: dict[str, Fault] = {}
        self._shows: dict[str, int] = {}
        self._by_work = scenario.severity.working_time
        self._idle_s: dict[str, int] = {}

    @property
    def longest_hold_s(self) -> float:
        """For how long faults hold a reading at most."""
        return self._orders.longest_hold_s

    def begin(self, now: int, until: int, ready: Ready) -> None:
        """Ends what is over and begins what is due, for the block from `now` to `until`."""
        for name, faults in self._active.items():
            self._active[name] = [fault for fault in faults if fault.end > now]
        for fault in self._beginner.begin(now, self._orders.until(until), ready):
            self._begun[fault.id] = fault
            if fault.kind.name == OUTAGE:
                self._shows[fault.id] = full_from(fault)
            if self._by_work and fault.kind.name in WORKING:
                self._idle_s[fault.id] = 0
            self._active[fault.kind.asset_class].append(fault)

    def rest(self, since: int, until: int) -> None:
        """Assets that do not work in a block have so much longer until a fault must be noticed."""
        for name, faults in self._active.items():
            counting = [fault for fault in faults if self._counts(fault, since)]
            if counting:
                busy = self._fleets[name].ready(BUSY[name])
                for fault in counting:
                    self._idle_s[fault.id] += 0 if busy[fault.row] else until - since

    def _counts(self, fault: Fault, now: int) -> bool:
        idle_s = self._idle_s.get(fault.id)
        worked_s = now - fault.start - (idle_s or 0)
        return idle_s is not None and worked_s < fault.kind.notice_within_s

    def active(self, asset_class: str) -> list[Fault]:
        """The faults of a class that act in the block."""
        return self._active[asset_class]

    def correct(self, spans: Sequence[Span]) -> None:
        """Takes over when faults of the physics show and end."""
        for span in spans:
            fault = self._begun[span.fault]._replace(end=span.end)
            self._begun[span.fault], self._shows[span.fault] = fault, span.start
            self._beginner.prolong(fault)
            active = self._active[fault.kind.asset_class]
            self._active[fault.kind.asset_class] = [
                one._replace(end=max(one.end, fault.end)) if one.id == fault.id else one
                for one in active
            ]

    def down(self, feed: Feed, second: int) -> bool:
        """Whether the feed itself is out at `second`."""
        fleet = self._fleets[feed.asset_class]
        return any(
            fault.kind.name == OUTAGE
            and fleet.feeds[fault.row] == feed.index
            and full_from(fault) <= second < fault.end
            for fault in self._active[feed.asset_class]
        )

    def labels(self) -> list[FaultLabel]:
        """The truth about every fault begun so far, by start."""
        labels = [self._label(fault) for fault in self._begun.values()]
        return sorted(labels, key=lambda label: (label.start, label.id))

    def _label(self, fault: Fault) -> FaultLabel:
        kind, assets = fault.kind, self._assets(fault)
        start, shows, end = (
            self._start + timedelta(seconds=second)
            for second in (fault.start, self._shows.get(fault.id, fault.start), fault.end)
        )
        return FaultLabel(
            fault.id, kind.name, kind.group, kind.asset_class, assets[0], assets, start, shows, end,
            kind.severity, fault.weight, fault.channels, kind.expect,
            shows + timedelta(seconds=kind.notice_within_s + self._idle_s.get(fault.id, 0)),
            fault.share, fault.variant,
        )  # fmt: skip

    def _assets(self, fault: Fault) -> tuple[str, ...]:
        fleet = self._fleets[fault.kind.asset_class]
        if fault.kind.name == OUTAGE:
            feed = fleet.feeds[fault.row]
            return tuple(
                asset for asset, own in zip(fleet.assets, fleet.feeds, strict=True) if own == feed
            )
        rows = [row for row in (fault.row, fault.other) if row >= 0]
        return tuple(fleet.assets[row] for row in rows)
