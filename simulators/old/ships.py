"""Ships: sea routes from berth to berth, a two-stroke engine whose channels follow the speed.

Propeller law: revolutions go with speed through the water, load with their cube.  Temperatures and
pressures are start values of one engine's alarm sheet, well inside its alarms.
"""

from collections.abc import Mapping

import numpy as np

from simulators.geo import MPS_PER_KN, bearing_deg
from simulators.old.names import TRADES
from simulators.noise import Bools, Floats, Ints, smooth, uniform
from simulators.old.fleet import Instrument, Panel, Sample, keys_of, lag
from simulators.routes import ROUTES

REPORT_UNDER_WAY_S, REPORT_MOORED_S = 10, 60
MINUTE_S, STATIC_S = 60, 360
MOORED, ANCHORED, UNDER_WAY = 5, 1, 0  # AIS navigational status
ACCELERATION_KN_S = 0.03
SURGE_KN_S = 0.5
HOLD_FROM_TICK, HOLD_DISTANCE_M = 15, 1_100.0
_CLASS_CODE = 1
_MCR_RPM = 95.0
_HOUR = 3600

_FAST = (
    Instrument("sog_kn", 1, 0.06, low=0),
    Instrument("cog_deg", 1, 0.3),
    Instrument("heading_deg", 0, 0.3),
    Instrument("rot_deg_min", 1, 0.3),
    Instrument("nav_status", 0),
    Instrument("me_rpm", 1, 0.25, 0.3, low=0),
    Instrument("me_load_pct", 1, 0.4, 0.5, low=0),
    Instrument("exh_temp_degc", 1, 0.8, 1.2),
    Instrument("lo_press_bar", 2, 0.012, 0.012, low=0),
    Instrument("lo_temp_degc", 1, 0.12, 0.25),
    Instrument("jacket_cw_degc", 1, 0.15, 0.3),
    Instrument("main_brg_degc", 1, 0.15, 0.3),
    Instrument("tc_rpm", 0, 40, 50, low=0),
)
_MINUTE = (
    Instrument("fuel_flow_t_h", 3, 0.008, 0.008, low=0),
    Instrument("rob_fuel_t", 2),
    Instrument("me_hours", 3),
)
_STATIC = (Instrument("draught_m", 1), Instrument("cargo_t", 0))
_PANEL = Panel((*_FAST, *_MINUTE, *_STATIC))
_NO_LABELS: Mapping[str, str] = {}


def imo_number(base: int) -> str:
    """Seven digits: six of `base` and the check digit (IMO resolution A.1117(30))."""
    digits = f"{base:06d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True))
    return f"{digits}{check % 10}"


