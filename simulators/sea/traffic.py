"""Healthy company: ships that pass, pilots, bunker barges, and ships that lie alongside at sea.

Every ship of ours has one companion that is not of the fleet; its feed hears it only while it is
near.  What a companion does follows from the ship's key, place and time; whatever befalls the
ship then, it keeps it company.
"""

from typing import NamedTuple

import numpy as np

from simulators.geo import MPS_PER_KN
from simulators.noise import Floats, Ints, Keys, uniform
from simulators.roughness import LookAlikes
from simulators.sea.helm import METRES_PER_DEG, Helm
from simulators.sea.pauses import WAITING, Pauses
from simulators.sea.start import ANCHORED, HOUR_S, UNDER_WAY
from simulators.sea.strangers import LEAVING_S, Meeting, beside
from simulators.sea.voyages import Voyages

_PASSES, _PILOT, _BARGE, _ALONGSIDE, _LENGTH, _SIDE, _PACE, _OFF = range(750, 758)
_PASS_SHARE, _PASS_S, _NEAREST_M = 0.015, 1_800, (600.0, 5_000.0)  # of looks; half of the time near
_PILOT_SHARE, _PILOT_M, _PILOT_S = 0.45, (6_000.0, 16_000.0), (900, 2_100)
_BARGE_SHARE, _BARGE_S = 0.003, (3 * HOUR_S, 8 * HOUR_S)
_ALONGSIDE_SHARE = 0.35  # of ships that wait at sea


class Passing(NamedTuple):
    """A ship on its own straight way: where it is at second `at`, its speed and course."""

    row: int
    start: int
    end: int
    at: int
    lat: float
    lon: float
    kn: float
    deg: float


class Traffic:
    """The companions of ships: `rows` theirs, in the order of the ships, which come first."""

    def __init__(self, keys: Keys, rows: Ints, strengths: LookAlikes) -> None:
        self._keys, self.rows, self._strengths = keys[: len(rows)], rows, strengths
        self._meetings: dict[int, Meeting] = {}
        self._passing: dict[int, Passing] = {}
        self._seen: set[int] = set()

    def look(self, now: int, helm: Helm, voyages: Voyages, pauses: Pauses) -> None:
        """Every ten minutes: lets some companions come."""
        n, strengths = len(self.rows), self._strengths
        if not n:
            return
        sails = (voyages.status[:n] == UNDER_WAY) & (helm.along_mps[:n] > 2.0)
        gap_m = voyages.to_port_m(helm)[:n]
        near, far = _PILOT_M
        pilot = sails & (gap_m > near) & (gap_m < far)
        pilot &= self._drawn(_PILOT, now) < _PILOT_SHARE * strengths.pilots
        anchored = voyages.status[:n] == ANCHORED
        barge = anchored & (self._drawn(_BARGE, now) < _BARGE_SHARE * strengths.meetings)
        alongside = pauses.acting(now)[:n] & (pauses.kind[:n] == WAITING)
        alongside &= self._drawn(_ALONGSIDE, 0, pauses.start[:n]) < (
            _ALONGSIDE_SHARE * strengths.meetings
        )
        passes = sails & (self._drawn(_PASSES, now) < _PASS_SHARE * strengths.strangers)
        for ship in np.flatnonzero(pilot | barge | alongside | passes).tolist():
            if self.rows[ship] in self._meetings or self.rows[ship] in self._passing:
                continue
            if alongside[ship]:
                self._meet(ship, now, int(pauses.end[ship]))
            elif pilot[ship] or barge[ship]:
                least, most = _PILOT_S if pilot[ship] else _BARGE_S
                self._meet(
                    ship, now, now + least + int((most - least) * self._one(ship, _LENGTH, now))
                )
            else:
                self._pass(ship, now, helm)

    def _drawn(self, stream: int, now: int, since: Ints | None = None) -> Floats:
        return uniform(self._keys, stream, now if since is None else since)

    def _one(self, ship: int, stream: int, now: int) -> float:
        return float(uniform(self._keys[ship : ship + 1], stream, now)[0])

    def _meet(self, ship: int, now: int, end: int) -> None:
        row = int(self.rows[ship])
        self._meetings[row] = Meeting(row, ship, now, end, 360.0 * self._one(ship, _SIDE, now))

    def _pass(self, ship: int, now: int, helm: Helm) -> None:
        """It is nearest in half of its time, where the ship will be then if it goes on so."""
        row, half_s = int(self.rows[ship]), _PASS_S
        kn, deg = (part[ship] for part in helm.velocity())
        side, pace, off = (self._one(ship, stream, now) for stream in (_SIDE, _PACE, _OFF))
        nearest_m = (_NEAREST_M[0] + (_NEAREST_M[1] - _NEAREST_M[0]) * off) * np.sign(side - 0.5)
        angle = np.radians(deg)
        way_m = kn * MPS_PER_KN * half_s
        north = way_m * np.cos(angle) - nearest_m * np.sin(angle)
        east = way_m * np.sin(angle) + nearest_m * np.cos(angle)
        lat, lon = _moved(float(helm.lat[ship]), float(helm.lon[ship]), north, east)
        course = float((deg + 180.0 + 120.0 * (side - 0.5)) % 360.0)
        self._passing[row] = Passing(
            row, now, now + 2 * half_s, now + half_s, lat, lon, 8.0 + 10.0 * pace, course
        )

    def forget(self, now: int) -> None:
        """Lets go of those that have sailed away."""
        self._meetings = {r: m for r, m in self._meetings.items() if now < m.end + LEAVING_S}
        self._passing = {r: p for r, p in self._passing.items() if now < p.end}
        self._seen &= self._meetings.keys() | self._passing.keys()

    def heard(self) -> Ints:
        """Rows of companions whose place was known as the block began."""
        return np.array(sorted(self._seen), dtype=np.int64)

    def seen(self) -> None:
        """The block is over: those shown at its end may be heard in the next."""
        self._seen = set(self._meetings) | set(self._passing)

    def show(self, node: Floats, now: int) -> None:
        """Writes companions' places and motion into `node`: columns lat, lon, then the AIS's."""
        for meeting in self._meetings.values():
            node[meeting.row, :7] = beside(node[meeting.ship, :7], meeting, now)
        for one in self._passing.values():
            way_m, angle = one.kn * MPS_PER_KN * (now - one.at), np.radians(one.deg)
            place = _moved(one.lat, one.lon, way_m * np.cos(angle), way_m * np.sin(angle))
            node[one.row, :7] = [*place, one.kn, one.deg, one.deg, 0.0, 0.0]


def _moved(lat: float, lon: float, north_m: float, east_m: float) -> tuple[float, float]:
    narrow = METRES_PER_DEG * max(float(np.cos(np.radians(lat))), 0.05)
    there = (lon + float(east_m) / narrow + 180.0) % 360.0 - 180.0
    return lat + float(north_m) / METRES_PER_DEG, there
