"""What to look at in what arrives: the world as its feeds tell it, noise, gaps and delays and all.

Nothing is wrong in it.  Every panel has a function that draws it into its axes; the table of panels
at the end of the file says what each shows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.domain.wire import read_reading
from services.lab.plots.sheet import COLOURS, Panel, nothing
from services.lab.plots.tracks import DAY_S, Track
from simulators.emission import Emission
from simulators.noise import Bools, Floats
from simulators.scenario import Scenario
from simulators.world import World

_HOUR_S, _M_PER_DEG = 3_600.0, 111_195.0
_FEW = 3
_STAY_S = 4 * 3_600
_MOORED, _ANCHORED = 5, 1
_SIZE = 36


class Received(NamedTuple):
    """Tracks by class in the order of the devices' times, and how late the readings came, in s."""

    tracks: Mapping[str, Sequence[Track]]
    delays: Mapping[str, Floats]


def receive(scenario: Scenario, seed: int, days: float) -> Received:
    """A small fleet of the scenario, healthy, over `days`; strangers are left out."""
    world = World(scenario.sized(_SIZE).healthy(), seed, scenario.start)
    start_s = world.start.timestamp()
    rows: dict[tuple[str, str], list[tuple[float, ...]]] = defaultdict(list)
    names = {name: fleet.panel.names for name, fleet in world.fleets.items()}
    ours = {
        asset
        for fleet in world.fleets.values()
        for asset, number in zip(fleet.assets, fleet.numbers.tolist(), strict=True)
        if number >= 0
    }

    def take(emission: Emission) -> None:
        said = read_reading(emission.value)
        time_s = said.time.timestamp() - start_s
        place = (np.nan if v is None else v for v in (said.lat, said.lon))
        values = (said.channels.get(name, np.nan) for name in names[said.asset_class])
        rows[said.asset_class, said.asset].append((time_s, emission.at - time_s, *place, *values))

    while world.second < days * DAY_S:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry" and emission.key in ours:
                take(emission)
    tracks: dict[str, list[Track]] = defaultdict(list)
    delays: dict[str, list[Floats]] = defaultdict(list)
    for (asset_class, asset), told in sorted(rows.items()):
        table = np.array(told)
        delays[asset_class].append(table[:, 1])
        _, order = np.unique(table[:, 0], return_index=True)
        time_s, _, lat, lon, *values = table[order].T
        channels = dict(zip(names[asset_class], values, strict=True))
        tracks[asset_class].append(Track(asset, time_s.astype(np.int64), lat, lon, channels))
    return Received(tracks, {name: np.concatenate(parts) for name, parts in delays.items()})


def _hours(track: Track) -> Floats:
    return np.asarray((track.times - track.times[0]) / _HOUR_S)


