"""Which zones an asset is in: entered inside the radius, left only `margin_km` beyond it.

Candidates come from a grid of 0.1-degree cells; distances of all (asset, candidate) pairs of a
round are one vectorised step. An area a lease forbids counts from the second reading inside, 60 s
or more after the first. Stations are followed (movement asks for them) but not signalled: too
many.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from schemas.zones import Zone
from services.domain.detectors.form import Array, Column
from services.domain.monitor.emit import Round, numbers
from services.domain.monitor.geo import distance_km
from services.domain.monitor.plan import SECOND_US

_CELLS_PER_DEGREE = 10
_CELLS_AROUND = 360 * _CELLS_PER_DEGREE
_KM_PER_DEGREE = 111.0  # a little short, so that cells reach far enough
_SLOTS = 6
_FORBIDDEN_US = 60 * SECOND_US
_QUIET_KINDS = {"station"}


def table() -> dict[str, Column]:
    """Columns: the zones it is in (-1: free slot), and the forbidden ones it may be entering."""
    return {
        "zone": Column("i4", -1, _SLOTS),
        "zone_since": Column("i8", 0, _SLOTS),
        "verge": Column("i4", -1, _SLOTS),
        "verge_since": Column("i8", 0, _SLOTS),
    }


class ZoneIndex:
    """The zones as arrays, and the numbers of those that touch each cell of the grid."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self.zones = tuple(zones)
        self.lat = np.array([zone.lat for zone in zones], dtype=np.float64)
        self.lon = np.array([zone.lon for zone in zones], dtype=np.float64)
        self.enter_km = np.array([zone.radius_km for zone in zones], dtype=np.float64)
        self.leave_km = self.enter_km + np.array([z.margin_km for z in zones], dtype=np.float64)
        self.forbidden = np.array([zone.kind == "forbidden" for zone in zones], dtype=bool)
        self.shaped = [n for n, zone in enumerate(zones) if zone.polygon]
        cells = defaultdict(list)
        for n, zone in enumerate(zones):
            for cell in _cells_of(zone):
                cells[cell].append(n)
        self._cells = np.array(sorted(cells), dtype=np.int64)
        members = [cells[cell] for cell in sorted(cells)]
        self._count = np.array([len(m) for m in members], dtype=np.int64)
        self._start = np.cumsum(self._count) - self._count
        self._members = np.array([n for m in members for n in m], dtype=np.int64)

    def of_kinds(self, kinds: Sequence[str]) -> Array:
        """(zones + 1, kinds) of 0 and 1; the last row is for no zone (-1)."""
        table_ = [[float(zone.kind == kind) for kind in kinds] for zone in self.zones]
        return np.array([*table_, [0.0] * len(kinds)]).reshape(len(self.zones) + 1, len(kinds))

    def pairs(self, lat: Array, lon: Array) -> tuple[Array, Array]:
        """(place of the position, zone number) of every zone that may hold a position."""
        cell = _cell(lat, lon)
        if not len(self._cells):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        slot = np.minimum(np.searchsorted(self._cells, cell), len(self._cells) - 1)
        count = np.where(self._cells[slot] == cell, self._count[slot], 0)
        place = np.repeat(np.arange(len(cell)), count)
        nth = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self._members[self._start[slot[place]] + nth]

    def within(self, zone: Array, lat: Array, lon: Array, limit_km: Array) -> Array:
        """Whether each position is within its zone's limit; a polygon's own edge is its limit."""
        within: Array = distance_km(self.lat[zone], self.lon[zone], lat, lon) <= limit_km[zone]
        for n in self.shaped:
            mine = zone == n
            if mine.any():
                within[mine] &= _in_polygon(self.zones[n].polygon, lat[mine], lon[mine])
        return within


def _cell(lat: Array, lon: Array) -> Array:
    north = np.floor((lat + 90) * _CELLS_PER_DEGREE).astype(np.int64)
    east = np.floor((lon + 180) * _CELLS_PER_DEGREE).astype(np.int64) % _CELLS_AROUND
    cell: Array = north * _CELLS_AROUND + east
    return cell


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


