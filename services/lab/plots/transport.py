"""What to look at in the journey of readings from the device to the line."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.domain.wire import read_reading
from services.lab.plots.sheet import COLOURS, Panel, nothing
from simulators.noise import Floats
from simulators.world import World


class Arrivals(NamedTuple):
    """Readings of one class: seconds from the device's clock to arrival; those told twice; lost.

    `offsets`: the median delay of each device, which is how far its clock is off.
    """

    delays: Floats
    readings: int
    twice: int
    lost: int
    offsets: Floats


TransportSeen = Mapping[str, Arrivals]


def arrivals(world: World, seconds: int) -> TransportSeen:
    """What arrives in the world's next `seconds`, by class."""
    start = world.start.astimezone(UTC)
    said: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    while world.second < seconds:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                one = read_reading(emission.value)
                delay = emission.at - (one.time - start).total_seconds()
                said[one.asset_class][one.asset].append((one.seq, delay))
    return {name: _of_class(by_asset) for name, by_asset in said.items()}


def _of_class(by_asset: Mapping[str, list[tuple[int, float]]]) -> Arrivals:
    tables = [np.array(rows) for rows in by_asset.values()]
    different = [np.unique(table[:, 0]) for table in tables]
    return Arrivals(
        delays=np.concatenate([table[:, 1] for table in tables]),
        readings=sum(len(table) for table in tables),
        twice=sum(len(t) - len(one) for t, one in zip(tables, different, strict=True)),
        lost=sum(int(one[-1] - one[0]) + 1 - len(one) for one in different),
        offsets=np.array([np.median(table[:, 1]) for table in tables]),
    )


def delays(axes: Axes, seen: TransportSeen) -> None:
    for colour, (name, of) in zip(COLOURS, seen.items(), strict=False):
        bins = np.arange(of.delays.min() - 0.5, of.delays.max() + 1.5)
        shares, edges = np.histogram(
            of.delays, bins=bins, weights=np.full(of.readings, 100.0) / of.readings
        )
        axes.step(edges[:-1] + 0.5, np.maximum(shares, 1e-4), where="mid", color=colour, label=name)
    axes.set_yscale("log")
    axes.legend()


def flaws(axes: Axes, seen: TransportSeen) -> None:
    if not seen:
        return nothing(axes)
    for row, (name, of) in enumerate(seen.items()):
        rows = (100 * of.twice / of.readings, 100 * of.lost / of.readings)
        bars = axes.bar(np.arange(2) + 0.25 * row, rows, width=0.22, color=COLOURS[row], label=name)
        axes.bar_label(bars, fmt="%.2g", fontsize=8)
    axes.set_xticks([0.25, 1.25], ["told twice", "lost"])
    axes.legend()


def clocks(axes: Axes, seen: TransportSeen) -> None:
    for row, (name, of) in enumerate(seen.items()):
        axes.plot(-np.sort(of.offsets), ".-", lw=0.5, color=COLOURS[row], label=name)
    axes.legend()


TRANSPORT = (
    Panel("Arrival after the time on the reading", delays, "s", "% of readings (log)"),
    Panel("Flaws of healthy feeds", flaws, "", "% of readings"),
    Panel("Clocks of devices against the truth", clocks, "device", "s ahead"),
)
