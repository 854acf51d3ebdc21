"""The sea routes of `data/routes.json` as one table that ships sail along."""

import json
from pathlib import Path

import numpy as np

from schemas.zones import load_zones
from simulators.geo import Polylines, Tracks
from simulators.noise import Floats
from simulators.zones import inside

_FILE = Path(__file__).parent / "data" / "routes.json"
_STEP_M = 200.0


class Routes:
    """`tracks` holds the lines; `healthy`, `yard` and `waiting` the numbers of kinds of route.

    A `yard` route ends at a shipyard; a `waiting` track is closed and lies along a forbidden area.
    """

    def __init__(self) -> None:
        rows = json.loads(_FILE.read_bytes())
        self.tracks = Tracks([row["points"] for row in rows])
        self.lines = Polylines([row["points"] for row in rows])
        self.origin = [row["from"] for row in rows]
        self.end = [row["to"] for row in rows]
        kind = np.array([row["kind"] for row in rows])
        to_yard = np.array([end.startswith("YARD-") for end in self.end])
        self.waiting = np.flatnonzero(kind == "waiting")
        self.yard = np.flatnonzero((kind == "sea") & to_yard)
        self.healthy = np.flatnonzero((kind == "sea") & ~to_yard)
        self.forbidden = np.flatnonzero(kind == "forbidden")
        self.closed = kind == "waiting"
        self.entry_m = np.full(len(rows), np.nan)
        for route in self.forbidden.tolist():
            self.entry_m[route] = self._first_entry_m(route)
        self._from: dict[str, list[int]] = {}
        for route in np.concatenate([self.healthy, self.yard]).tolist():
            self._from.setdefault(self.origin[route], []).append(route)

    def leaving(self, route: int, yard: bool = False) -> list[int]:
        """Routes from the place where `route` ends: to other ports, or to yards."""
        wanted = set((self.yard if yard else self.healthy).tolist())
        return [other for other in self._from[self.end[route]] if other in wanted]

    def _first_entry_m(self, route: int) -> float:
        along = np.arange(0.0, self.lines.length_m[route], _STEP_M)
        lat, lon = self.lines.locate(np.full(len(along), route), along)
        found = [inside(zone, lat, lon) for zone in load_zones() if zone.kind == "forbidden"]
        return float(along[np.any(found, axis=0).argmax()])


ROUTES = Routes()
