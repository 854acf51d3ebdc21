"""Aircraft: great circles between airports, gate to gate, narrow-body twin with two equal engines.

Profile: climb at 1,800-2,600 ft/min, cruise at 33,000-39,000 ft, a 3-degree glide to touch-down.
Engine values per phase are start values inside the limits of two CFM56 type pages.
"""

import numpy as np

from schemas.zones import load_zones
from simulators.geo import MPS_PER_KN, GreatCircles, bearing_deg, distance_m
from simulators.noise import Floats, Ints, uniform
from simulators.old.fleet import Instrument, Panel, Sample, keys_of, lag

REPORT_AIRBORNE_S, REPORT_TAXI_S, REPORT_PARKED_S = 1, 5, 60
PARKED, TAXI_OUT, TAKE_OFF, AIRBORNE, LANDING, TAXI_IN = range(6)
_PERIOD_S = (REPORT_PARKED_S, REPORT_TAXI_S, *[REPORT_AIRBORNE_S] * 3, REPORT_TAXI_S)  # by state
_CLASS_CODE = 2
_RUNWAY_START_M, _TOUCH_DOWN_M, _EXIT_M = 1_000.0, 3_600.0, 1_000.0
_GLIDE_FT_PER_M = 3.28084 * np.tan(np.radians(3.0))
_MIN_KM, _MAX_KM = 350.0, 5_200.0
_TAXI_KN, _ROTATE_KN, _LANDING_KN = 15.0, 150.0, 138.0
_HOUR = 3600

_PANEL = Panel(
    (
        Instrument("gs_kn", 1, 0.25, low=0),
        Instrument("track_deg", 1, 0.15),
        Instrument("alt_baro_ft", 0, low=-100),
        Instrument("baro_rate_ft_min", 0, 20, 20, 20),
        Instrument("on_ground", 0),
        Instrument("nac_p", 0),
        Instrument("mach", 3, low=0),
        Instrument("n1_pct", 1, 0.12, 0.25, 25, low=0),
        Instrument("n2_pct", 1, 0.12, 0.2, 25, low=0),
        Instrument("egt_degc", 0, 2.0, 3.0, 25),
        Instrument("fuel_flow_kg_h", 0, 10, 12, 25, low=0),
        Instrument("oil_press_psi", 1, 0.3, 0.4, 25, low=0),
        Instrument("oil_temp_degc", 1, 0.25, 0.4, 25),
        Instrument("vib_n1", 2, 0.03, 0.04, 25, low=0),
        Instrument("fuel_kg", 0, low=0),
        Instrument("fh_total_h", 3),
        Instrument("fc_total", 0),
    )
)

# Engine by what the aircraft does: n1 %, n2 %, EGT degC, fuel flow kg/h, oil psi, oil degC, vib AVM
_SETTINGS = np.array(
    [
        (0, 0, 32, 0, 0, 34, 0.0),  # parked, engines off
        (22, 61, 450, 320, 32, 78, 0.35),  # taxi
        (95, 97.5, 860, 4_250, 48, 92, 1.0),  # take-off roll
        (89, 94, 740, 2_550, 46, 98, 0.9),  # climb
        (83, 91, 640, 1_240, 44, 95, 0.75),  # cruise
        (42, 72, 470, 520, 38, 90, 0.5),  # descent
    ],
    dtype=np.float64,
)
_COLD, _TAXI, _TAKE_OFF, _CLIMB, _CRUISE, _DESCENT = range(6)
_TAU_S = (6.0, 8.0, 12.0, 5.0, 6.0, 60.0, 6.0)
_PREFIXES = ("LW", "AQ", "NX", "TV", "ZB")


