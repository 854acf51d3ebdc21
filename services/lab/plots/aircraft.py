"""What to look at in the physics of aircraft.

Every panel has a function that draws it into its axes; the tables of panels at the end of the
file say what each shows.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.lab.plots.figures import flights, joined, taxi_kn, turnarounds_min, vertical_rates
from services.lab.plots.sheet import COLOURS, Panel, band, by_bins, days, histogram, thinned
from services.lab.plots.tracks import DAY_S, Track
from simulators.noise import Bools, Floats

PHASES = ("idle on ground", "take-off", "climb", "cruise", "descent")


class AircraftSeen(NamedTuple):
    """Aircraft over weeks in coarse steps, two days by the second, some over months.

    `calm` are those of months again, in a world without seasons and weather.
    """

    weeks: list[Track]
    close: list[Track]
    months: list[Track]
    calm: list[Track]


def phase(track: Track, name: str) -> Bools:
    """The readings of one of PHASES."""
    ground, n1 = track.channels["on_ground"] == 1, track.channels["n1_pct"]
    rate, height = track.channels["baro_rate_ft_min"], track.channels["alt_baro_ft"]
    places: dict[str, Bools] = {
        "idle on ground": ground & (n1 > 15) & (n1 < 35),
        "take-off": (ground & (n1 > 80)) | (~ground & (rate > 300) & (height < 1_500) & (n1 > 85)),
        "climb": ~ground & (rate > 300) & (height >= 1_500),
        "cruise": ~ground & (np.abs(rate) <= 300) & (height > 20_000),
        "descent": ~ground & (rate < -300),
    }
    return places[name]


def in_phase(tracks: list[Track], channel: str, name: str) -> Floats:
    """The values of a channel in one phase of all flights."""
    return joined(track.channels[channel][phase(track, name)] for track in tracks)


def _profile(axes: Axes, seen: AircraftSeen, channel: str, scale: float = 1.0) -> None:
    for row, track in enumerate(seen.close[:4]):
        of = flights(track)
        for up, down in list(zip(of.lift_off, of.touch_down, strict=True))[:1]:
            part = track.between(up - 300, down + 300)
            axes.plot((part.times - up) / 60, part.channels[channel] * scale, lw=0.9,
                      color=COLOURS[row])  # fmt: skip


def altitude(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "alt_baro_ft", 0.001)


def speed(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "gs_kn")
    band(axes, "aircraft speed in the air")


def rate(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "baro_rate_ft_min")
    band(axes, "aircraft vertical rate")


def rates(axes: Axes, seen: AircraftSeen) -> None:
    histogram(axes, vertical_rates(seen.close), "aircraft vertical rate")


def flight_times(axes: Axes, seen: AircraftSeen) -> None:
    every = [flights(track) for track in seen.weeks]
    histogram(axes, joined((of.touch_down - of.lift_off) / 3600 for of in every), bins=40)


def turnarounds(axes: Axes, seen: AircraftSeen) -> None:
    minutes = joined(turnarounds_min(track) for track in seen.weeks)
    histogram(axes, minutes[minutes < 600], bins=60)
    axes.annotate(f"longer than 10 h: {np.mean(minutes >= 600):.0%}", (0.99, 0.6),
                  xycoords="axes fraction", ha="right", fontsize=8)  # fmt: skip


def mach(axes: Axes, seen: AircraftSeen) -> None:
    histogram(axes, in_phase(seen.close, "mach", "cruise"), "aircraft cruise Mach")


def flights_a_day(axes: Axes, seen: AircraftSeen) -> None:
    counts = [np.bincount((flights(t).lift_off // DAY_S).astype(int)) for t in seen.weeks]
    many = np.concatenate(counts)
    axes.hist(
        many,
        bins=[n - 0.5 for n in range(max(9, int(many.max())) + 2)],
        color=COLOURS[0],
        rwidth=0.8,
    )
    band(axes, "aircraft flights a day", across=True)


def taxi(axes: Axes, seen: AircraftSeen) -> None:
    moving = joined(taxi_kn(track) for track in seen.close)
    histogram(axes, moving, "aircraft speed on taxiways")


def egt_against_n1(axes: Axes, seen: AircraftSeen) -> None:
    for row, name in enumerate(PHASES):
        n1, egt = (in_phase(seen.close, channel, name) for channel in ("n1_pct", "egt_degc"))
        place = thinned(len(n1), 2_000)
        axes.plot(n1[place], egt[place], ".", ms=2, alpha=0.5, color=COLOURS[row], label=name)
    axes.axhline(950, color="#c0392b", lw=1)
    axes.legend(loc="upper left", markerscale=5)


def egt_over_cycles(axes: Axes, seen: AircraftSeen) -> None:
    for row, track in enumerate(seen.months):
        of = flights(track)
        axes.plot(days(of.lift_off), of.egt_degc, ".", ms=2, alpha=0.6, color=COLOURS[row])
    band(axes, "aircraft EGT at take-off")


def egt_trend(axes: Axes, seen: AircraftSeen) -> None:
    """Cruise EGT less what N1 and height let expect: fouling rises, a wash at night falls."""
    for row, track in enumerate(seen.calm):
        cruise = phase(track, "cruise")
        egt = track.channels["egt_degc"][cruise]
        drivers = [track.channels[name][cruise] for name in ("n1_pct", "alt_baro_ft", "mach")]
        table = np.stack([*drivers, np.ones(len(egt))], axis=1)
        residual = egt - table @ np.linalg.lstsq(table, egt)[0]
        times = days(track.times[cruise])
        axes.plot(*by_bins(times, residual, np.arange(0, times.max() + 1)), color=COLOURS[row])


def _by_phase(axes: Axes, seen: AircraftSeen, channel: str) -> None:
    values = [in_phase(seen.close, channel, name) for name in PHASES]
    kept = [(name, v[np.isfinite(v)]) for name, v in zip(PHASES, values, strict=True) if len(v)]
    axes.boxplot([v for _, v in kept], whis=(1, 99), showfliers=False, widths=0.5,
                 medianprops={"color": COLOURS[1]})  # fmt: skip
    axes.set_xticks(range(1, len(kept) + 1), [name for name, _ in kept])


def fuel_flow(axes: Axes, seen: AircraftSeen) -> None:
    _by_phase(axes, seen, "fuel_flow_kg_h")
    for low, high, x in ((1_000, 1_400, 4), (4_000, 4_600, 2), (280, 320, 1)):
        axes.fill_between([x - 0.45, x + 0.45], low, high, color="#3a9d6b", alpha=0.18, lw=0)


def egt_by_phase(axes: Axes, seen: AircraftSeen) -> None:
    _by_phase(axes, seen, "egt_degc")
    for low, high, x in ((400, 500, 1), (700, 950, 2), (550, 750, 4)):
        axes.fill_between([x - 0.45, x + 0.45], low, high, color="#3a9d6b", alpha=0.18, lw=0)


def oil(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "oil_temp_degc")
    band(axes, "aircraft oil temperature")


def pressure(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "oil_press_psi")
    band(axes, "aircraft oil pressure")


def vibration(axes: Axes, seen: AircraftSeen) -> None:
    for row, track in enumerate(seen.close[:4]):
        air = np.flatnonzero(track.channels["on_ground"] == 0)
        air = air[thinned(len(air), 1_500)]
        axes.plot(track.channels["n1_pct"][air], track.channels["vib_n1"][air], ".", ms=1.5,
                  alpha=0.4, color=COLOURS[row])  # fmt: skip
    band(axes, "aircraft fan vibration")


def fuel_on_board(axes: Axes, seen: AircraftSeen) -> None:
    _profile(axes, seen, "fuel_kg", 0.001)


FLIGHTS = (
    Panel("Altitude over a flight, four aircraft", altitude, "minutes after lift-off", "1,000 ft"),
    Panel("Ground speed", speed, "minutes after lift-off", "kn"),
    Panel("Vertical rate", rate, "minutes after lift-off", "ft/min"),
    Panel("Vertical rates in climb and descent", rates, "ft/min", "% of seconds"),
    Panel("Flight times", flight_times, "hours", "% of flights"),
    Panel("Turnarounds", turnarounds, "minutes", "%"),
    Panel("Mach in cruise", mach, "Mach", "% of seconds"),
    Panel("Flights a day", flights_a_day, "flights", "days"),
    Panel("Speed on taxiways", taxi, "kn", "%"),
)
ENGINES = (
    Panel("EGT against N1 (red: take-off limit)", egt_against_n1, "N1 %", "degC"),
    Panel("EGT at take-off over months", egt_over_cycles, "day", "degC"),
    Panel("Cruise EGT against expected, no seasons", egt_trend, "day", "degC"),
    Panel("Fuel flow by phase (green: expected)", fuel_flow, "", "kg/h"),
    Panel("EGT by phase (green: expected)", egt_by_phase, "", "degC"),
    Panel("Fuel on board over a flight", fuel_on_board, "minutes after lift-off", "t"),
    Panel("Oil temperature over a flight", oil, "minutes after lift-off", "degC"),
    Panel("Oil pressure over a flight", pressure, "minutes after lift-off", "psi"),
    Panel("Fan vibration against N1", vibration, "N1 %", "AVM"),
)
