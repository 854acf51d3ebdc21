"""Data quality: every flaw of a reading is pointed at; flawed numbers are not fed on.

Flaws of the reading: duplicate, late, future, clock_skew, position_impossible, jump. Flaws of a
channel: impossible, counter_backwards, frozen, unknown (once for an asset and channel). A late or
future reading enters history but never moves the asset's state.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from schemas.reading import MAX_AHEAD
from services.domain.detectors.form import Array, Column
from services.domain.monitor import episodes, frozen, jumps
from services.domain.monitor.emit import Round, number, numbers
from services.domain.monitor.plan import NEVER_US, SECOND_US, ClassPlan

FUTURE_US = int(MAX_AHEAD.total_seconds()) * SECOND_US
SKEW_US = 60 * SECOND_US
_STEADY_US = 5 * SECOND_US
_STEADY_READINGS = 10
_UNKNOWN_NAMES_KEPT = 32


def table(plan: ClassPlan) -> dict[str, Column]:
    """Columns: newest event time, identity of the last reading, clock offsets, counters."""
    return {
        "newest": Column("i8", NEVER_US),
        "last_time": Column("i8", NEVER_US),
        "last_seq": Column("i8", -1),
        "source": Column("i4", -1),
        "feed_lag": Column("f8", np.nan),
        "lag": Column("i8", 0),
        "steady": Column("i4", 0),
        "counter": Column("f8", -np.inf, len(plan.monotonic)),
        **jumps.table(),
        **frozen.table(plan),
        **episodes.table(len(plan.flaws)),
    }


def step(round_: Round, unknown_seen: dict[int, set[str]]) -> Array:
    """Flags the round's readings, cleans `values` and `fix`; returns which readings are live."""
    duplicate, late, future, skewed = _timing(round_)
    live = ~(duplicate | late | future)
    usable = ~duplicate
    out_of_place = _impossible_position(round_)
    round_.fix &= ~out_of_place
    impossible = (round_.raw < round_.plan.low) | (round_.raw > round_.plan.high)
    if impossible.any():
        round_.values = np.where(impossible, np.nan, round_.raw)
    backwards = _counters(round_, live)
    jumped = jumps.step(round_, live)
    stuck = frozen.step(round_, live)
    of_reading = np.stack([duplicate, late, future, skewed, out_of_place, jumped], axis=1)
    bad = np.concatenate([of_reading, impossible & usable[:, None], backwards, stuck], axis=1)
    _flag(round_, bad, unknown_seen)
    episodes.step(round_, bad, round_.plan.flaws, live)
    return live


def _timing(round_: Round) -> tuple[Array, Array, Array, Array]:
    columns, rows, time = round_.columns, round_.rows, round_.time
    seq = round_.readings.seq
    duplicate = (
        (time == columns["last_time"][rows])
        & (seq == columns["last_seq"][rows])
        & (round_.source == columns["source"][rows])
    )
    late = ~duplicate & (time < columns["newest"][rows])
    future = ~duplicate & (time - round_.ingest > FUTURE_US)
    columns["last_time"][rows], columns["last_seq"][rows] = time, seq
    columns["source"][rows] = round_.source
    newest = np.where(future, columns["newest"][rows], np.maximum(time, columns["newest"][rows]))
    columns["newest"][rows] = newest
    return duplicate, late, future, _skew(round_)


def feed_lag(lags: Array) -> float:
    """The delay of a feed in microseconds, from the newest one of each of its assets.

    Their median by size, so that a whole feed may be hours or years behind and one asset off is
    seen; of two assets the punctual one is believed. An asset alone on its feed is the feed.
    """
    by_size = lags[np.argsort(np.abs(lags), kind="stable")]
    return float(by_size[(len(lags) - 1) // 2])


def _skew(round_: Round) -> Array:
    """A clock that is off from its feed's by a steady amount; a delayed batch catches up.

    Not judged until the feed's delay is known, at the first grid point of its clock (NaN).
    """
    columns, rows = round_.columns, round_.rows
    lag = round_.ingest - round_.time
    off = np.abs(lag - columns["feed_lag"][rows]) > SKEW_US
    same = np.abs(lag - columns["lag"][rows]) < _STEADY_US
    steady = np.where(off & same, columns["steady"][rows] + 1, 0)
    # the lag at which it became steady is kept, or one that creeps would pass for steady
    columns["lag"][rows] = np.where(same, columns["lag"][rows], lag)
    columns["steady"][rows] = steady
    return steady >= _STEADY_READINGS


def _impossible_position(round_: Round) -> Array:
    lat, lon = round_.lat, round_.lon
    outside = (np.abs(lat) > 90) | (np.abs(lon) > 180) | ((lat == 0) & (lon == 0))
    impossible: Array = outside & round_.fix
    return impossible


def _counters(round_: Round, live: Array) -> Array:
    values = round_.values[:, round_.plan.monotonic]
    last = round_.columns["counter"][round_.rows]
    backwards = (values < last) & live[:, None]
    round_.columns["counter"][round_.rows] = np.where(
        live[:, None] & ~np.isnan(values), values, last
    )
    return backwards


def _flag(round_: Round, bad: Array, unknown_seen: dict[int, set[str]]) -> None:
    """One reading_flagged a flaw; a frozen channel and a skewed clock are episodes only."""
    for place, names in round_.readings.unknown.items():
        _flag_unknown(round_, place, names, unknown_seen)
    if not bad.any():
        return
    names_ = round_.plan.flaws
    for place, n in zip(*np.nonzero(bad), strict=True):
        flaw, channel = names_[n]
        if flaw not in ("frozen", "clock_skew"):
            detail = dict(_detail(round_, int(place), flaw, channel))
            round_.add(place, "reading_flagged", flaw=flaw, channel=channel, **detail)


def _flag_unknown(
    round_: Round, place: int, names: list[tuple[str, float]], seen: dict[int, set[str]]
) -> None:
    known = seen.setdefault(int(round_.rows[place]), set())
    for name, value in names:
        if name not in known and len(known) < _UNKNOWN_NAMES_KEPT:
            known.add(name)
            round_.add(place, "reading_flagged", flaw="unknown", channel=name, value=number(value))


def _detail(round_: Round, place: int, flaw: str, channel: str | None) -> Iterator[tuple[str, Any]]:
    """What a person needs to see why: the value and the bound it broke."""
    plan = round_.plan
    if channel is not None:
        n = plan.index[channel]
        yield "value", number(round_.raw[place, n])
        yield "evidence", numbers(low=plan.low[n], high=plan.high[n])
    elif flaw in ("late", "future", "duplicate"):
        lag_s = (round_.ingest[place] - round_.time[place]) / SECOND_US
        newest = round_.columns["newest"][round_.rows[place]]
        yield (
            "evidence",
            numbers(lag_s=lag_s, behind_s=max(0, int(newest - round_.time[place])) / SECOND_US),
        )
    else:
        yield "evidence", numbers(lat=round_.lat[place], lon=round_.lon[place])