class AircraftFleet:
    """`count` aircraft of the world `seed`, one row an aircraft."""

    asset_class = "aircraft"
    channels = _PANEL.names

    def __init__(self, seed: int, count: int) -> None:
        self.keys = keys_of(seed, _CLASS_CODE, count)
        first = seed * 7_919
        self.assets = tuple(f"aircraft-{0x780000 + (first + 257 * row) % 65_521:06x}"
                            for row in range(count))  # fmt: skip
        self._airports = [zone for zone in load_zones() if zone.kind == "airport"]
        self._airport_lat = np.array([zone.lat for zone in self._airports])
        self._airport_lon = np.array([zone.lon for zone in self._airports])
        self._draw_particulars(count)
        self._place(count)
        self.engine = _SETTINGS[self._setting()] + 0.0

    def _between(self, stream: int, low: float, high: float) -> Floats:
        return low + (high - low) * uniform(self.keys, stream, 0)

    def _draw_particulars(self, count: int) -> None:
        self.cruise_ft = 33_000 + 1_000 * np.floor(self._between(1, 0, 7))
        self.cruise_kn = self._between(2, 435, 470)
        self.climb_ft_min = self._between(3, 1_800, 2_600)
        self.hours = self._between(4, 2_000, 38_000)
        self.cycles = np.floor(self.hours / self._between(5, 1.5, 2.2))
        self.wear = self._between(6, 0.0, 1.0)
        self.offset_lat, self.offset_lon = (
            self._between(7, -4e-3, 4e-3),
            self._between(8, -4e-3, 4e-3),
        )
        self.phase_s = (uniform(self.keys, 9, 0) * 60).astype(np.int64)
        self.flight_number = (100 + 800 * uniform(self.keys, 10, 0)).astype(np.int64)
        self.need_kg = np.zeros(count)

    def _place(self, count: int) -> None:
        # Of ten aircraft five are en route, one lands, one climbs, two leave soon, one sits.
        kind, share = np.arange(count) % 10, uniform(self.keys, 11, 0)
        self.origin = (uniform(self.keys, 12, 0) * len(self._airports)).astype(np.int64)
        self.end = self.origin.copy()
        self.circles = GreatCircles(
            *self._ends(self.origin, (self.origin + 1) % len(self._airports))
        )
        self._plan(np.arange(count), 0)
        length = self.circles.length_m
        en_route, landing, climbing = (kind < 5), kind == 5, kind == 6
        self.along_m = np.select(
            [en_route, landing, climbing],
            [60_000 + (length - 130_000) * share, length - 9_000 - 22_000 * share,
             12_000 + 45_000 * share],
            default=0.0,
        )  # fmt: skip
        self.state = np.where(kind < 7, AIRBORNE, PARKED)
        soon = np.select([kind == 7, kind == 8], [15 + 60 * share, 75 + 200 * share],
                         default=_HOUR * (0.5 + 3 * share))  # fmt: skip
        self.wait_until = soon.astype(np.int64)
        self._start_in_flight()
        self.fuel_kg = np.where(self.state == AIRBORNE, self.need_kg * 0.9, 3_000.0)

    def _start_in_flight(self) -> None:
        flying = self.state == AIRBORNE
        climbed = (self.along_m - 3_000) / 200 * self.climb_ft_min / 60
        height = np.minimum(np.minimum(climbed, self._glide_ft()), self.cruise_ft)
        self.alt_ft = np.where(flying, np.maximum(height, 0), 0.0)
        self.rate_ft_min = np.zeros(len(flying))
        self.rate_ft_min[flying & (climbed < self.cruise_ft - 50)] = 2_000.0
        self.speed_kn = np.where(flying, 150.0, 0.0)
        self.speed_kn = np.where(flying, self._goal_kn(), 0.0)
        self.rate_ft_min = np.where(flying, self._wanted_rate(), 0.0)

    def _ends(self, a: Ints, b: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        lat, lon = self._airport_lat, self._airport_lon
        return lat[a], lon[a], lat[b], lon[b]

    def _plan(self, rows: Ints, tick: int) -> None:
        """The next flight: from where the aircraft stands to an airport within reach."""
        self.origin[rows] = self.end[rows]
        for row in rows:
            here = self.origin[row]
            lat, lon = self._airport_lat, self._airport_lon
            km = distance_m(lat[here], lon[here], lat, lon) / 1000
            near = np.flatnonzero((km > _MIN_KM) & (km < _MAX_KM))
            pick = float(uniform(self.keys[row : row + 1], 13, tick)[0])
            self.end[row] = near[int(pick * len(near))]
        self.circles.turn(rows, GreatCircles(*self._ends(self.origin[rows], self.end[rows])))
        self.need_kg[rows] = 4_500 + self.circles.length_m[rows] / 1000 * 3.2

    def _left_m(self) -> Floats:
        return self.circles.length_m - _TOUCH_DOWN_M - self.along_m

    def _glide_ft(self) -> Floats:
        return np.asarray(np.maximum(self._left_m(), 0.0) * _GLIDE_FT_PER_M)

    def _goal_kn(self) -> Floats:
        descending = self._descending()
        climb = np.interp(self.alt_ft, (0, 1_500, 10_000, 30_000), (165, 230, 330, 440))
        descent = np.interp(self.alt_ft, (500, 3_000, 10_000, 25_000), (140, 185, 280, 420))
        cruise = self.cruise_kn
        air = np.where(descending, np.minimum(descent, cruise), np.minimum(climb, cruise))
        air = np.where(self.alt_ft >= self.cruise_ft - 100, cruise, air)
        goals = [np.zeros(len(air)), np.full(len(air), _TAXI_KN), np.full(len(air), 170.0), air,
                 np.full(len(air), _TAXI_KN), np.full(len(air), _TAXI_KN)]  # fmt: skip
        return np.asarray(np.choose(self.state, goals))

    def _descending(self) -> Floats:
        return np.asarray(self._glide_ft() <= self.alt_ft + 60)

    def _wanted_rate(self) -> Floats:
        climb = np.minimum(self.climb_ft_min, (self.cruise_ft - self.alt_ft) * 4.0)
        next_ft = (self._left_m() - self.speed_kn * MPS_PER_KN) * _GLIDE_FT_PER_M
        down = np.clip((np.maximum(next_ft, 0.0) - self.alt_ft) * 60.0, -3_000.0, 0.0)
        return np.where(self._descending(), down, climb)

    def step(self, tick: int) -> None:
        """One second: roll, fly, land; the engines follow."""
        rates = np.choose(self.state, (2.0, 1.0, 4.5, 1.4, 3.5, 1.0))
        change = self._goal_kn() - self.speed_kn
        self.speed_kn += np.clip(change, -rates, rates)
        self._fly()
        self.along_m += self.speed_kn * MPS_PER_KN
        self._run_engines()
        self._change_state(tick)

    def _fly(self) -> None:
        flying = self.state == AIRBORNE
        change = np.clip(self._wanted_rate() - self.rate_ft_min, -250, 250)
        self.rate_ft_min = np.where(flying, self.rate_ft_min + change, 0.0)
        self.alt_ft = np.where(flying, np.maximum(self.alt_ft + self.rate_ft_min / 60, 0.0), 0.0)
        self.hours += flying / _HOUR

    def _setting(self) -> Ints:
        level = np.abs(self.alt_ft - self.cruise_ft) < 300
        air = np.where(level, _CRUISE, _CLIMB)
        air = np.where(self.rate_ft_min < -300, _DESCENT, air)
        ground = np.array([_COLD, _TAXI, _TAKE_OFF, _CRUISE, _TAXI, _TAXI])[self.state]
        return np.where(self.state == AIRBORNE, air, ground)

    def _run_engines(self) -> None:
        wanted = _SETTINGS[self._setting()]
        for column, tau_s in enumerate(_TAU_S):
            lag(self.engine[:, column], wanted[:, column], tau_s)
        self.fuel_kg = np.maximum(self.fuel_kg - 2 * self.engine[:, 3] / _HOUR, 600.0)
        fuelling = (self.state == PARKED) & (self.fuel_kg < self.need_kg)
        self.fuel_kg += fuelling * 25.0

    def _change_state(self, tick: int) -> None:
        state, end_m = self.state.copy(), self.circles.length_m
        parked = (state == PARKED) & (self.wait_until <= tick) & (self.fuel_kg >= self.need_kg - 50)
        self.state[parked] = TAXI_OUT
        self.state[(state == TAXI_OUT) & (self.along_m >= _RUNWAY_START_M)] = TAKE_OFF
        self.state[(state == TAKE_OFF) & (self.speed_kn >= _ROTATE_KN)] = AIRBORNE
        down = (state == AIRBORNE) & (self.along_m > 20_000) & (self._left_m() <= 0)
        self.state[down] = LANDING
        self.alt_ft[down], self.rate_ft_min[down] = 0.0, 0.0
        self.cycles += down
        slow = (state == LANDING) & (self.speed_kn <= _TAXI_KN + 1)
        self.state[slow] = TAXI_IN
        self._park(np.flatnonzero((state == TAXI_IN) & (self.along_m >= end_m - 30)), tick)

    def _park(self, rows: Ints, tick: int) -> None:
        if len(rows):
            rest_s = _HOUR * (0.7 + 1.5 * uniform(self.keys[rows], 14, tick))
            self.state[rows], self.wait_until[rows] = PARKED, tick + rest_s.astype(np.int64)
            self.speed_kn[rows], self.along_m[rows] = 0.0, 0.0
            self.flight_number[rows] += 1
            self._plan(rows, tick)

    def due(self, tick: int) -> Ints:
        """Rows that report: every second in the air, 5 s on the move on ground, 60 s parked."""
        period = np.choose(self.state, _PERIOD_S)
        return np.flatnonzero((tick + self.phase_s) % period == 0)

    def sample(self, rows: Ints, tick: int) -> Sample:
        """Position, motion, engines and counters."""
        lat, lon = self.circles.locate(rows, self.along_m[rows])
        lat_b, lon_b = self.circles.locate(rows, self.along_m[rows] + 2_000)
        speed, height = self.speed_kn[rows], self.alt_ft[rows]
        ground = self.state[rows] != AIRBORNE
        sound_kn = 661.5 * np.sqrt(1 - 6.875e-6 * np.minimum(height, 36_089))
        true = np.column_stack([
            speed, bearing_deg(lat, lon, lat_b, lon_b), height, self.rate_ft_min[rows], ground,
            np.full(len(rows), 9), speed / sound_kn, self._shown_engine(rows), self.fuel_kg[rows],
            self.hours[rows], self.cycles[rows],
        ])  # fmt: skip
        running = np.minimum(self.engine[rows, 1] / 60.0, 1.0)
        values = _PANEL.read(self.keys[rows], tick, true, running)
        self._settle_on_ground(values, rows)
        labels = [{"flight": self.flight(row)} for row in rows.tolist()]
        lat, lon = lat + self.offset_lat[rows], lon + self.offset_lon[rows]
        return Sample(rows, lat, lon, values, [values.shape[1]] * len(rows), labels)

    def _shown_engine(self, rows: Ints) -> Floats:
        shown = self.engine[rows] + 0.0
        running = np.minimum(shown[:, 1] / 60.0, 1.0)
        shown[:, 2] += running * 25 * self.wear[rows]
        shown[:, 6] += running * 0.4 * self.wear[rows]
        return shown

    def _settle_on_ground(self, values: Floats, rows: Ints) -> None:
        values[:, 1] %= 360.0
        values[self.state[rows] != AIRBORNE, 3] = 0.0
        values[self.state[rows] == PARKED, 0] = 0.0

    def flight(self, row: int) -> str:
        """The flight number that the aircraft in `row` uses now."""
        return f"{_PREFIXES[row % len(_PREFIXES)]}{self.flight_number[row]}"
