"""Novelty: how far a value is from every value that its stream has ever had.

Three streams a channel:

    value        the value itself
    liveliness   its exponentially weighted standard deviation
    habit        its smoothed distance from what is usual at this hour of the day

Each is scaled by the median and the spread of its first 200 rows and compressed by asinh.  The
score is the logarithm of the distance to the nearest value ever seen, over the stream's own record
of such distances, which decays slowly: so it compares between streams of any scale, untrained.  A
value counts as seen 50 rows late, so that an event does not hide itself.

Stillness is a fourth: for how long the channel has not moved, over the longest that it ever stood
still before.  A channel of which nothing comes stands still too.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field, FiniteFloat

from services.domain.compiled import called, compiled, entry, records
from services.domain.detectors.occupancy import BINS, WORDS, distance, mark
from services.domain.form import Array

WARM_UP_ROWS, LATE_ROWS, HOURS = 200, 50, 24
NONE = -50.0
"""The score where nothing is new, or nothing is known yet."""

_VALUE, _LIVELINESS, _HABIT, STREAMS = 0, 1, 2, 3
_REACH = 10.0  # of asinh: 11,000 spreads to either side
_PER_BIN, _BINS_PER_UNIT = 2.0 * _REACH / BINS, BINS / (2.0 * _REACH)
_FARTHEST = 1e15  # spreads; its square is a number
_STEP = 0.5  # of stillness: an alarm is told again when it has become so much longer
_DECILES = 2.56  # of a normal distribution lie so many standard deviations apart


class NoveltySettings(NamedTuple):
    """Section `novelty`; scores and what is taken off them are natural logarithms."""

    half_life_rows: Annotated[
        FiniteFloat, Field(gt=0, description="a record of distances decays to half in so many rows")
    ] = 10_000.0
    growth: Annotated[
        FiniteFloat, Field(gt=1, description="a record grows at most by this factor a row")
    ] = 1.2
    least: Annotated[
        FiniteFloat, Field(gt=0, description="the smallest record, in compressed spreads")
    ] = 0.05
    behind: Annotated[
        FiniteFloat, Field(ge=0, description="liveliness and habit start so far behind the value")
    ] = 2.0
    smoothing: Annotated[
        FiniteFloat,
        Field(gt=0, le=1, description="weight of the newest row in liveliness and habit"),
    ] = 0.1
    hour_rows: Annotated[
        FiniteFloat, Field(ge=1, description="what is usual at an hour is the mean of so many rows")
    ] = 500.0
    still_behind: Annotated[FiniteFloat, Field(ge=0, description="taken off stillness")] = 1.0
    still_most: Annotated[
        FiniteFloat, Field(description="and no stillness is more: a machine may rest for long")
    ] = 1.0
    still_changes: Annotated[
        FiniteFloat,
        Field(ge=1, description="stillness is judged after so many changes of the value"),
    ] = 50.0
    still_rows: Annotated[
        FiniteFloat, Field(ge=1, description="a channel is taken to stand still so long at times")
    ] = 5.0


STREAM = np.dtype(
    [
        ("rows", "i8"),
        ("origin", "f8"),  # its first value, from which those of the warm-up are counted
        ("middle", "f8"),
        ("spread", "f8"),
        ("record", "f8"),
        ("words", "i8", (WORDS,)),
        ("late", "i2", (LATE_ROWS,)),
    ],
    align=True,
)
CHANNEL = np.dtype(
    [
        ("rows", "i8"),  # since its scale is known
        ("mean", "f8"),
        ("variance", "f8"),
        ("off", "f8"),
        ("usual", "f8", (HOURS,)),
        ("visits", "f8", (HOURS,)),
        ("known", "u1", (HOURS,)),  # it was left, and may be come back to
        ("hour", "i8"),
        ("last", "f8"),
        ("still", "f8"),  # rows since it moved
        ("stillest", "f8"),
        ("changes", "f8"),
    ],
    align=True,
)


class Novelty(NamedTuple):
    """The streams of many assets."""

    channels: Array
    streams: Array
    first: Array  # values of each stream, in the warm-up
    settings: NoveltySettings

    @classmethod
    def new(
        cls, assets: int, channels: int, settings: NoveltySettings | None = None,
        streams: int = STREAMS,
    ) -> "Novelty":  # fmt: skip
        """Before the first row; with one stream a channel, its values alone are looked at."""
        state = np.zeros((assets, channels), CHANNEL)
        state["last"] = np.nan
        of_values = np.zeros((assets, channels, streams), STREAM)
        first = np.zeros((assets, channels, streams, WARM_UP_ROWS), np.float32)
        return cls(state, of_values, first, settings or NoveltySettings())

    def take(self, assets: Array, held: Array, hours: Array) -> tuple[Array, Array]:
        """Of each row the largest novelty, and the largest stillness, among its channels.

        `hours` are those of the day, 0 where it is not known.
        """
        new, still = np.full(len(held), NONE), np.full(len(held), NONE)
        _take(
            records(self.channels), records(self.streams), self.first, assets, held, hours,
            self.settings, new, still,
        )  # fmt: skip
        return new, still


@entry
def _take(
    channels: Any, streams: Any, first: Array, assets: Array, held: Array, hours: Array,
    settings: Any, new: Array, still: Array,
) -> None:  # fmt: skip
    keep = 0.5 ** (1.0 / settings.half_life_rows)
    for row in range(len(held)):
        asset = assets[row]
        for n in range(held.shape[1]):
            value = held[row, n]
            if math.isnan(value):
                continue
            channel = channels[asset, n]
            still[row] = max(still[row], _stillness(channel, value, settings))
            score = _of_channel(
                channel, streams[asset, n], first[asset, n], value, hours[row], settings, keep
            )
            new[row] = max(new[row], score)


@compiled
def _stillness(channel: Any, value: float, settings: Any) -> float:
    """How much longer than ever before, each time that it has become a step more; else NONE."""
    if value != channel.last:
        channel.stillest = max(channel.stillest, channel.still)
        channel.changes += 1.0
        channel.still, channel.last = 0.0, value
        return NONE
    channel.still += 1.0
    if channel.changes < settings.still_changes or value == 0.0:
        return NONE
    longest = max(channel.stillest, settings.still_rows)
    before = math.log(max(channel.still - 1.0, 1.0) / longest)
    now = math.log(channel.still / longest)
    return now if math.floor(now / _STEP) > math.floor(before / _STEP) else NONE


@called
def _of_channel(
    channel: Any, streams: Any, first: Array, value: float, hour: int, settings: Any, keep: float
) -> float:
    most = _of_stream(streams[_VALUE], first[_VALUE], value, 0.0, settings, keep)
    if len(streams) == 1 or streams[_VALUE].rows <= WARM_UP_ROWS:
        return most
    # the others live in the compressed scale: one wild value does not spoil them for long
    scaled = _compressed(streams[_VALUE], value)
    if channel.rows == 0:
        channel.mean, channel.hour = scaled, hour
    channel.rows += 1
    step = scaled - channel.mean
    channel.mean += settings.smoothing * step
    spread = channel.variance + settings.smoothing * step * step
    channel.variance = (1.0 - settings.smoothing) * spread
    liveliness = math.sqrt(channel.variance)
    score = _of_stream(
        streams[_LIVELINESS], first[_LIVELINESS], liveliness, settings.behind, settings, keep
    )
    most = max(most, score)

    if hour != channel.hour:
        channel.known[channel.hour], channel.hour = 1, hour
    off, visits = scaled - channel.usual[hour], channel.visits[hour]
    channel.visits[hour] = min(visits + 1.0, settings.hour_rows)
    channel.usual[hour] += off / channel.visits[hour]
    # an hour that began only now tells nothing of what is usual in it
    if channel.known[hour] != 0 or visits >= WARM_UP_ROWS:
        channel.off += settings.smoothing * (off - channel.off)
        score = _of_stream(
            streams[_HABIT], first[_HABIT], channel.off, settings.behind, settings, keep
        )
        most = max(most, score)
    return most


@called
def _of_stream(
    stream: Any, first: Array, value: float, behind: float, settings: Any, keep: float
) -> float:
    if stream.rows < WARM_UP_ROWS:
        if stream.rows == 0:
            stream.origin = value
        first[stream.rows] = min(max(value - stream.origin, -_FARTHEST), _FARTHEST)
        stream.rows += 1
        if stream.rows == WARM_UP_ROWS:
            _begin(stream, first, behind, settings)
        return NONE
    place = _place(_compressed(stream, value))
    away = distance(stream.words, place) * _PER_BIN
    score = math.log(away / stream.record) if away > 0.0 else NONE
    if away > stream.record:
        stream.record = min(away, settings.growth * stream.record)
    else:
        stream.record = max(settings.least, keep * stream.record)
    now = stream.rows % LATE_ROWS
    if stream.rows >= WARM_UP_ROWS + LATE_ROWS:
        mark(stream.words, int(stream.late[now]))
    stream.late[now] = place
    stream.rows += 1
    return score


@compiled
def _begin(stream: Any, first: Array, behind: float, settings: Any) -> None:
    """Scales the stream by its first rows, then looks at them as if they came one by one."""
    # numpy adds a number of Python's to a float32 as one, numba as a double
    rows = first.astype(np.float64)
    ordered = np.sort(rows)
    stream.middle = stream.origin + ordered[WARM_UP_ROWS // 2]
    stream.spread = (ordered[WARM_UP_ROWS * 9 // 10] - ordered[WARM_UP_ROWS // 10]) / _DECILES
    if stream.spread <= 0.0:
        stream.spread = (ordered[-1] - ordered[0]) / _DECILES
    if stream.spread <= 0.0:  # it never moved: a tenth of its size is much
        stream.spread = 0.1 * abs(stream.middle) if stream.middle != 0.0 else 1.0
    record = settings.least
    for n in range(WARM_UP_ROWS):
        if n > WARM_UP_ROWS // 2:
            place = _place(_compressed(stream, stream.origin + rows[n]))
            record = max(record, distance(stream.words, place) * _PER_BIN)
        if n >= LATE_ROWS:
            mark(stream.words, _place(_compressed(stream, stream.origin + rows[n - LATE_ROWS])))
    for n in range(WARM_UP_ROWS - LATE_ROWS, WARM_UP_ROWS):
        mark(stream.words, _place(_compressed(stream, stream.origin + rows[n])))
    stream.record = record * math.exp(behind)


@compiled
def _compressed(stream: Any, value: float) -> float:
    """Inverse hyperbolic sine, by hand as that is much faster."""
    off = (value - stream.middle) / stream.spread
    away = min(abs(off), _FARTHEST)
    return math.copysign(math.log(away + math.sqrt(away * away + 1.0)), off)


@compiled
def _place(compressed: float) -> int:
    return int(min(max((compressed + _REACH) * _BINS_PER_UNIT, 0.0), BINS - 1.0))
