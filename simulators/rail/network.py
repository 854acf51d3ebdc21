"""The lines: their stops in order of chainage, the depot last, and the straight track between."""

from typing import NamedTuple

import numpy as np

from schemas.zones import Zone, load_zones
from simulators.geo import bearing_deg, distance_m
from simulators.noise import Floats, Ints


class Line(NamedTuple):
    """A line's name, its stops' zone ids and their chainages in metres; the depot is the last."""

    name: str
    stops: tuple[str, ...]
    chainage_m: Floats

    @property
    def depot(self) -> int:
        """The depot's place among the stops."""
        return len(self.stops) - 1


def _stops() -> dict[str, list[Zone]]:
    zones = load_zones()
    depots = {zone.id.removesuffix("-DEPOT"): zone for zone in zones if zone.kind == "depot"}
    return {
        name: [z for z in zones if z.kind == "station" and z.id.startswith(f"{name}-")] + [depot]
        for name, depot in depots.items()
    }


def _padded(rows: list[Floats]) -> Floats:
    width = max(len(row) for row in rows)
    return np.stack([np.pad(row, (0, width - len(row)), mode="edge") for row in rows])


def _chainage_m(lat: Floats, lon: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))])


_STOPS = _stops()
_LATS = [np.array([stop.lat for stop in stops]) for stops in _STOPS.values()]
_LONS = [np.array([stop.lon for stop in stops]) for stops in _STOPS.values()]
_ALONG = [_chainage_m(lat, lon) for lat, lon in zip(_LATS, _LONS, strict=True)]
_LAT, _LON, _STOP_M = _padded(_LATS), _padded(_LONS), _padded(_ALONG)
_COURSE = bearing_deg(_LAT[:, :-1], _LON[:, :-1], _LAT[:, 1:], _LON[:, 1:])

LINES = tuple(
    Line(name, tuple(stop.id for stop in stops), along)
    for (name, stops), along in zip(_STOPS.items(), _ALONG, strict=True)
)


def locate(line: Ints, section: Ints, along_m: Floats) -> tuple[Floats, Floats]:
    """(lat, lon) in degrees of places at `along_m` between stops `section` and `section` + 1."""
    begin, end = _STOP_M[line, section], _STOP_M[line, section + 1]
    share = (along_m - begin) / (end - begin)
    lat = _LAT[line, section] * (1 - share) + _LAT[line, section + 1] * share
    lon = _LON[line, section] * (1 - share) + _LON[line, section + 1] * share
    return lat, lon


def course_deg(line: Ints, section: Ints, direction: Floats) -> Floats:
    """Course in [0, 360) on a section, `direction` 1 with rising chainage and -1 against it."""
    return np.asarray((_COURSE[line, section] + np.where(direction > 0, 0.0, 180.0)) % 360.0)