def _longest(track: Track, holds: Bools) -> Track:
    """The longest part in which `holds` without a break."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(np.int8), [0]])))
    if not len(edges):
        return track.between(0, 0)
    runs = zip(edges[::2], edges[1::2], strict=True)
    lasts = [(track.times[b - 1] - track.times[a], a, b) for a, b in runs]
    _, first, last = max(lasts)
    return track.between(track.times[first], track.times[last - 1] + 1)


def _positions(track: Track) -> Track:
    places = np.flatnonzero(np.isfinite(track.lat) & np.isfinite(track.channels["sog_kn"]))
    channels = {name: values[places] for name, values in track.channels.items()}
    return Track(track.asset, track.times[places], track.lat[places], track.lon[places], channels)


def _stays(seen: Received, status: int) -> list[Track]:
    """The longest stay of each ship at rest with this status, of some ships that have any."""
    ships = [_positions(track) for track in seen.tracks.get("ship", ())]
    parts = [
        _longest(one, (one.channels["nav_status"] == status) & ~(one.channels["sog_kn"] > 6))
        for one in ships
    ]
    return [one for one in parts if len(one.times) and np.ptp(one.times) > _STAY_S][:_FEW]


def _in_metres(axes: Axes, stays: Sequence[Track], shift_m: float) -> None:
    if not stays:
        return nothing(axes)
    for row, track in enumerate(stays):
        north = (track.lat - np.median(track.lat)) * _M_PER_DEG
        east = (track.lon - np.median(track.lon)) * _M_PER_DEG * np.cos(np.radians(track.lat))
        axes.plot(east + shift_m * row, north, ".-", ms=2, lw=0.3, color=COLOURS[row])
    axes.set_xlim(-shift_m / 2, shift_m * (len(stays) - 0.5))
    axes.set_ylim(-shift_m / 2, shift_m / 2)
    return None


def at_berth(axes: Axes, seen: Received) -> None:
    _in_metres(axes, _stays(seen, _MOORED), 60)


def at_anchor(axes: Axes, seen: Received) -> None:
    _in_metres(axes, _stays(seen, _ANCHORED), 400)


def speed_at_rest(axes: Axes, seen: Received) -> None:
    """Speed and course of one stay at a berth: the course of a ship that lies is noise."""
    stays = _stays(seen, _MOORED)
    if not stays:
        return nothing(axes)
    axes.plot(_hours(stays[0]), stays[0].channels["sog_kn"], lw=0.7, color=COLOURS[0])
    above = axes.twinx()
    above.grid(False)
    above.plot(_hours(stays[0]), stays[0].channels["cog_deg"], ".", ms=2, color=COLOURS[1])
    above.set_ylabel("course, deg (orange)")
    return None


def _sailing(seen: Received) -> list[Track]:
    """The longest passage of each ship, the longest of all first."""
    ships = [_positions(track) for track in seen.tracks.get("ship", ())]
    parts = [_longest(one, one.channels["nav_status"] == 0) for one in ships]
    kept = [one for one in parts if len(one.times) > 1]
    return sorted(kept, key=lambda one: -np.ptp(one.times))[:_FEW]


def at_sea(axes: Axes, seen: Received) -> None:
    for row, track in enumerate(_sailing(seen)[:1]):
        part = track.between(track.times[0], track.times[0] + DAY_S)
        axes.plot(part.lon, part.lat, ".-", ms=2.5, lw=0.4, color=COLOURS[row])


def speed_at_sea(axes: Axes, seen: Received) -> None:
    for row, track in enumerate(_sailing(seen)):
        sog = track.channels["sog_kn"]
        axes.plot(_hours(track), sog + 25 * row, ".", ms=1.2, color=COLOURS[row])
    ticks = [25 * row + kn for row in range(_FEW) for kn in (0, 10, 20)]
    axes.set_yticks(ticks, ["0", "10", "20"] * _FEW)


def intervals(axes: Axes, seen: Received) -> None:
    for row, (name, tracks) in enumerate(seen.tracks.items()):
        gaps = np.concatenate([np.diff(track.times) for track in tracks])
        bins = np.geomspace(1, 1e5, 60).tolist()
        axes.hist(gaps, bins=bins, histtype="step", color=COLOURS[row], label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend()


def delays(axes: Axes, seen: Received) -> None:
    for row, (name, late) in enumerate(seen.delays.items()):
        bins = np.geomspace(0.5, 1e5, 60).tolist()
        axes.hist(np.maximum(late, 0.5), bins=bins, histtype="step", color=COLOURS[row], label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend()


def _flight(seen: Received) -> Track | None:
    """The longest flight that begins and ends in the days, of aircraft that tell their rate."""
    flown = [_longest(t, t.channels["on_ground"] == 0) for t in seen.tracks.get("aircraft", ())]
    flown = [one for one in flown if np.isfinite(one.channels["baro_rate_ft_min"]).sum() > 1]
    return max(flown, key=lambda one: np.ptp(one.times)) if flown else None


def _of_flight(axes: Axes, seen: Received, channel: str, scale: float) -> None:
    flight = _flight(seen)
    if flight is None:
        return nothing(axes)
    values = flight.channels[channel] * scale
    axes.plot(_hours(flight) * 60, values, ".-", ms=1.5, lw=0.5, color=COLOURS[0])
    return None


def altitude(axes: Axes, seen: Received) -> None:
    _of_flight(axes, seen, "alt_baro_ft", 0.001)


def vertical_rate(axes: Axes, seen: Received) -> None:
    _of_flight(axes, seen, "baro_rate_ft_min", 1.0)


def train_day(axes: Axes, seen: Received) -> None:
    """A line an hour of the busiest train's day; red: the doors are said to be open under way."""
    trains = seen.tracks.get("metro", ())
    if not trains:
        return nothing(axes)
    days = [train.between(DAY_S // 4, DAY_S // 4 + DAY_S) for train in trains]
    day = max(days, key=lambda one: float(np.nansum(one.channels["speed_mps"])))
    speed, doors = day.channels["speed_mps"], day.channels["doors_open"]
    hour = day.times // 3_600
    minute = day.times % 3_600 / 60
    for one in np.unique(hour):
        mine = hour == one
        axes.plot(minute[mine], speed[mine] / 30 + one - 6, lw=0.5, color=COLOURS[0])
        lies = mine & (doors > 0) & (speed > 1.5)
        axes.plot(minute[lies], speed[lies] / 30 + one - 6, ".", ms=4, color="#c0392b")
    axes.invert_yaxis()
    return None


def gauge(axes: Axes, seen: Received) -> None:
    """The tank of a ship under way, less the straight line through it: what the gauge adds."""
    for row, track in enumerate(_sailing(seen)):
        times, (tank,) = track.told("rob_fuel_t")
        if len(times) > 10:
            hours = (times - times[0]) / _HOUR_S
            line = np.polynomial.Polynomial.fit(hours, tank, 1)
            axes.plot(hours, tank - line(hours), lw=0.6, color=COLOURS[row])


def instrument(axes: Axes, seen: Received) -> None:
    """Lubricating oil temperatures of three ships under way."""
    for row, track in enumerate(_sailing(seen)):
        times, (value,) = track.told("lo_temp_degc")
        axes.plot((times - times[:1]) / _HOUR_S, value, lw=0.5, color=COLOURS[row])


def accuracy(axes: Axes, seen: Received) -> None:
    told: Any = [t.channels["nac_p"][t.channels["on_ground"] == 0] for t in seen.tracks["aircraft"]]
    values = np.nan_to_num(np.concatenate(told), nan=-1)
    axes.hist(values, bins=[n - 0.5 for n in range(-1, 13)], rwidth=0.8, color=COLOURS[0])
    axes.set_xticks(range(-1, 12), ["none", *map(str, range(12))])


RECEIVED = (
    Panel("At a berth: three ships, 60 m apart", at_berth, "m east", "m north"),
    Panel("At anchor: three ships, 400 m apart", at_anchor, "m east", "m north"),
    Panel("At sea: a day of one passage", at_sea, "lon", "lat"),
    Panel("Speed and course at a berth", speed_at_rest, "hours", "kn"),
    Panel("Speed over passages, three ships", speed_at_sea, "hours", "kn"),
    Panel("A gauge: fuel left, less its line", gauge, "hours", "t"),
    Panel("A flight's altitude", altitude, "minutes after lift-off", "1,000 ft"),
    Panel("Its vertical rate", vertical_rate, "minutes after lift-off", "ft/min"),
    Panel("nac_p in the air", accuracy, "", "readings"),
    Panel("A train's day, hour by hour (red: doors open)", train_day, "minute", "hour"),
    Panel("Lubricating oil, three ships", instrument, "hours", "degC"),
    Panel("Between two readings of an asset", intervals, "s", "readings"),
    Panel("Arrival after the time on the reading", delays, "s", "readings"),
)
