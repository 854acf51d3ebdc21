"""An asset class compiled into arrays, so that a round of readings is judged without looking up
names.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from schemas.asset_classes import AssetClass, Condition
from services.domain.detectors.form import Array

SECOND_US = 1_000_000
FAR_FUTURE_US = 1 << 62
"""A time, or a duration, that no clock reaches."""
NEVER_US = -FAR_FUTURE_US
"""The time of what has not happened yet: long before any clock."""

_READING_FLAWS = ("duplicate", "late", "future", "clock_skew", "position_impossible", "jump")


class ClassPlan:
    """The class's data in the form the concerns use; channels are numbered as listed there."""

    def __init__(self, asset_class: AssetClass) -> None:
        self.asset_class = asset_class
        self.name = asset_class.name
        channels = asset_class.channels
        self.channels = [channel.name for channel in channels]
        self.index = {name: n for n, name in enumerate(self.channels)}
        self.low = _bounds([channel.impossible[0] for channel in channels], -np.inf)
        self.high = _bounds([channel.impossible[1] for channel in channels], np.inf)
        self.interval_us = np.array([c.interval_s * SECOND_US for c in channels], dtype=np.int64)
        self.watched = np.flatnonzero([channel.watched for channel in channels])
        self.monotonic = np.flatnonzero([channel.monotonic for channel in channels])
        self.speed = self.index[asset_class.speed_channel]
        self.states = ["UNKNOWN", *(state.name for state in asset_class.movement)]
        self.moving = np.array([False, *(state.moving for state in asset_class.movement)])
        self.hold_us = np.array(
            [0, *(state.hold_s * SECOND_US for state in asset_class.movement)], dtype=np.int64
        )

    @cached_property
    def flaws(self) -> list[tuple[str, str | None]]:
        """Every (flaw, channel) that an episode is kept for, in the order of the episode columns.

        The order is that in which `quality.step` lays them side by side.
        """
        names: list[tuple[str, str | None]] = [(flaw, None) for flaw in _READING_FLAWS]
        names += [("impossible", channel) for channel in self.channels]
        names += [("counter_backwards", self.channels[n]) for n in self.monotonic]
        return names + [("frozen", self.channels[n]) for n in self.watched]

    @cached_property
    def zone_kinds(self) -> list[str]:
        """The kinds of zone that the class's movement or trips ask about, in a fixed order."""
        asked = {
            condition.quantity.removeprefix("in:")
            for state in self.asset_class.movement
            for condition in state.when
            if condition.quantity.startswith("in:")
        }
        rest_zone = self.asset_class.trip.rest_zone
        return sorted(asked | ({rest_zone} if rest_zone else set()))

    @cached_property
    def conditions(self) -> tuple[Array, Array, Array, Array]:
        """Every condition of every state as quantity, low, high (both included); states' starts.

        Quantities are the channels, then `in:KIND` for the kinds in `zone_kinds`.
        """
        quantities = self.channels + [f"in:{kind}" for kind in self.zone_kinds]
        states = [state.when for state in self.asset_class.movement]
        flat = [condition for when in states for condition in when]
        starts = np.cumsum([0, *(len(when) for when in states[:-1])])
        ranges = np.array([_closed_range(condition) for condition in flat])
        columns = np.array([quantities.index(condition.quantity) for condition in flat])
        return columns, ranges[:, 0], ranges[:, 1], starts

    @cached_property
    def silence_us(self) -> Array:
        """Silence threshold by state; UNKNOWN is judged as the most talkative moving state."""
        states = self.asset_class.movement
        moving = [s.silence_after_s for s in states if s.moving and s.silence_after_s is not None]
        limits = [min(moving, default=None), *(state.silence_after_s for state in states)]
        return np.array(
            [FAR_FUTURE_US if s is None else int(s * SECOND_US) for s in limits], dtype=np.int64
        )


def _bounds(values: Sequence[float | None], absent: float) -> Array:
    return np.array([absent if value is None else value for value in values], dtype=np.float64)


def _closed_range(condition: Condition) -> tuple[float, float]:
    value = condition.value
    return {
        "<": (-np.inf, np.nextafter(value, -np.inf)),
        "<=": (-np.inf, value),
        "==": (value, value),
        ">=": (value, np.inf),
        ">": (np.nextafter(value, np.inf), np.inf),
    }[condition.operator]
