"""What to look at in the physics of ships.

Every panel has a function that draws it into its axes; the tables of panels at the end of the
file say what each shows.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.lab.plots.figures import change_rates, cruise, joined, port_stays_h
from services.lab.plots.sheet import (
    COLOURS,
    Panel,
    band,
    by_bins,
    days,
    histogram,
    thinned,
)
from services.lab.plots.tracks import DAY_S, Track

_FEW = 5


class ShipsSeen(NamedTuple):
    """Ships over weeks by the minute, over a day in seconds, and some over months by the hour."""

    weeks: list[Track]
    day: list[Track]
    months: list[Track]


def speed(axes: Axes, seen: ShipsSeen) -> None:
    for row, track in enumerate(seen.weeks[:4]):
        place = thinned(len(track.times))
        sog = track.channels["sog_kn"][place]
        axes.plot(days(track.times[place]), sog + 25 * row, color=COLOURS[row], lw=0.8)
        moored = track.channels["nav_status"][place] == 5
        axes.fill_between(days(track.times[place]), 25 * row - 2, 25 * row - 0.5, where=moored,
                          color="#444444", lw=0)  # fmt: skip
        axes.axhspan(25 * row + 10, 25 * row + 22, color="#3a9d6b", alpha=0.10, lw=0)
    axes.set_yticks(
        [25 * row + kn for row in range(4) for kn in (0, 10, 20)], ["0", "10", "20"] * 4
    )


def sea_speed(axes: Axes, seen: ShipsSeen) -> None:
    histogram(axes, joined(cruise(track).sog_kn for track in seen.weeks), "ship sea speed")


def acceleration(axes: Axes, seen: ShipsSeen) -> None:
    # Over two minutes: between reports the last decimal is all that changes.
    rates = change_rates(seen.weeks, "sog_kn", 150)
    histogram(axes, rates[np.abs(rates) > 0.002], "ship acceleration")
    axes.set_yscale("log")


def draught(axes: Axes, seen: ShipsSeen) -> None:
    for row, track in enumerate(seen.weeks[:_FEW]):
        times, (values,) = track.told("draught_m")
        axes.plot(days(times), values, color=COLOURS[row], drawstyle="steps-post")
    band(axes, "ship draught")


def stays(axes: Axes, seen: ShipsSeen) -> None:
    histogram(axes, joined(port_stays_h(track) for track in seen.weeks), bins=24)


def fuel_left(axes: Axes, seen: ShipsSeen) -> None:
    for row, track in enumerate(seen.weeks[:_FEW]):
        times, (values,) = track.told("rob_fuel_t")
        axes.plot(days(times), values, color=COLOURS[row])


def _against_speed(axes: Axes, seen: ShipsSeen, field: str) -> None:
    for row, track in enumerate(seen.weeks[:_FEW]):
        of = cruise(track)
        place = thinned(len(of.sog_kn), 1_500)
        axes.plot(of.sog_kn[place], getattr(of, field)[place], ".", ms=1.5, alpha=0.35,
                  color=COLOURS[row])  # fmt: skip


def fuel(axes: Axes, seen: ShipsSeen) -> None:
    _against_speed(axes, seen, "fuel_t_day")
    for row, track in enumerate(seen.weeks[:_FEW]):
        of = cruise(track)
        if len(of.sog_kn):
            unit = np.median(of.fuel_t_day / of.sog_kn**3)
            speeds = np.linspace(8, of.sog_kn.max(), 40)
            axes.plot(speeds, unit * speeds**3, color=COLOURS[row], lw=0.9, ls="--")
    band(axes, "ship fuel under way")


def load(axes: Axes, seen: ShipsSeen) -> None:
    _against_speed(axes, seen, "load_pct")
    band(axes, "ship load under way")


def revolutions(axes: Axes, seen: ShipsSeen) -> None:
    _against_speed(axes, seen, "rpm")
    band(axes, "ship rpm under way")


def exhaust(axes: Axes, seen: ShipsSeen) -> None:
    for row, track in enumerate(seen.weeks[:_FEW]):
        of = cruise(track)
        place = thinned(len(of.sog_kn), 1_500)
        axes.plot(of.load_pct[place], of.exhaust_degc[place], ".", ms=1.5, alpha=0.35,
                  color=COLOURS[row])  # fmt: skip
    band(axes, "ship exhaust under way")
    axes.axhline(430, color="#c0392b", lw=1)


def turbocharger(axes: Axes, seen: ShipsSeen) -> None:
    for row, track in enumerate(seen.weeks[:_FEW]):
        place = thinned(len(track.times), 2_000)
        load, rpm = (track.channels[name][place] for name in ("me_load_pct", "tc_rpm"))
        axes.plot(load, rpm, ".", ms=1.5, alpha=0.35, color=COLOURS[row])
    band(axes, "ship turbocharger")


def turns(axes: Axes, seen: ShipsSeen) -> None:
    rates = joined(track.told("rot_deg_min")[1][0] for track in seen.day)
    histogram(axes, rates[np.abs(rates) > 1.5], "ship rate of turn")


def weather(axes: Axes, seen: ShipsSeen) -> None:
    """One ship at sea: revolutions are held, so what weather takes is speed."""
    track = max(seen.weeks, key=lambda one: len(cruise(one).sog_kn))
    times, (sog, rpm, status) = track.told("sog_kn", "me_rpm", "nav_status")
    sea = np.flatnonzero((status == 0) & (sog > 8))
    sea = sea[(times[sea] - times[sea[0]]) < 6 * DAY_S] if len(sea) else sea
    axes.plot(days(times[sea]), sog[sea], ".", ms=1.5, color=COLOURS[0], label="speed, kn")
    axes.plot(days(times[sea]), rpm[sea] / 6, ".", ms=1.5, color=COLOURS[1], label="rpm / 6")
    axes.legend(loc="lower right", markerscale=6)


def fouling(axes: Axes, seen: ShipsSeen) -> None:
    """Fuel over the cube of speed: laden passages, against the first of them."""
    for row, track in enumerate(seen.months):
        times, (sog, burnt, status) = track.told("sog_kn", "fuel_flow_t_h", "nav_status")
        _, (draught,) = track.told("draught_m")
        draughts = np.interp(times, track.told("draught_m")[0], draught)
        sea = (status == 0) & (sog > 8) & (draughts > np.median(draught))
        edges = np.arange(0, times[-1] / DAY_S + 5, 5.0)
        weeks, medians = by_bins(days(times[sea]), burnt[sea] / sog[sea] ** 3, edges)
        if len(weeks):
            axes.plot(weeks, 100 * medians / medians[0], "o-", ms=3, color=COLOURS[row])


def temperatures(axes: Axes, seen: ShipsSeen) -> None:
    """The first departure in the weeks, from four hours before until ten after."""
    track = next((one for one in seen.weeks if len(port_stays_h(one))), seen.weeks[0])
    rest = track.channels["nav_status"] == 5
    leaves = np.flatnonzero(rest[:-1] & ~rest[1:])
    at = int(track.times[leaves[0]]) if len(leaves) else int(track.times[0])
    part = track.between(at - 4 * 3600, at + 10 * 3600)
    names = {"exh_temp_degc": "exhaust / 5", "jacket_cw_degc": "jacket water",
             "lo_temp_degc": "lubricating oil", "main_brg_degc": "main bearing"}  # fmt: skip
    for row, (name, label) in enumerate(names.items()):
        shown = part.channels[name] / (5 if name == "exh_temp_degc" else 1)
        axes.plot((part.times - at) / 3600, shown, color=COLOURS[row], label=label, lw=0.9)
    axes.legend(loc="center right")


VOYAGES = (
    Panel("Speed over voyages, four ships (black: at berth)", speed, "day", "kn"),
    Panel("Speed under way at sea", sea_speed, "kn", "% of minutes"),
    Panel("Acceleration, while speed changes", acceleration, "kn/s", "% (log)"),
    Panel("Draught over weeks", draught, "day", "m"),
    Panel("Stays at a berth", stays, "hours", "% of stays"),
    Panel("Fuel left", fuel_left, "day", "t"),
)
ENGINE = (
    Panel("Fuel against speed (dashed: cube)", fuel, "kn", "t/day"),
    Panel("Engine load against speed", load, "kn", "% MCR"),
    Panel("Revolutions against speed", revolutions, "kn", "rpm"),
    Panel("Exhaust against load (red: alarm)", exhaust, "% MCR", "degC"),
    Panel("Weather: speed at held revolutions", weather, "day", ""),
    Panel("Fouling, wear four times the usual", fouling, "day", "fuel per cube of speed, %"),
    Panel("Temperatures around a departure", temperatures, "hours after leaving", "degC"),
    Panel("Turbocharger against load", turbocharger, "% MCR", "rpm"),
    Panel("Rate of turn, while turning", turns, "deg/min", "%"),
)
