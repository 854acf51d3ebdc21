"""What to look at in the physics of metro trains.

Every panel has a function that draws it into its axes; the tables of panels at the end of the
file say what each shows.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.lab.plots.figures import dwells_s, joined, km_a_day
from services.lab.plots.sheet import COLOURS, Panel, band, days, histogram, thinned
from services.lab.plots.tracks import DAY_S, Track

_HOUR = 3600


class TrainsSeen(NamedTuple):
    """Trains over weeks in half minutes, and one day by the second."""

    weeks: list[Track]
    day: list[Track]


def _busy(track: Track, seconds: float) -> Track:
    """A part of the day in service, from the first long run on."""
    speed = track.channels["speed_mps"]
    hours = (track.times // _HOUR).astype(int)
    busiest = int(np.argmax(np.bincount(hours, weights=np.nan_to_num(speed))))
    return track.between(busiest * _HOUR, busiest * _HOUR + seconds)


def _over_minutes(axes: Axes, track: Track, channel: str, colour: str = COLOURS[0]) -> None:
    times, (values,) = track.told(channel)
    axes.plot((times - times[0]) / 60, values, color=colour, lw=0.9)


def speed(axes: Axes, seen: TrainsSeen) -> None:
    _over_minutes(axes, _busy(seen.day[0], 1_200), "speed_mps")
    band(axes, "train speed")


def acceleration(axes: Axes, seen: TrainsSeen) -> None:
    moving = joined(t.channels["accel_mps2"][t.channels["speed_mps"] > 0.1] for t in seen.day)
    histogram(axes, moving, "train acceleration")


def dwell(axes: Axes, seen: TrainsSeen) -> None:
    histogram(axes, joined(dwells_s(track) for track in seen.day), "train dwell")


def current(axes: Axes, seen: TrainsSeen) -> None:
    _over_minutes(axes, _busy(seen.day[0], 600), "traction_current_a")
    band(axes, "train traction current")


def voltage(axes: Axes, seen: TrainsSeen) -> None:
    histogram(axes, joined(t.channels["line_voltage_v"] for t in seen.day), "train line voltage")


def distance(axes: Axes, seen: TrainsSeen) -> None:
    histogram(axes, joined(km_a_day(track) for track in seen.weeks), "train km a day", bins=30)


def reservoir(axes: Axes, seen: TrainsSeen) -> None:
    part = _busy(seen.day[0], 2_400)
    _over_minutes(axes, part, "main_res_bar")
    above = axes.twinx()
    above.grid(False)
    times, (amps,) = part.told("compressor_a")
    above.plot((times - times[0]) / 60, amps, color=COLOURS[1], lw=0.7)
    above.set_ylim(0, 30)
    above.set_ylabel("compressor, A (orange)")
    band(axes, "train reservoir")


def axle_boxes(axes: Axes, seen: TrainsSeen) -> None:
    for n in range(1, 5):
        times, (values,) = seen.day[0].told(f"axle_box_{n}_degc")
        place = thinned(len(times))
        axes.plot(times[place] / _HOUR, values[place], color=COLOURS[n - 1], lw=0.7)
    band(axes, "train axle box")


def axle_weeks(axes: Axes, seen: TrainsSeen) -> None:
    for row, track in enumerate(seen.weeks[:4]):
        times, (values,) = track.told("axle_box_1_degc")
        place = thinned(len(times))
        axes.plot(days(times[place]), values[place], color=COLOURS[row], lw=0.6)
    band(axes, "train axle box")


def motor(axes: Axes, seen: TrainsSeen) -> None:
    for row, name in enumerate(("motor_degc", "compressor_oil_degc")):
        times, (values,) = seen.day[0].told(name)
        place = thinned(len(times))
        axes.plot(times[place] / _HOUR, values[place], color=COLOURS[row], lw=0.8, label=name)
    axes.legend()
    band(axes, "train motor")


def passengers(axes: Axes, seen: TrainsSeen) -> None:
    hours = joined((t.times % DAY_S) / _HOUR for t in seen.weeks)
    load = joined(t.channels["passengers"] for t in seen.weeks)
    rows = [np.nanpercentile(load[hours.astype(int) == h], (10, 50, 90)) for h in range(24)]
    low, middle, high = np.array(rows).T
    axes.fill_between(range(24), low, high, color=COLOURS[0], alpha=0.2, lw=0)
    axes.plot(range(24), middle, color=COLOURS[0])
    band(axes, "train passengers")


def delay(axes: Axes, seen: TrainsSeen) -> None:
    delays = joined(t.told("delay_s")[1][0] for t in seen.weeks)
    histogram(axes, delays, "train delay")


def vibration(axes: Axes, seen: TrainsSeen) -> None:
    for row, track in enumerate(seen.day[:3]):
        place = thinned(len(track.times))
        axes.plot(track.channels["speed_mps"][place], track.channels["bogie_vib_g"][place], ".",
                  ms=1.5, alpha=0.4, color=COLOURS[row])  # fmt: skip
    band(axes, "train bogie vibration")


RUNNING = (
    Panel("Speed between stations, 20 minutes", speed, "minutes", "m/s"),
    Panel("Acceleration while moving", acceleration, "m/s2", "% of seconds"),
    Panel("Stops at stations", dwell, "s", "% of stops"),
    Panel("Traction current, 10 minutes", current, "minutes", "A"),
    Panel("Line voltage", voltage, "V", "% of seconds"),
    Panel("Distance a day", distance, "km", "% of days"),
    Panel("Delay", delay, "s", "%"),
    Panel("Passengers over the day (10, 50, 90 %)", passengers, "hour", "n"),
    Panel("Bogie vibration against speed", vibration, "m/s", "g"),
)
EQUIPMENT = (
    Panel("Main reservoir and compressor", reservoir, "minutes", "bar"),
    Panel("Four axle boxes over a day", axle_boxes, "hour", "degC"),
    Panel("Axle box 1 over weeks, four trains", axle_weeks, "day", "degC"),
    Panel("Motor and compressor oil over a day", motor, "hour", "degC"),
)
