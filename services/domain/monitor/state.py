"""The state of a partition: records of numbers, one dtype for all classes.

    assets    one record an asset
    channels  one record a channel of an asset, as many as the widest class has
    models    one record a judged channel of an asset (services.domain.detectors)
    alarms    the alarm of that channel
    rules     one record a rule of the class data
    contacts  one record an asset and feed: when it was heard there, and with what delay
    feeds     one record a feed

A field of an asset, channel or contact belongs to one concern, whose file says what it means.
"""

from typing import Any

import numpy as np

from services.domain.detectors.baseline import MODEL
from services.domain.form import Array
from services.domain.monitor.concerns.frozen import FIRST_RUN
from services.domain.monitor.concerns.habits import GAPS, STRETCH_FLAWS
from services.domain.monitor.events import READING_FLAWS
from services.domain.monitor.plan import FAR_FUTURE_US, NEVER_US

SLOTS = 6
"""So many zones an asset can be in at once."""
RULE_NUMBERS = 12
"""So many numbers a rule can remember of an asset."""
Field = tuple[Any, ...]
"""Name, dtype, value before the first reading, and the shape if it is no scalar."""

_ASSET: tuple[Field, ...] = (
    ("asset_class", "u1", 0),
    ("changed", "u1", 0),  # since the last checkpoint
    ("source", "i4", -1),  # number of the feed of the last reading
    ("contact", "i4", -1),  # the first of its contacts
    # quality, episodes
    ("newest", "i8", NEVER_US),
    ("open_flaws", "i2", 0),
    ("flaw_level", "f4", 0.0, READING_FLAWS),
    ("flaw_on", "u1", 0, READING_FLAWS),
    ("flaw_time", "i8", NEVER_US, READING_FLAWS),
    # jumps
    ("lat", "f8", np.nan),
    ("lon", "f8", np.nan),
    ("fix_time", "i8", NEVER_US),
    ("aside_lat", "f8", np.nan),
    ("aside_lon", "f8", np.nan),
    ("aside_time", "i8", NEVER_US),
    ("aside_fixes", "i2", 0),
    # silence
    ("silent", "u1", 0),
    ("silence_told", "i8", NEVER_US),
    ("silence_time", "i8", NEVER_US),
    # zones
    ("zone", "i4", -1, SLOTS),
    ("zone_since", "i8", 0, SLOTS),
    ("verge", "i4", -1, SLOTS),
    ("verge_since", "i8", 0, SLOTS),
    # movement, trips
    ("state", "i1", 0),
    ("candidate", "i1", 0),
    ("candidate_since", "i8", 0),
    ("on_trip", "u1", 0),
    ("trip_since", "i8", 0),
    ("trip_from_km", "f8", 0.0),
    ("track_km", "f8", 0.0),
    # overspeed
    ("fast_since", "i8", FAR_FUTURE_US),
    ("overspeed", "u1", 0),
    # anomalies
    ("window", "i8", NEVER_US),
    ("window_time", "i8", NEVER_US),
    ("window_moving", "u1", 0),
    ("row_time", "i8", NEVER_US),
    ("row_judged", "u1", 0),
    ("moved", "i8", NEVER_US),
    ("woke", "i8", NEVER_US),
    ("top_score", "f8", np.nan),
    # minute
    ("minute", "i8", -1),
    ("minute_closed", "i8", -1),
    ("minute_readings", "i4", 0),
    ("minute_low", "f8", np.inf),
    ("minute_high", "f8", -np.inf),
    ("minute_km", "f8", 0.0),
    ("minute_score", "f8", np.nan),
)

_CHANNEL: tuple[Field, ...] = (
    # quality, episodes: of impossible, counter_backwards, frozen
    ("counter", "f8", -np.inf),
    ("flaw_level", "i1", 0, 3),
    ("flaw_on", "u1", 0, 3),
    ("flaw_time", "i8", NEVER_US, 3),
    # frozen
    ("same_value", "f8", np.nan),
    ("same_since", "i8", 0),
    ("same_count", "i4", 0),
    ("usual_run", "f4", FIRST_RUN),
    # movement, frozen
    ("held", "f8", np.nan),
    ("held_time", "i8", NEVER_US),
    ("interval_us", "i8", 0, 2),
    # limits
    ("beyond_since", "i8", FAR_FUTURE_US),
    ("beyond", "u1", 0),
    # anomalies
    ("window_sum", "f8", 0.0),
    ("window_count", "i4", 0),
    # minute
    ("minute_sum", "f8", 0.0),
    ("minute_count", "i4", 0),
)

_ALARM: tuple[Field, ...] = (
    ("rows", "i8", 0),
    ("in_a_row", "i8", 0),
    ("mean", "f8", 0.0),
    ("hours", "f8", 0.0),
    ("jumps", "f8", 0.0),
    ("usual_mean", "f8", 0.0),
    ("usual_hours", "f8", 0.0),
    ("usual_jumps", "f8", 0.0),
    ("over", "i4", 0),
    ("adrift", "i4", 0),
    ("on", "u1", 0),
    ("drifting", "u1", 0),
)

