"""The rows of aircraft and of metro trains."""

import numpy as np

from services.lab.realism.readings import Part
from services.lab.realism.row import Row, divided, per, quantiles, runs, sums
from simulators.noise import Floats

_M_PER_DEG, _MPS_PER_KN = 111_195.0, 0.514444
_ABOUT_15_S = (10.0, 20.0)
_STANDS_MPS, _STAND_S, _OUT_OF_SERVICE_S, _GAP_S = 0.5, 180.0, 1_800.0, 300.0
_NAC_P = (10, 9, 8, 0)


def _way_error(part: Part) -> Floats:
    """Metres flown in about 15 s less those that the ground speed tells, in the air."""
    speed = part.channels["gs_kn"]
    part = part.where(np.isfinite(part.lat) & np.isfinite(speed) & (speed > 100))
    if len(part.time_s) < 2:
        return np.empty(0)
    after = np.searchsorted(part.time_s, part.time_s + _ABOUT_15_S[0])
    here = np.flatnonzero(after < len(part.time_s))
    there = after[here]
    lasts_s = part.time_s[there] - part.time_s[here]
    near = lasts_s <= _ABOUT_15_S[1]
    here, there, lasts_s = here[near], there[near], lasts_s[near]
    north = (part.lat[there] - part.lat[here]) * _M_PER_DEG
    degrees = (part.lon[there] - part.lon[here] + 180.0) % 360.0 - 180.0
    east = degrees * _M_PER_DEG * np.cos(np.radians((part.lat[here] + part.lat[there]) / 2))
    mean_kn = (part.channels["gs_kn"][here] + part.channels["gs_kn"][there]) / 2
    error = np.hypot(north, east) - mean_kn * _MPS_PER_KN * lasts_s
    return np.asarray(error * 15.0 / lasts_s)


def _quanta(part: Part) -> Floats:
    """Vertical rates that are whole 64 ft/min, altitudes that are whole 25 ft, with what of."""
    rate, height = (part.channels[name] for name in ("baro_rate_ft_min", "alt_baro_ft"))
    rate, height = rate[np.isfinite(rate)], height[np.isfinite(height)]
    return sums(rate % 64 == 0, height % 25 == 0, len(rate), len(height))


def _quantised(table: Floats) -> tuple[float, ...]:
    rates, heights, told_rates, told_heights = table.sum(axis=0)
    return (
        rates / told_rates if told_rates else np.nan,
        heights / told_heights if told_heights else np.nan,
    )


def _accuracy(part: Part) -> Floats:
    of = part.where(part.channels["on_ground"] != 1).channels
    nac_p, rate = of["nac_p"], of["baro_rate_ft_min"]
    return sums(
        *(nac_p == value for value in _NAC_P), ~np.isfinite(nac_p), ~np.isfinite(rate), len(nac_p)
    )


def _doors(part: Part) -> Floats:
    speed, doors = (part.channels[name] for name in ("speed_mps", "doors_open"))
    runs_ = (speed > 1.5) & np.isfinite(doors)
    return sums(runs_ & (doors > 0), runs_)


def _always_open(table: Floats) -> tuple[float, ...]:
    shares = divided(table[:, 0], table[:, 1])
    shares = shares[np.isfinite(shares)]
    return (float(np.mean(shares > 0.95)) if len(shares) else np.nan,)


def _stands(part: Part) -> Floats:
    """Stands over 3 minutes, of train-hours; over half an hour it is out of service."""
    part = part.where(np.isfinite(part.channels["speed_mps"]))
    if len(part.time_s) < 2:
        return sums(0.0, 0.0)
    first, last = runs(part.channels["speed_mps"] < _STANDS_MPS)
    gap_s = np.diff(part.time_s)
    # the clock of what was heard: a train unheard for longer neither stands nor serves
    heard_s = np.append(0.0, np.cumsum(np.where(gap_s <= _GAP_S, gap_s, 0.0)))
    lasts_s = heard_s[last] - heard_s[first]
    served_s = heard_s[-1] - lasts_s[lasts_s > _OUT_OF_SERVICE_S].sum()
    stands = (lasts_s > _STAND_S) & (lasts_s <= _OUT_OF_SERVICE_S)
    return sums(stands, max(0.0, served_s) / 3_600)


ROWS = (
    Row("aircraft way in 15 s", "aircraft", "values", _way_error, quantiles(0.01, 0.99)),
    Row("aircraft steps of rate and altitude", "aircraft", "sums", _quanta, _quantised),
    Row("aircraft nac_p", "aircraft", "sums", _accuracy, per(0, 1, 2, 3, 4, by=6)),
    Row("aircraft vertical rate missing", "aircraft", "sums", _accuracy, per(5, by=6)),
    Row("train doors open while running", "metro", "sums", _doors, per(0, by=1)),
    Row("train doors open throughout", "metro", "sums", _doors, _always_open),
    Row("train stands", "metro", "sums", _stands, per(0, by=1)),
)  # fmt: skip