class Ships:
    """`count` ships of the world `seed`, one row a ship."""

    asset_class = "ship"
    channels = _PANEL.names

    def __init__(self, seed: int, count: int, holds: bool) -> None:
        self._holds = holds
        self.keys = keys_of(seed, _CLASS_CODE, count)
        first = 100_000 + seed * 7_919 % 100_000
        self.assets = tuple(f"ship-{imo_number(900_000 + (first + 37 * row) % 99_991)}"
                            for row in range(count))  # fmt: skip
        self._draw_particulars()
        self._place(count)
        self.surge_goal_kn = np.zeros(count)
        self.surge_kn = np.zeros(count)
        self.held = self._put_at_forbidden_zones(count)
        self.speed_kn = np.where(self.status == UNDER_WAY, self._goal_kn(0), 0.0)
        self.load = self._load()
        self.warm = (self.status == UNDER_WAY).astype(np.float64)
        self._weather = np.ones(count)

    def _draw_particulars(self) -> None:
        def between(stream: int, low: float, high: float) -> Floats:
            return low + (high - low) * uniform(self.keys, stream, 0)

        self.service_kn = between(1, 11.5, 18.0)
        types = TRADES["ship"].types
        dwt = [types[row % len(types)].details["dwt"] for row in range(len(self.keys))]
        self.deadweight_t = np.array(dwt)
        self.full_fuel_t = between(3, 1_200, 3_200)
        self.fuel_t = self.full_fuel_t * between(4, 0.45, 0.95)
        self.hours = between(5, 9_000, 70_000)
        self.laden = uniform(self.keys, 6, 0) < 0.6
        self.offset_lat, self.offset_lon = between(7, -0.006, 0.006), between(8, -0.006, 0.006)
        self.phase_s = (uniform(self.keys, 9, 0) * STATIC_S).astype(np.int64)

    def _place(self, count: int) -> None:
        # Of ten ships six are at sea, one comes in, one sails soon, one lies long, one anchors.
        kind, share = np.arange(count) % 10, uniform(self.keys, 11, 0)
        self.route = ROUTES.healthy[(uniform(self.keys, 10, 0) * len(ROUTES.healthy)).astype(int)]
        length = ROUTES.lines.length_m[self.route]
        places = [kind < 6, kind == 6, kind == 9]
        self.along_m = np.select(
            places,
            [length * (0.06 + 0.88 * share), length - 100 - 1_500 * share, length - 11_000],
            default=0.0,
        )
        self.status = np.select(places, [UNDER_WAY, UNDER_WAY, ANCHORED], default=MOORED)
        soon = np.where(kind == 7, 20 + 260 * share, _HOUR * (1 + 30 * share))
        self.wait_until = np.where(self.status == UNDER_WAY, 0, soon).astype(np.int64)

    def _put_at_forbidden_zones(self, count: int) -> Floats:
        # One ship of four hundred is about to sail into an area that its lease forbids.
        rows = np.arange(0, count, 400) if count >= 8 else np.empty(0, dtype=np.int64)
        self.forbidden_rows = rows
        routes = ROUTES.forbidden[np.arange(len(rows)) % len(ROUTES.forbidden)]
        short = HOLD_DISTANCE_M - 500 * uniform(self.keys[rows], 12, 0)
        self.route[rows], self.along_m[rows] = routes, ROUTES.entry_m[routes] - short
        self.status[rows], self.wait_until[rows] = UNDER_WAY, 0
        self.service_kn[rows] = 12.0
        held = np.zeros(count, dtype=bool)
        held[rows] = True
        return held

    def _goal_kn(self, tick: int) -> Floats:
        left_m = ROUTES.lines.length_m[self.route] - self.along_m
        gap_km = np.minimum(left_m, self.along_m) / 1000.0
        goal = np.interp(gap_km, (0, 2, 6, 9), (4.0, 4.0, 10.0, 30.0))
        goal = np.minimum(goal, self.service_kn)
        if self._stopping(tick):
            goal = np.where(self.held, 0.0, goal)
        return np.where(self.status == UNDER_WAY, goal, 0.0)

    def _stopping(self, tick: int) -> bool:
        # In a world without faults the ships before a forbidden area wait outside it.
        return self._holds and tick >= HOLD_FROM_TICK

    def _load(self) -> Floats:
        return np.asarray(78.0 * (self.speed_kn / self.service_kn) ** 3)

    def step(self, tick: int) -> None:
        """One second: wait, sail, arrive; the engine follows."""
        sailing = self.status == UNDER_WAY
        if tick % 10 == 0:
            slow = smooth(self.keys, np.asarray(13), tick, np.asarray(240.0))
            self._weather = 1.0 + 0.012 * slow
        change = self._goal_kn(tick) * self._weather - self.speed_kn
        self.speed_kn += np.clip(change, -ACCELERATION_KN_S, ACCELERATION_KN_S)
        self.speed_kn[~sailing] = 0.0
        surge = self.surge_goal_kn - self.surge_kn
        self.surge_kn += np.clip(surge, -SURGE_KN_S, SURGE_KN_S)
        self.along_m += (self.speed_kn + self.surge_kn) * sailing * MPS_PER_KN
        self._run_engine(sailing)
        self._arrive(tick, sailing)
        self._sail(tick)

    def _run_engine(self, sailing: Bools) -> None:
        lag(self.load, self._load(), 30.0)
        lag(self.warm, sailing.astype(np.float64), 120.0)
        self.fuel_t -= self._fuel_flow_t_h(slice(None)) / _HOUR
        bunkering = ~sailing & (self.fuel_t < 0.9 * self.full_fuel_t)
        self.fuel_t += bunkering * 0.02
        self.hours += sailing / _HOUR

    def _fuel_flow_t_h(self, rows: Ints | slice) -> Floats:
        running = self.warm[rows] > 0.02
        return np.asarray(running * (0.25 + 0.042 * self.load[rows]))

    def _arrive(self, tick: int, sailing: Bools) -> None:
        rows = np.flatnonzero(sailing & (self.along_m >= ROUTES.lines.length_m[self.route] - 20))
        if len(rows):
            stay_s = _HOUR * (6 + 24 * uniform(self.keys[rows], 14, tick))
            self.status[rows], self.wait_until[rows] = MOORED, tick + stay_s.astype(np.int64)
            self.along_m[rows] = ROUTES.lines.length_m[self.route[rows]]

    def _sail(self, tick: int) -> None:
        rows = np.flatnonzero((self.status != UNDER_WAY) & (self.wait_until <= tick))
        for row in rows[self.status[rows] == MOORED]:
            if self.along_m[row] > 0:  # it came in on this route: a new voyage begins
                choices = ROUTES.leaving(int(self.route[row]))
                pick = float(uniform(self.keys[row : row + 1], 15, tick)[0])
                self.route[row] = choices[int(pick * len(choices))]
                self.along_m[row], self.laden[row] = 0.0, not self.laden[row]
        self.status[rows] = UNDER_WAY

    def due(self, tick: int) -> Ints:
        """Rows that report: every 10 s under way, every 60 s moored or at anchor."""
        period = np.where(self.status == UNDER_WAY, REPORT_UNDER_WAY_S, REPORT_MOORED_S)
        return np.flatnonzero((tick + self.phase_s) % period == 0)

    def sample(self, rows: Ints, tick: int) -> Sample:
        """Position, motion, engine; fuel each minute; draught and destination each six."""
        lat, lon, course, turn = self._fix(rows)
        sailing = (self.status[rows] == UNDER_WAY).astype(np.float64)
        speed = np.where(sailing > 0, self.speed_kn[rows] + self.surge_kn[rows], 0.05)
        true = np.column_stack([speed, course, course, turn, self.status[rows],
                                *self._engine(rows), *self._stores(rows)])  # fmt: skip
        values = _PANEL.read(self.keys[rows], tick, true, 0.15 + 0.85 * self.warm[rows])
        values[:, 1:3] %= 360.0
        since = tick + self.phase_s[rows]
        counts = np.where(since % MINUTE_S == 0, len(_FAST) + len(_MINUTE), len(_FAST))
        counts = np.where(since % STATIC_S == 0, len(_PANEL.names), counts).tolist()
        labels = [self._labels(row) if count == len(_PANEL.names) else _NO_LABELS
                  for row, count in zip(rows.tolist(), counts, strict=True)]  # fmt: skip
        return Sample(rows, lat, lon, values, counts, labels)

    def _labels(self, row: int) -> Mapping[str, str]:
        return {"destination": ROUTES.end[int(self.route[row])]}

    def _fix(self, rows: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        route, along = self.route[rows], self.along_m[rows]
        lat, lon = ROUTES.lines.locate(route, along)
        lat_a, lon_a = ROUTES.lines.locate(route, along - 1_000)
        lat_b, lon_b = ROUTES.lines.locate(route, along + 1_000)
        course = bearing_deg(lat_a, lon_a, lat_b, lon_b)
        bend = bearing_deg(lat, lon, lat_b, lon_b) - bearing_deg(lat_a, lon_a, lat, lon)
        middle = (along > 1_000) & (along < ROUTES.lines.length_m[route] - 1_000)
        seconds = 1_000 / np.maximum(self.speed_kn[rows] * MPS_PER_KN, 1.0)
        turn = middle * ((bend + 180) % 360 - 180) / seconds * 60
        moving = self.status[rows] == UNDER_WAY
        turn = np.clip(turn * moving, -40, 40)
        return lat + self.offset_lat[rows], lon + self.offset_lon[rows], course, turn

    def _engine(self, rows: Ints) -> tuple[Floats, ...]:
        load, warm = self.load[rows], self.warm[rows]
        rpm = _MCR_RPM * 0.92 * self.speed_kn[rows] / self.service_kn[rows]
        turbo = np.cbrt(np.maximum(load, 0.0) / 78.0)
        return (
            rpm,
            load,
            35 + warm * (190 + 120 * turbo**2),
            warm * (2.3 + 0.4 * np.minimum(rpm / 80, 1)),
            30 + warm * 14.5,
            62 + warm * 20.5,
            34 + warm * (12 + 8 * turbo),
            500 * warm + 12_500 * turbo,
        )

    def _stores(self, rows: Ints) -> tuple[Floats, ...]:
        full_draught = 8.0 + self.deadweight_t[rows] / 25_000.0
        laden = self.laden[rows]
        return (
            self._fuel_flow_t_h(rows),
            self.fuel_t[rows],
            self.hours[rows],
            np.where(laden, full_draught, 0.62 * full_draught),
            np.where(laden, 0.93 * self.deadweight_t[rows], 0.0),
        )
