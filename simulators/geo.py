"""Places on the globe, for whole arrays: distances, bearings, and lines with a distance along."""

from collections.abc import Sequence

import numpy as np

from simulators.compiled import entry
from simulators.noise import Floats, Ints

EARTH_RADIUS_M = 6_371_008.8
MPS_PER_KN = 1852.0 / 3600.0
_LONGEST_LEG_M = 100_000.0
_FINE_M, _ROUNDING, _SPACING_M = 1_000.0, 7, 2_000.0


def distance_m(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """Haversine distance in metres between points in degrees."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    half = half + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def bearing_deg(lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats) -> Floats:
    """Initial bearing in [0, 360) from the first points to the second, in degrees."""
    phi1, phi2, east = np.radians(lat1), np.radians(lat2), np.radians(lon2 - lon1)
    y = np.sin(east) * np.cos(phi2)
    x = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(east)
    return np.asarray(np.degrees(np.arctan2(y, x)) % 360.0)


def wrap_lon(lon: Floats) -> Floats:
    """Longitudes brought back to [-180, 180)."""
    return np.asarray((lon + 180.0) % 360.0 - 180.0)


def _leg_lengths_m(line: Floats) -> Floats:
    return distance_m(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])


def _split_long_legs(line: Floats) -> Floats:
    # Between corners we interpolate degrees; on long legs that would bend the speed.
    pieces = np.ceil(_leg_lengths_m(line) / _LONGEST_LEG_M).astype(int).clip(min=1)
    legs = [np.linspace(a, b, n, endpoint=False)
            for a, b, n in zip(line[:-1], line[1:], pieces, strict=True)]  # fmt: skip
    return np.concatenate([*legs, line[-1:]])


class Tracks:
    """Many lines of (lat, lon) corners, rounded as ships turn; a place is (line, metres along it).

    Lines that end where they begin are round there too.  A line is rounded when something first
    sails along it: `measures` holds, for each, its length in metres once rounded and the number of
    its points (see `measured`), so that the one scale of all lines is known beforehand.
    """

    def __init__(self, lines: Sequence[Sequence[Sequence[float]]], measures: Floats) -> None:
        self._lines = lines
        self.length_m = measures[:, 0].copy()
        counts = measures[:, 1].astype(np.int64)
        self._first = np.concatenate([[0], np.cumsum(counts)])
        # All lines one after the other make one long scale, on which a place is found at once.
        self._start_m = np.concatenate([[0.0], np.cumsum(self.length_m + 1.0)[:-1]])
        self._scale_m = np.repeat(self._start_m, counts)
        self._points = np.zeros((len(self._scale_m), 3))
        self._made = np.zeros(len(lines), dtype=bool)

    def locate(self, line: Ints, along_m: Floats) -> tuple[Floats, Floats, Floats]:
        """(lat, lon, course) in degrees `along_m` metres along `line`, clipped to its ends."""
        made = self._made[line]
        if not made.all():
            for new in np.unique(line[~made]).tolist():
                self._make(new)
        lat, lon, course = _located(
            line, along_m, self.length_m, self._first, self._start_m, self._scale_m, self._points
        )
        return lat, lon, course

    def _make(self, line: int) -> None:
        points = _rounded(np.asarray(self._lines[line], dtype=np.float64))
        mine = slice(int(self._first[line]), int(self._first[line + 1]))
        self._scale_m[mine] = self._start_m[line] + _along_m(points)
        self._points[mine] = _with_course(points)
        self._made[line] = True


@entry
def _located(
    line: Ints, along_m: Floats, length_m: Floats, first: Ints, start_m: Floats, scale_m: Floats,
    points: Floats,
) -> Floats:  # fmt: skip
    """(lat, lon, course) in degrees by place; the rest is what `Tracks` holds."""
    found = np.empty((3, len(line)))
    for i in range(len(line)):
        one = line[i]
        ahead_m = min(max(along_m[i], 0.0), length_m[one] - 0.01)
        place = start_m[one] + ahead_m
        # Points lie about evenly: the leg is near the one of its share of the line.
        count = first[one + 1] - first[one]
        leg = first[one] + int(ahead_m / length_m[one] * (count - 1))
        while scale_m[leg] > place:
            leg -= 1
        while scale_m[leg + 1] <= place:
            leg += 1
        here, there = points[leg], points[leg + 1]
        share = (place - scale_m[leg]) / (scale_m[leg + 1] - scale_m[leg])
        turn = (there[2] - here[2] + 180.0) % 360.0 - 180.0
        found[0, i] = here[0] + (there[0] - here[0]) * share
        found[1, i] = (here[1] + (there[1] - here[1]) * share + 180.0) % 360.0 - 180.0
        found[2, i] = (here[2] + turn * share) % 360.0
    return found


def measured(line: Sequence[Sequence[float]]) -> tuple[float, int]:
    """(length in metres, number of points) of a line once rounded: what `Tracks` is given."""
    points = _rounded(np.asarray(line, dtype=np.float64))
    return float(_along_m(points)[-1]), len(points)


def _along_m(line: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(_leg_lengths_m(line))])


def _resampled(line: Floats, spacing_m: float) -> Floats:
    along = _along_m(line)
    grid = np.linspace(0.0, along[-1], max(2, round(along[-1] / spacing_m) + 1))
    return np.stack([np.interp(grid, along, line[:, column]) for column in (0, 1)], axis=-1)


def _rounded(line: Floats) -> Floats:
    """A moving average over some kilometres; its ends stay where they are."""
    fine = _resampled(_split_long_legs(line), _FINE_M)
    half = min(_ROUNDING // 2, len(fine) - 1)
    before, after = 2 * fine[0] - fine[half:0:-1], 2 * fine[-1] - fine[-2 : -half - 2 : -1]
    if np.allclose(fine[0], fine[-1]):
        before, after = fine[-half - 1 : -1], fine[1 : half + 1]
    total = np.cumsum(np.concatenate([np.zeros((1, 2)), before, fine, after]), axis=0)
    return _resampled((total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1), _SPACING_M)


def _with_course(lat_lon: Floats) -> Floats:
    around = np.concatenate([lat_lon[:1], lat_lon, lat_lon[-1:]])
    if np.allclose(lat_lon[0], lat_lon[-1]):
        around = np.concatenate([lat_lon[-2:-1], lat_lon, lat_lon[1:2]])
    before, after = around[:-2], around[2:]
    course = bearing_deg(before[:, 0], before[:, 1], after[:, 0], after[:, 1])
    return np.column_stack([lat_lon, course])
