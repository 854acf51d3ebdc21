"""How ships move: along their route at the speed the engine gives, or free of it for a while.

A place is a route, metres along it, and metres off it to east and north.  Speeds at the ends of a
step are joined by straight lines, so that positions are the integral of the speeds reported.
"""

import numpy as np

from simulators.geo import MPS_PER_KN, bearing_deg
from simulators.noise import Bools, Floats, Ints
from simulators.routes import ROUTES
from simulators.sea.weather import Conditions

TURN_DEG_MIN, SWING_DEG_MIN = 18.0, 4.0
METRES_PER_DEG = 111_195.0
_SIDEWAYS = 0.06  # of its speed: how fast a ship changes lanes
_SLIP = 0.35  # of the added resistance that is lost as speed, at the same revolutions
_REJOIN_DEG = 12.0


class Helm:
    """Positions and speeds, one row a ship."""

    def __init__(self, route: Ints, along_m: Floats) -> None:
        count = len(route)
        self.route, self.along_m = route, along_m
        self.along_mps, self.calm_kn, self.gain_kn = np.zeros((3, count))
        self.off_m = np.zeros((2, count))  # east, north
        self.drift_mps = np.zeros((2, count))
        self.lane_m = np.zeros((2, count))
        self.free = np.zeros(count, dtype=bool)
        self.free_kn, self.free_deg = np.zeros((2, count))
        self.rot_deg_min, self._crab_deg = np.zeros((2, count))
        self._look()
        self.heading_deg = self.course_deg.copy()

    def _look(self) -> None:
        track_lat, track_lon, self.course_deg = ROUTES.tracks.locate(self.route, self.along_m)
        self._ahead = np.stack(_sin_cos(self.course_deg))
        self.lat = track_lat + self.off_m[1] / METRES_PER_DEG
        lon = track_lon + self.off_m[0] / (METRES_PER_DEG * _narrow(track_lat))
        self.lon = (lon + 180.0) % 360.0 - 180.0

    def velocity(self) -> tuple[Floats, Floats]:
        """(speed over ground in kn, course over ground in degrees); a ship at rest: its heading."""
        east, north = self._ahead * self.along_mps + self.drift_mps
        speed = np.hypot(east, north)
        course = np.degrees(np.arctan2(east, north)) % 360.0
        return speed / MPS_PER_KN, np.where(speed > 0.05, course, self.heading_deg)

    def release(self, rows: Ints) -> None:
        """Lets ships leave their routes, at the velocity that they have."""
        rows = rows[~self.free[rows]]
        if not len(rows):
            return
        kn, deg = self.velocity()
        self.free_kn[rows], self.free_deg[rows] = kn[rows], deg[rows]
        self.drift_mps[:, rows] += self._ahead[:, rows] * self.along_mps[rows]
        self.along_mps[rows] = 0.0
        self.free[rows] = True

    def step(
        self, dt: float, goal_kn: Floats, gain: Floats, loss: Floats, drag: Floats,
        sea: Conditions, calm_water: Floats,
    ) -> None:  # fmt: skip
        """Ships on their routes move towards `goal_kn` through calm water; free ones follow orders.

        `gain`, `loss`: kn a minute; `drag`: added resistance as a share; `calm_water`: 0 where
        currents are felt in full, 1 in port.
        """
        before_mps, drift = self.along_mps, self.drift_mps
        bound = ~self.free
        goal = np.where(bound, goal_kn, self.free_kn)
        change = np.clip(goal - self.calm_kn, -loss * dt / 60, gain * dt / 60)
        change = np.where(bound, change, goal - self.calm_kn)
        self.calm_kn, self.gain_kn = self.calm_kn + change, change * 60 / dt
        through_kn = self.calm_kn * (1.0 - _SLIP * drag)
        felt = (1.0 - calm_water) * np.minimum(through_kn / 5.0, 1.0)
        ahead_kn, aside_kn = self._current(sea, felt)
        crab = np.arcsin(np.clip(aside_kn / np.maximum(through_kn, 3.0), -0.3, 0.3))
        speed_kn = np.maximum(through_kn * np.cos(crab) + ahead_kn, 0.0) * bound
        self.along_mps = speed_kn * MPS_PER_KN
        self.drift_mps = np.where(bound, self._towards_lane(calm_water), self._free_velocity())
        moved_m = 0.5 * (before_mps + self.along_mps) * dt
        self.along_m = _advanced(self.route, self.along_m + moved_m)
        self.off_m = self.off_m + 0.5 * (drift + self.drift_mps) * dt
        self._look()
        self._crab_deg = np.degrees(crab)

    def _current(self, sea: Conditions, felt: Floats) -> tuple[Floats, Floats]:
        east, north = self._ahead
        ahead = (sea.east_kn * east + sea.north_kn * north) * felt
        to_starboard = (sea.east_kn * north - sea.north_kn * east) * felt
        return ahead, to_starboard

    def _towards_lane(self, calm_water: Floats) -> Floats:
        gap = self.lane_m - self.off_m
        far = np.maximum(np.hypot(gap[0], gap[1]), 1.0)
        return np.asarray(gap / far * np.minimum(_SIDEWAYS * self.along_mps, far / 600.0))

    def _free_velocity(self) -> Floats:
        ahead: Floats = np.stack(_sin_cos(self.free_deg))
        return ahead * (self.free_kn * MPS_PER_KN)

    def steer_free(
        self, rows: Ints, want_kn: Floats, want_deg: Floats, kn_min: Floats, dt: float
    ) -> None:
        """Free ships change speed by at most `kn_min` a minute and turn as fast as ships do."""
        turn = TURN_DEG_MIN * 1.4 * dt / 60
        self.free_deg[rows] += np.clip(wrapped(want_deg - self.free_deg[rows]), -turn, turn)
        step = kn_min * dt / 60
        self.free_kn[rows] += np.clip(want_kn - self.free_kn[rows], -step, step)

    def homeward_deg(self, rows: Ints, near_m: Floats) -> Floats:
        """The course by which free ships return: to a point of their route some way ahead."""
        ahead_m = np.maximum(8 * near_m, 0.5 * np.abs(self._aside_m(rows)))
        goal = _advanced(self.route[rows], self.along_m[rows] + ahead_m)
        lat, lon, _ = ROUTES.tracks.locate(self.route[rows], goal)
        return bearing_deg(self.lat[rows], self.lon[rows], lat, lon)

    def _aside_m(self, rows: Ints) -> Floats:
        """Metres to the right of the route's line."""
        east, north = self._ahead[:, rows]
        return np.asarray(self.off_m[0, rows] * north - self.off_m[1, rows] * east)

    def rejoin(self, rows: Ints, near_m: Floats, drag: Floats) -> None:
        """Takes free ships that are near the line of their route, on its course, back onto it."""
        if not len(rows):
            return
        askew = np.abs(wrapped(self.free_deg[rows] - self.course_deg[rows]))
        back = (askew < _REJOIN_DEG) & (np.abs(self._aside_m(rows)) < 1.5 * near_m)
        rows = rows[back]
        ahead_mps = (self._ahead[:, rows] * self.drift_mps[:, rows]).sum(axis=0)
        self.drift_mps[:, rows] -= self._ahead[:, rows] * ahead_mps
        self.along_mps[rows] = ahead_mps
        self.calm_kn[rows] = ahead_mps / MPS_PER_KN / (1.0 - _SLIP * drag[rows])
        self.free[rows] = False

    def follow(self, rows: Ints) -> None:
        """Tells the places of free ships by the nearest points of their routes."""
        gone_m = (self._ahead[:, rows] * self.off_m[:, rows]).sum(axis=0)
        along_m = np.maximum(_advanced(self.route[rows], self.along_m[rows] + gone_m), 0.0)
        lat, lon, course_deg = ROUTES.tracks.locate(self.route[rows], along_m)
        east_m = wrapped(self.lon[rows] - lon) * METRES_PER_DEG * _narrow(lat)
        self.off_m[:, rows] = east_m, (self.lat[rows] - lat) * METRES_PER_DEG
        self.along_m[rows], self.course_deg[rows] = along_m, course_deg
        self._ahead[:, rows] = _sin_cos(course_deg)

    def turn(self, dt: float, beam_deg: Floats, resting: Bools) -> None:
        """Headings follow the courses, or swing to `beam_deg` where set; at rest they stay."""
        ahead = np.where(self.free, self.free_deg, self.course_deg - self._crab_deg)
        goal = np.where(np.isnan(beam_deg), ahead, beam_deg)
        most = np.where(np.isnan(beam_deg), TURN_DEG_MIN, SWING_DEG_MIN) * dt / 60
        turn = np.where(resting, 0.0, np.clip(wrapped(goal - self.heading_deg), -most, most))
        self.heading_deg = (self.heading_deg + turn) % 360.0
        self.rot_deg_min = turn * 60 / dt


def wrapped(angle_deg: Floats) -> Floats:
    """Angles brought to [-180, 180)."""
    return np.asarray((angle_deg + 180.0) % 360.0 - 180.0)


def _sin_cos(angle_deg: Floats) -> tuple[Floats, Floats]:
    angle = np.radians(angle_deg)
    return np.sin(angle), np.cos(angle)


def _narrow(lat_deg: Floats) -> Floats:
    """How much shorter a degree of longitude is than one of latitude."""
    return np.maximum(np.cos(np.radians(lat_deg)), 0.05)


def _advanced(route: Ints, along_m: Floats) -> Floats:
    """Metres along routes, round closed ones and no further than the end of the others."""
    length: Floats = ROUTES.tracks.length_m[route]
    return np.where(ROUTES.closed[route], along_m % length, np.minimum(along_m, length))
