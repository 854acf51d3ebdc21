"""The sea routes of `data/routes.json` as one table that ships sail along."""

import json
from pathlib import Path

import numpy as np

from schemas.zones import Zone, load_zones
from simulators.geo import Polylines
from simulators.noise import Floats

_FILE = Path(__file__).parent / "data" / "routes.json"
_STEP_M = 200.0


class Routes:
    """`lines` holds the tracks; `healthy` and `forbidden` the numbers of the two kinds of route."""

    def __init__(self) -> None:
        rows = json.loads(_FILE.read_bytes())
        self.lines = Polylines([row["points"] for row in rows])
        self.origin = [row["from"] for row in rows]
        self.end = [row["to"] for row in rows]
        closed = np.array([row["forbidden"] for row in rows])
        self.healthy, self.forbidden = np.flatnonzero(~closed), np.flatnonzero(closed)
        self.entry_m = np.full(len(rows), np.nan)
        for route in self.forbidden:
            self.entry_m[route] = self._first_entry_m(int(route))

    def leaving(self, route: int) -> list[int]:
        """Healthy routes from the port where `route` ends."""
        return [int(other) for other in self.healthy if self.origin[other] == self.end[route]]

    def _first_entry_m(self, route: int) -> float:
        along = np.arange(0.0, self.lines.length_m[route], _STEP_M)
        lat, lon = self.lines.locate(np.full(len(along), route), along)
        inside = np.zeros(len(along), dtype=bool)
        for zone in load_zones():
            if zone.kind == "forbidden":
                inside |= _inside(zone, lat, lon)
        return float(along[inside.argmax()])


def _inside(zone: Zone, lat: Floats, lon: Floats) -> Floats:
    """Even-odd rule, in degrees."""
    inside = np.zeros(len(lat), dtype=bool)
    for (lat_a, lon_a), (lat_b, lon_b) in zip(zone.polygon, zone.polygon[1:], strict=False):
        if lon_a != lon_b:
            crosses = (lon_a > lon) != (lon_b > lon)
            inside ^= crosses & (lat < (lat_b - lat_a) * (lon - lon_a) / (lon_b - lon_a) + lat_a)
    return inside


ROUTES = Routes()
