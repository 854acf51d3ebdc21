"""Pictures as inline SVG: strips of channels over one axis of time, beside them a map.

Colours are the page's; text is escaped.  A strip has as many points as can be told apart.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import NamedTuple

import numpy as np

from services.lab.pictures.cases import Mark
from services.lab.pictures.map import Track, draw_map, number_at
from simulators.noise import Floats, Ints

WIDTH, LEFT, STRIP_HEIGHT, GAP, AXIS_HEIGHT, MARKS_HEIGHT = 640, 46, 58, 9, 17, 13
_LEAST_HEIGHT = 124  # of all strips together, so that a lone one is not flat
MAP_WIDTH, MAP_GAP = 190, 12
_COLUMNS = 280
_STEPS_S = (60, 300, 600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000)
_DAY_S = 86_400


class Strip(NamedTuple):
    """One channel over time, readings in order of time.

    `named`: it is what the fault or the alert is about; `bounds`: alarm limits where it has some.
    """

    name: str
    unit: str
    times: Floats
    values: Floats
    named: bool = True
    bounds: tuple[float | None, float | None] = (None, None)


class Picture(NamedTuple):
    """Everything in one picture; seconds are those after `start`."""

    start: datetime
    since: float
    until: float
    strips: Sequence[Strip]
    track: Track | None
    shaded: tuple[float, float] | None
    notice_by: float | None
    marks: Sequence[Mark]
    facts: Sequence[tuple[int, str]]


def draw(picture: Picture) -> str:
    """The picture as one `<svg>` element."""
    width = WIDTH - (MAP_WIDTH + MAP_GAP if picture.track else 0)
    strips = len(picture.strips)
    tall = max(STRIP_HEIGHT, _LEAST_HEIGHT // max(strips, 1) - GAP)
    bottom = MARKS_HEIGHT + max(strips, 1) * (tall + GAP)
    height = bottom + AXIS_HEIGHT
    scale = _Scale(picture.since, picture.until, LEFT, width)
    tops = [MARKS_HEIGHT + n * (tall + GAP) + 3 for n in range(strips)]
    parts = [
        *_shading(picture, scale, bottom),
        *_axis(picture, scale, bottom),
        *(
            part
            for strip, top in zip(picture.strips, tops, strict=True)
            for part in _strip(strip, top, tall, scale)
        ),
        *_events(picture, scale, bottom),
    ]
    if picture.track:
        box = (WIDTH - MAP_WIDTH, MARKS_HEIGHT, MAP_WIDTH, bottom - MARKS_HEIGHT)
        parts += draw_map(picture.track, picture.shaded, picture.marks, box)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{"".join(parts)}</svg>'


class _Scale(NamedTuple):
    """From seconds to the picture's x."""

    since: float
    until: float
    left: float
    right: float

    def x(self, second: float) -> float:
        share = (second - self.since) / max(self.until - self.since, 1)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def _shading(picture: Picture, scale: _Scale, bottom: float) -> Iterator[str]:
    if picture.shaded:
        a, b = (scale.x(second) for second in picture.shaded)
        yield (f'<rect class="fault" x="{a:.1f}" y="{MARKS_HEIGHT}" width="{max(b - a, 1):.1f}" '
               f'height="{bottom - MARKS_HEIGHT:.0f}"><title>the fault</title></rect>')  # fmt: skip
    if picture.notice_by and picture.since < picture.notice_by < picture.until:
        x = scale.x(picture.notice_by)
        yield (f'<path class="by" d="M{x:.1f} {MARKS_HEIGHT}V{bottom:.0f}">'
               "<title>to be noticed by</title></path>")  # fmt: skip


