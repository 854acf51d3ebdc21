"""What the kernel concludes: rows of numbers, and the words that they stand for.

One row of EVENT is one signal.  A number that is absent is NaN, a place in a table that is absent
-1.  A minute's summary has more numbers than a row has room for: they lie in the row of the same
number of a second array, as FIGURES and then the mean of every channel of the class, of which the
watched ones are told.

To add a kind of signal, write one row of KINDS (and its name in schemas.signal); a rule that raises
anomalies needs none (services.domain.monitor.concerns.rule_table).
"""

import math
from typing import Any, NamedTuple

import numpy as np

from services.domain.compiled import compiled
from services.domain.detectors import MINUTE_DETECTORS, baseline
from services.domain.form import Array
from services.domain.monitor.concerns.rule_table import RULES

EVENT = np.dtype(
    [
        ("cause", "i8"),  # offset of the record that led to it
        ("time_us", "i8"),  # event time of what is concluded, microseconds since 1970
        ("ingest_us", "i8"),  # the feed's clock when it was concluded
        ("lat", "f8"),  # degrees: where the asset is believed to be
        ("lon", "f8"),
        ("value", "f8"),
        ("threshold", "f8"),
        ("score", "f8"),
        ("evidence", "f8", (4,)),  # in the order of the kind's names, words left out
        ("asset", "i4"),  # row of the asset in the core's state
        ("source", "i4"),  # number of the feed
        ("zone", "i4"),  # number in schemas.zones.load_zones()
        ("reading", "i4"),  # row of the batch that led to it
        ("channel", "i2"),  # number in the class's channels; of an unknown one: in the batch's
        ("kind", "u1"),  # number in KINDS
        ("flaw", "i1"),  # number in FLAWS
        ("detector", "i1"),  # number in DETECTORS
        ("state", "i1"),  # the asset's movement: 0 is UNKNOWN, then the class's states
        ("from_state", "i1"),  # of a change of movement
        ("to_state", "i1"),
        ("asset_class", "u1"),  # number of the class
    ],
    align=True,
)


class Kind(NamedTuple):
    """A kind of signal, and what its evidence is called, in the order in which it is written.

    `movement`, `trip` and `name` (of the zone) are words, the others numbers.
    """

    name: str
    evidence: tuple[str, ...] = ()


(
    MOVEMENT_CHANGED, TRIP_BEGAN, TRIP_ENDED, ZONE_ENTERED, ZONE_LEFT, SILENCE_BEGAN,
    SILENCE_CONTINUES, SILENCE_ENDED, OVERSPEED_BEGAN, OVERSPEED_ENDED, READING_FLAGGED,
    DATA_FAULT_BEGAN, DATA_FAULT_ENDED, ANOMALY_BEGAN, ANOMALY_ENDED, DRIFT_BEGAN, DRIFT_ENDED,
    MINUTE_SUMMARY,
) = range(18)  # fmt: skip

KINDS = (
    Kind("movement_changed", ("speed", "held_s")),
    Kind("trip_began", ("trip",)),
    Kind("trip_ended", ("trip", "distance_km", "duration_s")),
    Kind("zone_entered", ("name", "inside_s")),
    Kind("zone_left", ("name", "inside_s")),
    Kind("silence_began", ("movement", "silent_s")),
    Kind("silence_continues", ("movement", "silent_s")),
    Kind("silence_ended", ("silent_s",)),
    Kind("overspeed_began", ("held_s",)),
    Kind("overspeed_ended", ("held_s",)),
    Kind("reading_flagged"),  # evidence: FLAG_EVIDENCE
    Kind("data_fault_began", ("lasted_s",)),
    Kind("data_fault_ended", ("lasted_s",)),
    Kind("anomaly_began", ("mean", "std", "held_s", "movement")),
    Kind("anomaly_ended", ("mean", "std", "held_s", "movement")),
    Kind("drift_began", ("level",)),  # by how much it is off, in the unit of the channel
    Kind("drift_ended", ("level",)),
    Kind("minute_summary", ("movement",)),  # and FIGURES, and the watched channels' means
)

UNKNOWN_CHANNELS = 200
"""No signal yet: a reading has channels that its class does not declare; the core puts one signal
for each new one in its place."""

FIGURES = ("readings", "speed_mean", "speed_min", "speed_max", "distance_km")

(
    DUPLICATE, LATE, GAP, FUTURE, CLOCK_SKEW, POSITION_IMPOSSIBLE, JUMP,
    IMPOSSIBLE, COUNTER_BACKWARDS, FROZEN, UNKNOWN,
) = range(11)  # fmt: skip

FLAWS = (
    "duplicate", "late", "gap", "future", "clock_skew", "position_impossible", "jump",
    "impossible", "counter_backwards", "frozen", "unknown",
)  # fmt: skip
READING_FLAWS = 7
"""So many of them are a reading's, the others a channel's."""
OUT_OF_RANGE, BACKWARDS, STUCK = range(UNKNOWN - READING_FLAWS)
"""Columns of a channel's flaws: IMPOSSIBLE, COUNTER_BACKWARDS and FROZEN, counted from 0."""

_TIMING, _PLACE, _BOUNDS = ("lag_s", "behind_s"), ("lat", "lon"), ("low", "high")
FLAG_EVIDENCE = (
    _TIMING, _TIMING, (), _TIMING, (), _PLACE, _PLACE, _BOUNDS, _BOUNDS, (), (),
)  # fmt: skip
"""What the evidence of a flagged reading is called, by flaw."""

BASELINE, LIMIT = range(2)
FIRST_RULE = 2 + len(MINUTE_DETECTORS)
DETECTORS = (baseline.NAME, "limit/1", *(it.name for it in MINUTE_DETECTORS), *RULES)


class Out(NamedTuple):
    """Where the kernel writes to; `now` says what it is about and how many events there are."""

    events: Array  # of EVENT
    figures: Array  # f8, (events, FIGURES and channels)
    now: Any  # a record of state.NOW


@compiled
def conclude(out: Out, asset: Any, kind: int, time_us: int) -> Any:
    """A new event of the asset that is looked at, dated `time_us`; the caller fills in the rest."""
    now = out.now
    event = out.events[now.events]
    now.events += 1
    event.cause = now.cause
    event.time_us = time_us
    event.ingest_us = now.ingest_us
    event.lat = asset.lat
    event.lon = asset.lon
    event.value = math.nan
    event.threshold = math.nan
    event.score = math.nan
    for n in range(4):
        event.evidence[n] = math.nan
    event.asset = now.asset
    event.source = now.source
    event.zone = -1
    event.reading = now.record
    event.channel = -1
    event.kind = kind
    event.flaw = -1
    event.detector = -1
    event.state = asset.state
    event.from_state = -1
    event.to_state = -1
    event.asset_class = asset.asset_class
    return event
