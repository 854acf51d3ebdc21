"""Pure: what is known of an asset now, moved forward by readings and never back.

Each channel and label has a time of its own, because a device does not report all of them each
time: a late reading may bring the newest draught without moving the ship.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from schemas import ASSET_CLASSES
from schemas.reading import MAX_AHEAD
from services.domain.place import Fix, Place, believe
from services.domain.wire import WireReading

_Value = TypeVar("_Value")


@dataclass
class LastState:
    """The telemetry side of a row of `last_state`; channel times are Unix seconds."""

    time: datetime | None = None
    ingest_time: datetime | None = None
    source: str | None = None
    lat: float | None = None
    lon: float | None = None
    position_time: datetime | None = None
    channels: dict[str, float] = field(default_factory=dict)
    channel_times: dict[str, float] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    label_times: dict[str, float] = field(default_factory=dict)
    asset_class: str = ""
    # fixes that are not believed, since this process knows the asset
    aside: Fix | None = field(default=None, compare=False)
    aside_fixes: int = field(default=0, compare=False)

    def copy(self) -> "LastState":
        """A state that can be moved forward while the old one stays as it is."""
        copied = LastState(**vars(self))
        copied.channels = self.channels.copy()
        copied.channel_times = self.channel_times.copy()
        copied.labels = self.labels.copy()
        copied.label_times = self.label_times.copy()
        return copied

    @property
    def speed(self) -> float | None:
        """In the unit of the class's speed channel."""
        known = ASSET_CLASSES.get(self.asset_class)
        return None if known is None else self.channels.get(known.speed_channel)

    @property
    def course_deg(self) -> float | None:
        """Degrees true."""
        known = ASSET_CLASSES.get(self.asset_class)
        return None if known is None else self.channels.get(known.course_channel)


def move_forward(state: LastState, reading: WireReading) -> None:
    """Takes into `state` whatever of `reading` is not older than what is known already."""
    if reading.time > reading.ingest_time + MAX_AHEAD:
        return
    if state.time is None or reading.time >= state.time:
        _take_newest(state, reading)
    else:
        _take_late(state, reading)
    if reading.lat is not None and reading.lon is not None:
        _take_fix(state, Fix(reading.lat, reading.lon, reading.time), reading.asset_class)


def _take_fix(state: LastState, fix: Fix, asset_class: str) -> None:
    """What is drawn as "now" is where the asset is believed to be; the fix is stored anyhow."""
    known = None
    if state.lat is not None and state.lon is not None and state.position_time is not None:
        known = Fix(state.lat, state.lon, state.position_time)
        if fix.time < known.time:
            return
    described = ASSET_CLASSES.get(asset_class)
    limit_kn = None if described is None else described.max_implied_speed_kn
    place = believe(Place(known, state.aside, state.aside_fixes), fix, limit_kn)
    state.aside, state.aside_fixes = place.aside, place.aside_fixes
    if place.fix is not None:
        state.lat, state.lon, state.position_time = place.fix


def _take_newest(state: LastState, reading: WireReading) -> None:
    state.time, state.ingest_time, state.source = reading.time, reading.ingest_time, reading.source
    state.asset_class = reading.asset_class
    time = reading.time.timestamp()
    state.channels.update(reading.channels)
    state.channel_times.update(dict.fromkeys(reading.channels, time))
    state.labels.update(reading.labels)
    state.label_times.update(dict.fromkeys(reading.labels, time))


def _take_late(state: LastState, reading: WireReading) -> None:
    time = reading.time.timestamp()
    _fill_in(state.channels, state.channel_times, reading.channels, time)
    _fill_in(state.labels, state.label_times, reading.labels, time)


def _fill_in(
    values: dict[str, _Value], times: dict[str, float], told: Mapping[str, _Value], time: float
) -> None:
    for name, value in told.items():
        if time >= times.get(name, -math.inf):
            values[name], times[name] = value, time