def _in_polygon(corners: Sequence[tuple[float, float]], lat: Array, lon: Array) -> Array:
    """Even-odd rule; edges are straight in degrees."""
    inside = np.zeros(len(lat), dtype=bool)
    for (lat_a, lon_a), (lat_b, lon_b) in zip(corners, (*corners[1:], corners[0]), strict=True):
        crosses = (lat_a > lat) != (lat_b > lat)
        if lat_a != lat_b:
            at = lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
            inside ^= crosses & (lon < at)
    return inside


def step(round_: Round, index: ZoneIndex) -> list[tuple[int, int, bool, float]]:
    """Moves the assets between zones; (place, zone, entered, seconds inside), left ones first."""
    crossings = _leave(round_, index)
    place, slot, _ = _outside(round_, index, "verge", index.enter_km)
    round_.columns["verge"][round_.rows[place], slot] = -1
    place, zone = index.pairs(round_.lat[round_.fix], round_.lon[round_.fix])
    if not len(place):
        return crossings
    place = np.flatnonzero(round_.fix)[place]
    within = index.within(zone, round_.lat[place], round_.lon[place], index.enter_km)
    held = round_.columns["zone"][round_.rows[place]]
    new = within & ~(held == zone[:, None]).any(axis=1)
    crossings += _enter(round_, index, place[new], zone[new])
    return crossings


def _leave(round_: Round, index: ZoneIndex) -> list[tuple[int, int, bool, float]]:
    columns, rows = round_.columns, round_.rows
    crossings = []
    for p, s, zone in zip(*_outside(round_, index, "zone", index.leave_km), strict=True):
        inside_us = round_.time[p] - columns["zone_since"][rows[p], s]
        columns["zone"][rows[p], s] = -1
        crossings.append((int(p), int(zone), False, float(inside_us) / SECOND_US))
    return crossings


def _outside(
    round_: Round, index: ZoneIndex, column: str, limit_km: Array
) -> tuple[Array, Array, Array]:
    """(place, slot, zone) of the zones in `column` that a fix of this round is outside of."""
    held = round_.columns[column][round_.rows]
    place, slot = np.nonzero((held >= 0) & round_.fix[:, None])
    zone = held[place, slot]
    if len(place):
        gone = ~index.within(zone, round_.lat[place], round_.lon[place], limit_km)
        place, slot, zone = place[gone], slot[gone], zone[gone]
    return place, slot, zone


def _enter(
    round_: Round, index: ZoneIndex, places: Array, zones: Array
) -> list[tuple[int, int, bool, float]]:
    columns, crossings = round_.columns, []
    for place, zone in zip(places, zones, strict=True):
        row = round_.rows[place]
        free = np.flatnonzero(columns["zone"][row] < 0)
        if len(free) and (not index.forbidden[zone] or _confirmed(round_, place, row, zone)):
            columns["zone"][row, free[0]] = zone
            columns["zone_since"][row, free[0]] = round_.time[place]
            crossings.append((int(place), int(zone), True, 0.0))
    return crossings


def _confirmed(round_: Round, place: int, row: int, zone: int) -> bool:
    """Whether this is a later reading inside the forbidden zone, a minute after the first."""
    verge, since = round_.columns["verge"][row], round_.columns["verge_since"][row]
    if zone not in verge:
        slot = int(np.argmin(verge))  # a free one: -1 is least
        verge[slot], since[slot] = zone, round_.time[place]
    slot = int(np.argmax(verge == zone))
    return bool(round_.time[place] - since[slot] >= _FORBIDDEN_US)


def inside(round_: Round, kinds: Array) -> Array:
    """(readings, kinds) of 0 and 1, from the table that `ZoneIndex.of_kinds` made."""
    present: Array = kinds[round_.columns["zone"][round_.rows]].max(axis=1)
    return present


def signal(
    round_: Round, index: ZoneIndex, crossings: Sequence[tuple[int, int, bool, float]]
) -> None:
    """zone_entered and zone_left, of the kinds that people want to hear of."""
    for place, n, entered, inside_s in crossings:
        zone = index.zones[n]
        if zone.kind not in _QUIET_KINDS:
            round_.add(
                place,
                "zone_entered" if entered else "zone_left",
                zone=zone.id,
                zone_kind=zone.kind,
                evidence=numbers(name=zone.name, inside_s=inside_s),
            )