def _axis(picture: Picture, scale: _Scale, bottom: float) -> Iterator[str]:
    span = picture.until - picture.since
    step = next((s for s in _STEPS_S if span / s <= (scale.right - scale.left) / 62), _STEPS_S[-1])
    midnight = picture.start.replace(hour=0, minute=0, second=0, microsecond=0)
    shift = (picture.start - midnight).total_seconds()
    first = -(-(picture.since + shift) // step) * step
    for place in np.arange(first, picture.until + shift, step):
        x, time = scale.x(place - shift), midnight + timedelta(seconds=float(place))
        day = place % _DAY_S == 0
        text = f"{time.day} {time:%b}" if day else f"{time:%H:%M}"
        yield f'<path class="tick" d="M{x:.1f} {MARKS_HEIGHT}V{bottom:.0f}"/>'
        if x < scale.right - 14:
            yield f'<text class="when" x="{x:.1f}" y="{bottom + 12:.0f}">{text}</text>'


def _strip(strip: Strip, top: int, tall: int, scale: _Scale) -> Iterator[str]:
    base, room = top + tall, tall - 12
    told = np.isfinite(strip.values)
    times, values = strip.times[told], strip.values[told]
    yield f'<path class="base" d="M{scale.left} {base}H{scale.right}"/>'
    name = escape(f"{strip.name}, {strip.unit}" if strip.unit else strip.name)
    if len(values):
        low, high = _extent(values)
        y = base - (values - low) / (high - low) * room
        for bound in strip.bounds:
            if bound is not None and low < bound < high:
                at = base - (bound - low) / (high - low) * room
                yield f'<path class="limit" d="M{scale.left} {at:.1f}H{scale.right}"/>'
        kind = "line" if strip.named else "line beside"
        yield f'<path class="{kind}" transform="scale(.1)" d="{_path(_xs(times, scale), y)}"/>'
        for value, at in ((values.max(), base - room), (values.min(), base)):
            text = _short(value, high - low)
            yield f'<text class="value" x="{scale.left - 5}" y="{at}">{text}</text>'
    yield f'<text class="name" x="{scale.left + 4}" y="{top + 6:.0f}">{name}</text>'


def _extent(values: Floats) -> tuple[float, float]:
    """Lowest and highest of the strip, never closer than its rounding noise."""
    low, high = float(values.min()), float(values.max())
    least = 1e-3 * max(abs(low), abs(high), 1.0)
    return (low, high) if high - low > least else (low - least, high + least)


def _xs(times: Floats, scale: _Scale) -> Floats:
    share = (times - scale.since) / max(scale.until - scale.since, 1)
    return scale.left + np.clip(share, 0, 1) * (scale.right - scale.left)


def _path(x: Floats, y: Floats) -> str:
    """Lines through the points, in tenths of a pixel; broken where nothing came for long."""
    kept = _extremes(x, y)
    places = np.rint(np.stack([x[kept], y[kept]]) * 10).astype(np.int64)
    steps = np.diff(places, prepend=0)
    gaps = steps[0, 1:]
    usual = np.median(gaps) if len(gaps) else 0.0
    breaks = np.concatenate([[True], gaps > max(60.0, 6 * usual)])
    # Tenths from point to point are short.  A lone point gets a dot: no length, but round caps.
    return "".join(
        f"m{a} {b}h0" if begins else f"l{a} {b}"
        for a, b, begins in zip(*steps.tolist(), breaks.tolist(), strict=True)
    )


def _extremes(x: Floats, y: Floats) -> Ints:
    """Places of the lowest and the highest point of each column, in order of time."""
    if len(x) <= 2 * _COLUMNS:
        return np.arange(len(x))
    column = ((x - x[0]) / max(x[-1] - x[0], 1e-9) * (_COLUMNS - 1)).astype(np.int64)
    order = np.lexsort((y, column))
    first = np.flatnonzero(np.diff(column[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    return np.unique(np.concatenate([order[first], order[last]]))


def _events(picture: Picture, scale: _Scale, bottom: float) -> Iterator[str]:
    for second, kind in picture.facts:
        x = scale.x(second)
        yield (f'<path class="fact" d="M{x:.1f} {bottom - 5:.0f}l4 5-4 5-4-5z">'
               f"<title>{escape(kind.replace('_', ' '))}</title></path>")  # fmt: skip
    for number, mark in enumerate(picture.marks, 1):
        x = scale.x(mark.second)
        line = f"M{x:.1f} {MARKS_HEIGHT - 2}V{bottom:.0f}"
        yield (f'<g class="mark {mark.verdict}"><path d="{line}"/>'
               f'{number_at(number, x, 9)}<title>{escape(mark.rule)}</title></g>')  # fmt: skip


def _short(value: float, span: float) -> str:
    """A number with as many figures as fit beside a strip that spans `span`."""
    if abs(value) >= 10_000 and span >= 1_000:
        return f"{value / 1000:.0f}k"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
