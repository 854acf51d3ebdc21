"""The map of a picture: the track, the areas that explain it, where the alerts were."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from typing import NamedTuple

import numpy as np

from schemas.zones import Zone, load_zones
from services.lab.pictures.cases import Mark
from simulators.noise import Floats

MOST_NUMBERED = 12
_MOST_POINTS = 400
_KM_PER_DEG = 111.19

Box = tuple[float, float, float, float]
"""Left, top, width and height."""


class Track(NamedTuple):
    """Where the asset was, in order of time; degrees, NaN where it did not tell."""

    times: Floats
    lat: Floats
    lon: Floats


def draw_map(
    track: Track, shaded: tuple[float, float] | None, marks: Sequence[Mark], box: Box
) -> Iterator[str]:
    """The parts of an SVG that show the track in `box`, the `shaded` seconds of it apart."""
    left, top, width, height = box
    yield f'<rect class="map" x="{left}" y="{top}" width="{width}" height="{height:.0f}"/>'
    told = np.flatnonzero(np.isfinite(track.lat))
    if not len(told):
        return
    told = told[:: max(1, len(told) // _MOST_POINTS)]
    project = _Projection.around(track.lat[told], track.lon[told], box)
    yield from _zones(project, box)
    x, y = project.xy(track.lat[told], track.lon[told])
    yield f'<path class="way" d="{_polyline(x, y)}"/>'
    yield f'<circle class="from" cx="{x[0]:.1f}" cy="{y[0]:.1f}" r="3"/>'
    since, until = shaded or (0.0, 0.0)
    during = (track.times[told] >= since) & (track.times[told] < until)
    if during.any():
        yield f'<path class="way during" d="{_polyline(x[during], y[during])}"/>'
    yield from _places(marks, project)
    scale = project.words(width)
    yield f'<text class="name" x="{left + 6}" y="{top + height - 6:.0f}">{scale}</text>'


def number_at(number: int, x: float, y: float) -> str:
    """The number of an alert in the list below the picture; none for what that leaves out."""
    return f'<text x="{x:.1f}" y="{y:.1f}">{number}</text>' if number <= MOST_NUMBERED else ""


def _places(marks: Sequence[Mark], project: "_Projection") -> Iterator[str]:
    for number, mark in enumerate(marks, 1):
        if mark.lat is not None and mark.lon is not None:
            (x,), (y,) = project.xy(np.array([mark.lat]), np.array([mark.lon]))
            yield (f'<g class="mark {mark.verdict}"><circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
                   f"{number_at(number, x, y - 6)}</g>")  # fmt: skip


class _Projection(NamedTuple):
    """Degrees to pixels with equal scale both ways, near enough for one picture."""

    lat: float
    lon: float
    east: float
    pixels: float
    x0: float
    y0: float

    @classmethod
    def around(cls, lat: Floats, lon: Floats, box: Box) -> "_Projection":
        left, top, width, height = box
        lon = np.degrees(np.unwrap(np.radians(lon)))
        middle = (lat.min() + lat.max()) / 2
        east = float(np.cos(np.radians(middle)))
        wide, tall = max((lon.max() - lon.min()) * east, 0.004), max(lat.max() - lat.min(), 0.004)
        pixels = min((width - 24) / wide, (height - 36) / tall)
        centre = (lon.min() + lon.max()) / 2
        return cls(middle, centre, east, pixels, left + width / 2, top + height / 2)

    def xy(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        away = (lon - self.lon + 180) % 360 - 180
        x = self.x0 + away * self.east * self.pixels
        return x, self.y0 - (lat - self.lat) * self.pixels

    def words(self, width: float) -> str:
        """How wide the map is, in words."""
        km = width / self.pixels * _KM_PER_DEG
        return f"{km:,.0f} km wide" if km >= 10 else f"{km:.1f} km wide"


@cache
def _areas() -> tuple[tuple[Zone, Floats], ...]:
    """The areas that explain a track, with their corners."""
    kinds = ("forbidden", "port", "yard")
    return tuple((zone, _corners(zone)) for zone in load_zones() if zone.kind in kinds)


def _zones(project: _Projection, box: Box) -> Iterator[str]:
    left, top, width, height = box
    for zone, corners in _areas():
        x, y = project.xy(corners[:, 0], corners[:, 1])
        inside = (x > left) & (x < left + width) & (y > top) & (y < top + height)
        if inside.any():
            x, y = np.clip(x, left, left + width), np.clip(y, top, top + height)
            title = escape(f"{zone.name} ({zone.kind})")
            outline = f"{_polyline(x, y)}z"
            yield f'<path class="zone {zone.kind}" d="{outline}"><title>{title}</title></path>'


def _corners(zone: Zone) -> Floats:
    if zone.polygon:
        return np.array(zone.polygon)
    turn = np.linspace(0, 2 * np.pi, 24)
    radius = zone.radius_km / _KM_PER_DEG
    east = np.cos(np.radians(zone.lat))
    return np.stack([zone.lat + radius * np.sin(turn), zone.lon + radius * np.cos(turn) / east], 1)


def _polyline(x: Iterable[float], y: Iterable[float]) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
