"""Figures that can be held against published ranges, worked out of the readings of a fleet."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from services.lab.plots.tracks import DAY_S, Track, spells
from simulators.noise import Floats

_SHIP_CRUISES_KN = 8.0
_STANDS_MPS, _LONGEST_DWELL_S = 0.05, 150.0
_AT_TAKE_OFF_S = 90
_REPORT_S = 900


def joined(parts: Iterable[Floats]) -> Floats:
    """All parts in one array, empty when there are none."""
    found = list(parts)
    return np.concatenate(found) if found else np.empty(0)


def change_rates(tracks: Sequence[Track], channel: str, longest_gap_s: float) -> Floats:
    """Change of `channel` a second between readings that follow each other closely."""
    parts = []
    for track in tracks:
        times, (values,) = track.told(channel)
        gap = np.diff(times)
        parts.append((np.diff(values) / np.maximum(gap, 1))[(gap > 0) & (gap <= longest_gap_s)])
    return joined(parts)


class Cruise(NamedTuple):
    """What ships under way burn: kn, t/day, % of MCR, rpm, degC before the turbocharger; m."""

    sog_kn: Floats
    fuel_t_day: Floats
    load_pct: Floats
    rpm: Floats
    exhaust_degc: Floats
    draught_m: Floats


def cruise(track: Track) -> Cruise:
    """The minutes of a ship under way at sea speed; draught is the last one told."""
    draught_times, (draughts,) = track.told("draught_m")
    times, (sog, fuel, load, rpm, exhaust, status) = track.told(
        "sog_kn", "fuel_flow_t_h", "me_load_pct", "me_rpm", "exh_temp_degc", "nav_status"
    )
    sea = (status == 0) & (sog >= _SHIP_CRUISES_KN)
    last = np.searchsorted(draught_times, times[sea], side="right") - 1
    draught = np.where(last >= 0, draughts[np.maximum(last, 0)], np.nan)
    return Cruise(sog[sea], fuel[sea] * 24, load[sea], rpm[sea], exhaust[sea], draught)


def port_stays_h(track: Track) -> Floats:
    """Hours of each stay at a berth."""
    since, until = spells(track.times, track.channels["nav_status"] == 5)
    return np.asarray((until - since) / 3600.0)


class Flights(NamedTuple):
    """One number a flight: seconds of lift-off and touch-down, hottest EGT at take-off in degC."""

    lift_off: Floats
    touch_down: Floats
    egt_degc: Floats


def flights(track: Track) -> Flights:
    """The flights of an aircraft that began and ended in the track."""
    up, down = spells(track.times, track.channels["on_ground"] == 0)
    egt = track.channels["egt_degc"]
    first = np.searchsorted(track.times, up - _AT_TAKE_OFF_S)
    last = np.searchsorted(track.times, up + _AT_TAKE_OFF_S)
    hottest = [np.nanmax(egt[a:b]) for a, b in zip(first, last, strict=True)]
    return Flights(up.astype(float), down.astype(float), np.array(hottest))


def turnarounds_min(track: Track) -> Floats:
    """Minutes on the ground between two flights."""
    seen = flights(track)
    return np.asarray((seen.lift_off[1:] - seen.touch_down[:-1]) / 60.0)


def taxi_kn(track: Track) -> Floats:
    """Speeds of an aircraft on the move between runway and stand: a minute off its landing roll."""
    of, speed = flights(track), track.channels["gs_kn"]
    rolls = (track.channels["on_ground"] == 1) & (speed > 1)
    for up, down in zip(of.lift_off, of.touch_down, strict=True):
        rolls &= (track.times < up - 60) | (track.times > down + 60)
    return np.asarray(speed[rolls])


def vertical_rates(tracks: Sequence[Track]) -> Floats:
    """ft/min of aircraft that climb or descend by more than 300 ft/min."""
    rates = joined(t.channels["baro_rate_ft_min"][t.channels["on_ground"] == 0] for t in tracks)
    return np.asarray(rates[np.abs(rates) > 300])


def dwells_s(track: Track) -> Floats:
    """Seconds of a train's stops at stations; longer ones are turnbacks or rest."""
    since, until = spells(track.times, track.channels["speed_mps"] < _STANDS_MPS)
    seconds = (until - since).astype(np.float64)
    return np.asarray(seconds[seconds <= _LONGEST_DWELL_S])


def km_a_day(track: Track) -> Floats:
    """Kilometres of each whole day, give or take a report."""
    times, (odometer,) = track.told("odometer_km")
    first, last = -(-(times[0] - _REPORT_S) // DAY_S), (times[-1] + _REPORT_S) // DAY_S
    days = np.arange(first, last + 1) * DAY_S
    return np.diff(np.interp(days, times, odometer))
