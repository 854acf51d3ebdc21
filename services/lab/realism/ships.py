"""The rows of ships.  Speeds are knots, distances metres; a ship-day has no gaps over an hour."""

import numpy as np

from services.lab.realism.readings import Part
from services.lab.realism.row import Row, divided, of_assets, per, quantiles, runs, sums
from simulators.noise import Bools, Floats, Ints

_M_PER_DEG, _MPS_PER_KN = 111_195.0, 0.514444
_HOUR_S, _DAY_S = 3_600.0, 86_400.0

# A ship is at rest in a window of the clock whose median speed is below half a knot, unless its
# ends are so far apart that the speed must be wrong.
_WINDOW_S, _SEEN_FOR_S, _REST_KN, _REST_MPS = 300.0, 60.0, 0.5, 1.0
_MOORED_OR_ANCHORED = (1, 5)
_UNDER_WAY, _AGROUND = 0, 6
_JUMP_M, _JUMP_KN = 1_500.0, 60.0


def _positions(part: Part) -> Part:
    return part.where(np.isfinite(part.lat) & np.isfinite(part.channels["sog_kn"]))


def _way_m(part: Part, first: Ints, last: Ints) -> Floats:
    """Metres as the crow flies, of places not far from each other."""
    north = (part.lat[last] - part.lat[first]) * _M_PER_DEG
    degrees = (part.lon[last] - part.lon[first] + 180.0) % 360.0 - 180.0
    east = degrees * _M_PER_DEG * np.cos(np.radians(part.lat[first]))
    return np.asarray(np.hypot(north, east))


def _step_m(part: Part) -> Floats:
    places = np.arange(len(part.time_s))
    return _way_m(part, places[:-1], places[1:])


def _gaps_s(part: Part) -> Floats:
    return np.diff(part.time_s)


def _days(part: Part) -> float:
    """Ship-days: gaps count for an hour at most."""
    return float(np.minimum(_gaps_s(part), _HOUR_S).sum() / _DAY_S)


def _turn_deg(a: Floats, b: Floats) -> Floats:
    return np.asarray((b - a + 180.0) % 360.0 - 180.0)


