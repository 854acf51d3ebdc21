"""The pictures of a run's cases: the channels concerned, the fault's interval, the alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from schemas.asset_classes import ASSET_CLASSES
from services.lab.pictures.cases import Case
from services.lab.pictures.map import Track
from services.lab.pictures.series import Past, Series, gather
from services.lab.pictures.svg import Picture, Strip, draw
from simulators.noise import Floats, Ints

_MINUTE_S = 60


class Drawn(NamedTuple):
    """A case's picture as SVG, and what was declared in its time: (second, kind)."""

    svg: str
    facts: tuple[tuple[int, str], ...]


def draw_cases(past: Past, cases: Sequence[Case], workers: int) -> list[Drawn]:
    """One picture a case, in their order."""
    found = gather(past, (case.window for case in cases), workers)
    return [_drawn(past.start, case, found[case.window]) for case in cases]


def _drawn(start: datetime, case: Case, series: Series) -> Drawn:
    return Drawn(draw(_picture(start, case, series)), series.facts)


def _picture(start: datetime, case: Case, series: Series) -> Picture:
    times = series.arrived if case.by_arrival else series.said
    order = np.argsort(times, kind="stable")
    strips = [_strip(case, series, name, times, order) for name in case.shows if name != "track"]
    track = Track(times[order], series.lat[order], series.lon[order]) if case.map else None
    window = case.window
    return Picture(start, window.since, window.until, strips, track, case.shaded, case.notice_by,
                   case.marks, series.facts)  # fmt: skip


def _strip(case: Case, series: Series, name: str, times: Floats, order: Ints) -> Strip:
    if name == "delay":
        return Strip("arrives after", "s", times[order], (series.arrived - series.said)[order])
    if name == "count":
        return _a_minute(case, series)
    channel = ASSET_CLASSES[case.asset_class].channel(name)
    return Strip(name, channel.unit, times[order], series.channels[name][order],
                 name in case.named or not case.named, channel.alarm)  # fmt: skip


def _a_minute(case: Case, series: Series) -> Strip:
    """How many readings arrive a minute."""
    minutes = np.arange(case.window.since, case.window.until + _MINUTE_S, _MINUTE_S)
    counts, edges = np.histogram(series.arrived, bins=minutes)
    return Strip("readings a minute", "", edges[:-1].astype(float), counts.astype(float))