_RULE: tuple[Field, ...] = (
    ("since", "i8", FAR_FUTURE_US),
    ("asked", "i8", NEVER_US),
    ("on", "u1", 0),
    ("memory", "f8", np.nan, RULE_NUMBERS),
)

_CONTACT: tuple[Field, ...] = (
    ("asset", "i4", -1),
    ("source", "i4", -1),
    ("next_of_asset", "i4", -1),
    ("next_of_feed", "i4", -1),
    ("before_in_feed", "i4", -1),
    ("nth", "i8", -1),  # in the order in which contacts were made
    # quality: the feed's reading before, and how far behind it comes
    ("last_time", "i8", NEVER_US),
    ("last_seq", "i8", -1),
    ("last_content", "f8", np.nan),
    ("newest_seq", "i8", -1),
    ("newest", "i8", NEVER_US),
    ("lag", "i8", 0),
    ("steady", "i4", 0),
    ("joined", "i8", 0),  # at that measurement of its feed's lag
    # silence
    ("heard", "i8", NEVER_US),
    # habits
    ("credit_us", "i8", 0),
    ("gap_day", "i4", -1, 2),
    ("day_gap", "i4", 0, 2),
    ("stretch", "i8", NEVER_US),
    ("late", "i4", 0),
    ("missing", "i4", 0),
    # silence
    ("excused", "u1", 0),
    ("passed_by", "u1", 0),
    ("interval_us", "i8", 0, 2),
)

_FEED: tuple[Field, ...] = (
    ("clock_us", "i8", NEVER_US),
    ("leap_us", "i8", NEVER_US),
    ("lag", "f8", np.nan),
    ("measured", "i8", 0),  # so often its lag was
    ("contact", "i4", -1),  # the first of its contacts
    ("last_contact", "i4", -1),
    # habits
    ("heard_days", "f8", 0.0, 2),
    ("gaps", "f4", 0.0, 2 * GAPS),
    ("passers_by", "f8", 0.0),
    ("readings", "f8", 0.0),
    ("duplicate_share", "f8", 0.0),
    ("stretches", "f8", 0.0),
    ("stretch_share", "f8", 0.0, STRETCH_FLAWS),
)

NOW = np.dtype(
    [
        ("record", "i8"),  # row of the batch that is due
        ("phase", "i8"),  # how far it has come
        ("contact", "i8"),  # in a crossing: the next one to be judged
        ("lost_us", "i8"),
        ("events", "i8"),  # so many are written
        ("contacts", "i8"),  # so many are used
        ("made", "i8"),  # so many were ever made
        ("cause", "i8"),
        ("asset", "i8"),
        ("source", "i8"),
        ("time_us", "i8"),
        ("ingest_us", "i8"),
    ],
    align=True,
)
"""Where the kernel is, so that it can stop for want of room and go on."""


def _dtype(fields: tuple[Field, ...]) -> np.dtype[Any]:
    named = [(name, kind, *shape) for name, kind, _, *shape in fields]
    return np.dtype([(n, k, (s[0],)) if s else (n, k) for n, k, *s in named], align=True)


def _blank(fields: tuple[Field, ...]) -> Array:
    record = np.zeros(1, _dtype(fields))
    for name, _, fill, *_ in fields:
        record[name] = fill
    return record


BLANK = {
    "assets": _blank(_ASSET),
    "channels": _blank(_CHANNEL),
    "models": MODEL,
    "alarms": _blank(_ALARM),
    "rules": _blank(_RULE),
    "contacts": _blank(_CONTACT),
    "feeds": _blank(_FEED),
}
"""One record of each kind as it is before the first reading."""


class State:
    """The arrays of a partition; rows beyond those in use hold blank records."""

    def __init__(self, channels: int, models: int, rules: int) -> None:
        self._tail = {
            "channels": (channels,), "models": (models,), "alarms": (models,), "rules": (rules,),
        }  # fmt: skip
        self.arrays = {name: self._blanks(name, 64) for name in BLANK}
        self.now = np.zeros(1, NOW)

    def reserve(self, assets: int, contacts: int, feeds: int) -> None:
        """Grows the arrays until they have so many rows; by doubling."""
        wanted = {"contacts": contacts, "feeds": feeds}
        for name, array in self.arrays.items():
            rows = len(array)
            while rows < wanted.get(name, assets):
                rows *= 2
            if rows > len(array):
                more = self._blanks(name, rows - len(array))
                self.arrays[name] = np.concatenate([array, more])

    def _blanks(self, name: str, rows: int) -> Array:
        shape = (rows, *self._tail.get(name, ()))
        # a copy: the memory must be our own, and aligned as the kernel was compiled for
        return np.ascontiguousarray(np.broadcast_to(BLANK[name][0], shape)).copy()
