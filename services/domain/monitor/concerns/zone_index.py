"""The zones as arrays, and those that touch each cell of a grid of 0.1 degrees."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from schemas.zones import Zone
from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.plan import ZONE_KINDS

_CELLS_PER_DEGREE = 10
_CELLS_AROUND = 360 * _CELLS_PER_DEGREE
_KM_PER_DEGREE = 111.0  # a little short, so that cells reach far enough
_QUIET_KINDS = {"station"}

ZONE = np.dtype(
    [
        ("lat", "f8"),
        ("lon", "f8"),
        ("enter_km", "f8"),
        ("leave_km", "f8"),
        ("corner", "i4"),  # the first of its corners, and how many; a circle has none
        ("corners", "i4"),
        ("kind", "i4"),
        ("forbidden", "u1"),
        ("quiet", "u1"),
    ],
    align=True,
)
_CELL = np.dtype([("number", "i8"), ("first", "i4"), ("end", "i4")], align=True)


class Places(NamedTuple):
    """The index; zones are numbered as listed."""

    zones: Array  # of ZONE
    cells: Array  # by number; `first` and `end` are places in members
    members: Array  # numbers of zones
    corners: Array  # f8, (corners, 2): lat, lon


def index_of(zones: Sequence[Zone]) -> Places:
    """The zones by cell."""
    by_cell = defaultdict(list)
    corners: list[tuple[float, float]] = []
    records = []
    for n, zone in enumerate(zones):
        records.append(
            (
                zone.lat,
                zone.lon,
                zone.radius_km,
                zone.radius_km + zone.margin_km,
                len(corners),
                len(zone.polygon),
                ZONE_KINDS.index(zone.kind),
                zone.kind == "forbidden",
                zone.kind in _QUIET_KINDS,
            )
        )
        corners += zone.polygon
        for cell in _cells_of(zone):
            by_cell[cell].append(n)
    cells: list[tuple[int, int, int]] = []
    members: list[int] = []
    for cell in sorted(by_cell):
        cells.append((cell, len(members), len(members) + len(by_cell[cell])))
        members += by_cell[cell]
    return Places(
        np.array(records, ZONE),
        np.array(cells, _CELL),
        np.array(members, np.int32),
        np.array(corners, np.float64).reshape(len(corners), 2),
    )


@compiled
def candidates(places: Places, lat: float, lon: float) -> tuple[int, int]:
    """First and end of the members of the position's cell."""
    north = math.floor((lat + 90) * _CELLS_PER_DEGREE)
    east = math.floor((lon + 180) * _CELLS_PER_DEGREE) % _CELLS_AROUND
    number, cells = north * _CELLS_AROUND + east, places.cells
    low, high = 0, len(cells)
    while low < high:
        middle = (low + high) // 2
        if cells[middle].number < number:
            low = middle + 1
        else:
            high = middle
    if low < len(cells) and cells[low].number == number:
        return int(cells[low].first), int(cells[low].end)
    return 0, 0


def _cells_of(zone: Zone) -> Iterator[int]:
    """The cells of the box around the zone, across the date line where it lies there."""
    high = zone.radius_km + zone.margin_km
    up = high / _KM_PER_DEGREE
    widest = min(89.0, abs(zone.lat) + up)
    side = min(180.0, up / math.cos(math.radians(widest)))
    south, north = (_step(max(-90.0, min(90.0, zone.lat + d)) + 90) for d in (-up, up))
    west, east = (_step(zone.lon + d + 180) for d in (-side, side))
    for y in range(south, north + 1):
        for x in {x % _CELLS_AROUND for x in range(west, east + 1)}:
            yield y * _CELLS_AROUND + x


def _step(degrees: float) -> int:
    return math.floor(degrees * _CELLS_PER_DEGREE)
