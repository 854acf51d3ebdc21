"""An example of every kind of fault: what the asset reports before, during and after."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from services.lab.pictures.cases import COUNT, DELAY, PAD_S, TRACK, shown
from services.lab.pictures.series import Past, Series, Window, gather
from services.lab.plots.sheet import COLOURS, Panel
from simulators.fault import FaultLabel
from simulators.faults.catalogue import KINDS
from simulators.scenario import FaultRate, Scenario
from simulators.world import World

_PER_DAY = 6.0
_SHADE = "#d9822b"


class Example(NamedTuple):
    """One fault, its asset's readings around it; seconds after the world's start."""

    label: FaultLabel
    since: float
    until: float
    show: str
    series: Series


def with_every_kind(healthy: Scenario) -> Scenario:
    """The scenario with faults of every kind but those of contracts, which no channel shows."""
    names = sorted({kind.name for kind in KINDS if kind.group != "contract"})
    return healthy.model_copy(update={"faults": {n: FaultRate(per_day=_PER_DAY) for n in names}})


def examples(past: Past) -> list[Example]:
    """The most severe fault of each kind and class that ended within the scenario's days."""
    chosen = list(_most_severe(_truth(past), past))
    windows = {label.id: _window(label, past.start) for label in chosen}
    found = gather(past, windows.values())
    return [_example(label, past.start, found[windows[label.id]]) for label in chosen]


def _truth(past: Past) -> list[FaultLabel]:
    world = World(past.scenario, past.seed, past.start, only=())
    while world.second < world.end:
        world.advance()
    return world.truth()


def _most_severe(labels: Sequence[FaultLabel], past: Past) -> Iterator[FaultLabel]:
    by_kind: dict[tuple[str, str], FaultLabel] = {}
    for label in sorted(labels, key=lambda one: one.weight):
        since, until = _seconds(label, past.start)
        if since > PAD_S[label.asset_class] and until < past.scenario.days * 86_400:
            by_kind[label.asset_class, label.kind] = label
    groups = ("sensor", "transport", "behaviour", "contract")
    yield from sorted(by_kind.values(), key=lambda one: (groups.index(one.group), one.kind))


def _seconds(label: FaultLabel, start: datetime) -> tuple[float, float]:
    return (label.start - start).total_seconds(), (label.end - start).total_seconds()


def _window(label: FaultLabel, start: datetime) -> Window:
    since, until = _seconds(label, start)
    pad = max(PAD_S[label.asset_class], 0.3 * (until - since))
    channels = tuple(n for n in _shows(label) if n not in (DELAY, COUNT, TRACK))
    beside = label.assets[1] if len(label.assets) == 2 else ""
    return Window(label.asset, max(0, int(since - pad)), int(until + pad), channels, beside)


def _shows(label: FaultLabel) -> tuple[str, ...]:
    return shown(label.asset_class, label.channels, label.expect.split("|"))


def _example(label: FaultLabel, start: datetime, series: Series) -> Example:
    return Example(label, *_seconds(label, start), _shows(label)[0], series)


def panels(found: Sequence[Example], asset_class: str) -> list[Panel]:
    """One panel an example of the class."""
    return [
        Panel(f"{one.label.kind.replace('_', ' ')}: {_NAMES.get(one.show, one.show)}",
              partial(_draw, example=one), "hours after its start" if one.show != TRACK else "lon")
        for one in found if one.label.asset_class == asset_class
    ]  # fmt: skip


_NAMES: Mapping[str, str] = {
    DELAY: "arrival after the device's time, s",
    TRACK: "track (orange: fault)",
}


def _draw(axes: Axes, seen: object, example: Example) -> None:
    draw = {TRACK: _track, DELAY: _delay}.get(example.show, _channel)
    draw(axes, example)


def _shade(axes: Axes, example: Example) -> None:
    axes.axvspan(0, (example.until - example.since) / 3600, color=_SHADE, alpha=0.15, lw=0)
    window = example.series.window
    axes.set_xlim(*((t - example.since) / 3600 for t in (window.since, window.until)))


def _channel(axes: Axes, example: Example) -> None:
    series = example.series
    times, values = series.said, series.channels[example.show]
    near = (times > series.window.since - 60) & (times < series.window.until + 60)
    told = np.flatnonzero(np.isfinite(values) & near)
    order = told[np.argsort(times[told], kind="stable")]
    axes.plot((times[order] - example.since) / 3600, values[order], ".-", ms=1.5, lw=0.6,
              color=COLOURS[0])  # fmt: skip
    _shade(axes, example)


def _delay(axes: Axes, example: Example) -> None:
    series = example.series
    delay = np.clip(series.arrived - series.said, -8_000, 20_000)
    axes.plot((series.arrived - example.since) / 3600, delay, ".", ms=2, color=COLOURS[0])
    _shade(axes, example)


def _track(axes: Axes, example: Example) -> None:
    series = example.series
    order = np.argsort(series.said, kind="stable")
    lon, lat, times = series.lon[order], series.lat[order], series.said[order]
    axes.plot(lon, lat, ".-", ms=1.5, lw=0.6, color=COLOURS[0])
    during = (times >= example.since) & (times < example.until)
    axes.plot(lon[during], lat[during], ".-", ms=2.5, lw=0.8, color=_SHADE)