def _windows(part: Part) -> tuple[Ints, Ints]:
    """(first, last) places of the readings of each window."""
    if not len(part.time_s):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    cuts = np.flatnonzero(np.diff(part.time_s // _WINDOW_S)) + 1
    return np.append(0, cuts), np.append(cuts, len(part.time_s)) - 1


def _resting(part: Part) -> tuple[Ints, Ints, Bools]:
    """The windows, and which of them the ship rests in."""
    first, last = _windows(part)
    if not len(first):
        return first, last, np.empty(0, dtype=bool)
    lasts_s = part.time_s[last] - part.time_s[first]
    sog, window = part.channels["sog_kn"], np.repeat(np.arange(len(first)), last - first + 1)
    middle = sog[np.lexsort((sog, window))][(first + last) // 2]
    slow = (middle < _REST_KN) & (_way_m(part, first, last) <= _REST_MPS * lasts_s)
    return first, last, slow & (lasts_s >= _SEEN_FOR_S)


def _of_stays(part: Part, values: Floats) -> Floats:
    """Standard deviations of `values` in each window at rest."""
    first, last, rests = _resting(part)
    if not len(first):
        return np.empty(0)
    count = last - first + 1
    mean = np.add.reduceat(values, first) / count
    off = np.add.reduceat((values - np.repeat(mean, count)) ** 2, first)
    return np.asarray(np.sqrt(off / count)[rests])


def _sog_at_rest(part: Part) -> Floats:
    part = _positions(part)
    return _of_stays(part, part.channels["sog_kn"])


def _largest_sog_at_rest(part: Part) -> Floats:
    part = _positions(part)
    first, _, rests = _resting(part)
    sog = part.channels["sog_kn"]
    return np.asarray(np.maximum.reduceat(sog, first)[rests]) if len(first) else np.empty(0)


def _not_0(largest: Floats) -> tuple[float, ...]:
    return (float(np.mean(largest > 0)) if len(largest) else np.nan,)


def _jitter(part: Part) -> Floats:
    """Root of the mean variance of two axes in each window at rest, in metres.

    A window with a jump is left out: that is another row.
    """
    part = _positions(part)
    first, last, rests = _resting(part)
    count = (last - first + 1)[rests]
    north, east = (
        _of_stays(part, (degrees - np.repeat(degrees[first], last - first + 1)) * scale)
        for degrees, scale in (
            (part.lat, _M_PER_DEG),
            (part.lon, _M_PER_DEG * np.cos(np.radians(part.lat))),
        )
    )
    sd = np.sqrt((north**2 + east**2) / 2 * count / (count - 1))
    return np.asarray(sd[sd * np.sqrt(2 * count) < _JUMP_M])


def _course_at_rest(part: Part) -> Floats:
    """Root of the mean square of the steps from reading to reading in each window at rest."""
    part = _positions(part)
    part = part.where(np.isfinite(part.channels["cog_deg"]))
    first, last, rests = _resting(part)
    first, last = first[rests], last[rests]
    step = _turn_deg(part.channels["cog_deg"][:-1], part.channels["cog_deg"][1:]) ** 2
    total = np.append(0.0, np.cumsum(step))
    return np.asarray(np.sqrt((total[last] - total[first]) / (last - first)))


def _drift_angle(part: Part) -> Floats:
    of = part.channels
    fast = of["sog_kn"] > 8
    turn = np.abs(_turn_deg(of["heading_deg"][fast], of["cog_deg"][fast]))
    return turn[np.isfinite(turn)]


def _implied(part: Part) -> Floats:
    part = _positions(part)
    sog, gap_s = part.channels["sog_kn"], _gaps_s(part)
    mean_kn = (sog[:-1] + sog[1:]) / 2
    moves = (gap_s <= _HOUR_S) & (mean_kn > 3)
    implied_kn = _step_m(part) / np.maximum(gap_s, 1e-3) / _MPS_PER_KN
    return sums((np.abs(implied_kn - mean_kn) > 3)[moves], moves)


def _intervals(part: Part) -> Floats:
    """Under way; what is over five times the usual is a gap: another row."""
    part = _positions(part)
    gap_s = _gaps_s(part)[part.channels["sog_kn"][1:] > 3]
    gap_s = gap_s[gap_s <= 5 * np.median(gap_s)] if len(gap_s) >= 10 else gap_s[:0]
    return sums(np.ones(len(gap_s)), gap_s, gap_s**2)


def _sd(table: Floats) -> Floats:
    """Of lines of (count, sum, sum of squares), where there are two values at least."""
    n, total, squares = table.T
    mean = divided(total, n * (n > 1))
    return np.sqrt(np.maximum(divided(squares, n) - mean**2, 0.0))


def _variation(table: Floats) -> Floats:
    return _sd(table) / divided(table[:, 1], table[:, 0])


def _gaps(part: Part) -> Floats:
    gap_s = _gaps_s(_positions(part))
    return sums(gap_s > 540, gap_s > 2_520, np.ones(len(gap_s)))


def _dark(part: Part) -> Floats:
    part = _positions(part)
    sails = part.channels["sog_kn"] > 3
    return sums((_gaps_s(part) > 4 * _HOUR_S) & sails[:-1] & sails[1:], _days(part))


def _told(part: Part) -> Floats:
    part = _positions(part)
    of = part.channels
    return sums(np.isfinite(of["heading_deg"]), np.isfinite(of["cog_deg"]), len(part.time_s))


def _never_told(table: Floats) -> tuple[float, ...]:
    told = table[table[:, 2] > 0]
    shares = (float(np.mean(told[:, place] == 0)) if len(told) else np.nan for place in (0, 1))
    return tuple(shares)


def _status_0(part: Part) -> Floats:
    part = _positions(part)
    first, last, rests = _resting(part)
    if not len(first):
        return sums(0.0, 0.0)
    seen = (part.time_s[last] - part.time_s[first] >= _SEEN_FOR_S) & (
        part.channels["nav_status"][first] == _UNDER_WAY
    )
    return sums(rests & seen, seen)


def _mean_share(table: Floats) -> tuple[float, ...]:
    shares = divided(table[:, 0], table[:, 1])
    return (float(np.nanmean(shares)) if np.isfinite(shares).any() else np.nan,)


def _begins(holds: Bools) -> Bools:
    return holds[1:] & ~holds[:-1]


def _moored_under_way(part: Part) -> Floats:
    part = _positions(part)
    moored = np.isin(part.channels["nav_status"], _MOORED_OR_ANCHORED)
    return sums(_begins(moored & (part.channels["sog_kn"] > 2.7)), _days(part))


def _slow(part: Part) -> Floats:
    """At sea: she makes way, and her status says neither moored nor anchored nor aground."""
    part = _positions(part)
    status = part.channels["nav_status"]
    slow = (part.channels["sog_kn"] < 2.2) & ~np.isin(status, (*_MOORED_OR_ANCHORED, _AGROUND))
    first, last = runs(slow)
    lasts = part.time_s[last] - part.time_s[first] >= 1_800
    return sums(lasts & (_way_m(part, first, last) > 300), _days(part))


def _jumps(part: Part) -> Floats:
    """Places far off the way between their neighbours, and places far off the two before them that
    the two after them confirm; an hour on, nothing tells.
    """
    part = _positions(part)
    if len(part.time_s) < 5:
        return sums(0.0, 0.0, _days(part))
    places = np.arange(len(part.time_s))
    gap_s, step_m = _gaps_s(part), _step_m(part)
    near, fast_mps = gap_s <= _HOUR_S, _JUMP_KN * _MPS_PER_KN
    off = near & (step_m > _JUMP_M) & (step_m > fast_mps * gap_s)
    over_m, over_s = _way_m(part, places[:-2], places[2:]), gap_s[:-1] + gap_s[1:]
    agree = near[:-1] & near[1:] & (over_m <= np.maximum(_JUMP_M, fast_mps * over_s))
    share = gap_s[:-1] / over_s
    middle = part.where(places[1:-1])
    between = middle._replace(
        lat=part.lat[:-2] + share * (part.lat[2:] - part.lat[:-2]),
        lon=part.lon[:-2] + share * (part.lon[2:] - part.lon[:-2]),
    )
    north, east = between.lat - middle.lat, between.lon - middle.lon
    aside_m = np.hypot(north, east * np.cos(np.radians(middle.lat))) * _M_PER_DEG
    returns = agree & (off[:-1] | off[1:]) & (aside_m > _JUMP_M)
    calm = near & ~off
    stays = off[1:-2] & ~agree[:-2] & near[:-3] & calm[2:-1] & calm[3:]
    return sums(returns, stays, _days(part))


def _brakes(part: Part) -> Floats:
    """From a reading to the first one a minute later, which is not more than five minutes later."""
    part = _positions(part)
    sog, time_s = part.channels["sog_kn"], part.time_s
    after = np.searchsorted(time_s, time_s + 60)
    here = np.flatnonzero(after < len(time_s))
    there = after[here]
    lasts_s = time_s[there] - time_s[here]
    hard = (lasts_s <= 300) & (sog[here] - sog[there] > 3 * lasts_s / 60)
    return sums(_begins(np.append(False, hard)), _days(part))


ROWS = (
    Row("ship SOG at rest", "ship", "values", _sog_at_rest, quantiles(0.5, 0.95, 0.99)),
    Row("ship SOG at rest not always 0", "ship", "values", _largest_sog_at_rest, _not_0),
    Row("ship largest SOG at rest", "ship", "values", _largest_sog_at_rest, quantiles(0.99)),
    Row("ship position at rest", "ship", "values", _jitter, quantiles(0.5, 0.95, 0.99)),
    Row("ship COG at rest", "ship", "values", _course_at_rest, quantiles(0.5, 0.75)),
    Row("ship COG against heading", "ship", "values", _drift_angle,
        quantiles(0.5, 0.9, 0.99, 0.999)),
    Row("ship implied speed against SOG", "ship", "sums", _implied, per(0, by=1)),
    Row("ship reporting interval", "ship", "sums", _intervals, of_assets(_variation, 0.5)),
    Row("ship gaps", "ship", "sums", _gaps, per(0, 1, by=2)),
    Row("ship gaps while sailing", "ship", "sums", _dark, per(0, by=1)),
    Row("ship heading and COG missing", "ship", "sums", _told, _never_told),
    Row("ship status 0 at rest", "ship", "sums", _status_0, _mean_share),
    Row("ship moves with a status at rest", "ship", "sums", _moored_under_way, per(0, by=1)),
    Row("ship slow at sea", "ship", "sums", _slow, per(0, by=1)),
    Row("ship jumps", "ship", "sums", _jumps, per(0, 1, by=2)),
    Row("ship hard deceleration", "ship", "sums", _brakes, per(0, by=1)),
)  # fmt: skip
