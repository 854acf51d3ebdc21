"""Ships that are not of the fleet: silent, but for the hours in which they meet one that is."""

from typing import NamedTuple

import numpy as np

from simulators.fault import Fault
from simulators.geo import MPS_PER_KN
from simulators.noise import Floats, Ints
from simulators.sea.helm import METRES_PER_DEG

PER_FEED = 4
LEAVING_S = 1_500
_ALONGSIDE_M = 150.0
_APPROACH_S, _CLOSING_MPS = 2_400.0, 3.7
_PARTING_MPS2 = 0.003


class Meeting(NamedTuple):
    """A stranger's row, whom it meets, from when to when, and from which side it comes."""

    row: int
    ship: int
    start: int
    end: int
    bearing_deg: float


class Strangers:
    """The meetings under way."""

    def __init__(self, rows: Ints) -> None:
        self.rows = rows
        self._meetings: dict[int, Meeting] = {}
        self._seen: set[int] = set()

    def meet(self, fault: Fault) -> None:
        """The stranger `fault.other` comes to `fault.row`."""
        meeting = Meeting(fault.other, fault.row, fault.start, fault.end, 360.0 * fault.weight)
        self._meetings[fault.other] = meeting

    def forget(self, now: int) -> None:
        """Lets go of those that have sailed away."""
        self._meetings = {
            row: one for row, one in self._meetings.items() if now < one.end + LEAVING_S
        }
        self._seen &= self._meetings.keys()

    def heard(self) -> Ints:
        """Rows of strangers whose place was known as the block began."""
        return np.array(sorted(self._seen), dtype=np.int64)

    def seen(self) -> None:
        """The block is over: those shown at its end may be heard in the next."""
        self._seen = set(self._meetings)

    def show(self, node: Floats, now: int) -> None:
        """Writes the strangers' places and motion into `node`: columns lat, lon, then the AIS's."""
        for meeting in self._meetings.values():
            node[meeting.row, :7] = beside(node[meeting.ship, :7], meeting, now)


def beside(ship: Floats, meeting: Meeting, now: int) -> list[float]:
    """Latitude, longitude and AIS channels of a stranger that meets `ship`, which are its own."""
    lat, lon, sog_kn, cog_deg, heading_deg = ship[:5].tolist()
    gap_m, parting_mps = _gap(meeting, now)
    angle, course = np.radians(meeting.bearing_deg), np.radians(cog_deg)
    east = np.sin(course) * sog_kn * MPS_PER_KN + np.sin(angle) * parting_mps
    north = np.cos(course) * sog_kn * MPS_PER_KN + np.cos(angle) * parting_mps
    kn = float(np.hypot(east, north)) / MPS_PER_KN
    towards = float(np.degrees(np.arctan2(east, north))) % 360.0
    narrow = METRES_PER_DEG * max(float(np.cos(np.radians(lat))), 0.05)
    lat += float(np.cos(angle)) * gap_m / METRES_PER_DEG
    lon += float(np.sin(angle)) * gap_m / narrow
    heading = towards if kn > 2.0 else heading_deg
    return [lat, (lon + 180.0) % 360.0 - 180.0, kn, towards, heading, 0.0, 0.0]


def _gap(meeting: Meeting, now: int) -> tuple[float, float]:
    """(metres between the two, metres a second by which that grows)."""
    approach_s = min(_APPROACH_S, 0.25 * (meeting.end - meeting.start))
    left = max(1.0 - (now - meeting.start) / approach_s, 0.0)
    gone_s = max(now - meeting.end, 0)
    gap_m = _ALONGSIDE_M + _CLOSING_MPS * approach_s * left**2
    return gap_m + _PARTING_MPS2 * gone_s**2 / 2, _PARTING_MPS2 * gone_s - 2 * _CLOSING_MPS * left
