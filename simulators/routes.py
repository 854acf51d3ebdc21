"""The sea routes of `data/routes.json` as one table that ships sail along."""

import json
from pathlib import Path

import numpy as np

from simulators.geo import Tracks

_FILE = Path(__file__).parent / "data" / "routes.json"
_MEASURES = Path(__file__).parent / "data" / "route_measures.json"


class Routes:
    """`tracks` holds the lines; `healthy`, `yard` and `waiting` the numbers of kinds of route.

    A `yard` route ends at a shipyard; a `waiting` track is closed and lies along a forbidden area.
    """

    def __init__(self) -> None:
        rows = json.loads(_FILE.read_bytes())
        measures = np.array(json.loads(_MEASURES.read_bytes()))
        self.tracks = Tracks([row["points"] for row in rows], measures)
        self.origin = [row["from"] for row in rows]
        self.end = [row["to"] for row in rows]
        kind = np.array([row["kind"] for row in rows])
        to_yard = np.array([end.startswith("YARD-") for end in self.end])
        self.waiting = np.flatnonzero(kind == "waiting")
        self.yard = np.flatnonzero((kind == "sea") & to_yard)
        self.healthy = np.flatnonzero((kind == "sea") & ~to_yard)
        self.closed = kind == "waiting"
        self._from: dict[str, list[int]] = {}
        for route in np.concatenate([self.healthy, self.yard]).tolist():
            self._from.setdefault(self.origin[route], []).append(route)

    def leaving(self, route: int, yard: bool = False) -> list[int]:
        """Routes from the place where `route` ends: to other ports, or to yards."""
        wanted = set((self.yard if yard else self.healthy).tolist())
        return [other for other in self._from[self.end[route]] if other in wanted]


ROUTES = Routes()
