"""Metro trains: three lines from the zone data, station to station, with turnback and a depot.

Service acceleration +1.0 and braking -1.0 m/s2, 20 m/s at most, 1,500 V DC; the air compressor
cycles between 7.6 and 9.4 bar as in MetroPT.  Thermal values are start values of ours.
"""

from typing import NamedTuple

import numpy as np

from schemas.zones import load_zones
from simulators.geo import Polylines, bearing_deg
from simulators.noise import Floats, Ints, uniform
from simulators.old.fleet import Instrument, Panel, Sample, keys_of, lag

REPORT_S, REPORT_STABLED_S, DELAY_S = 1, 60, 15
DWELL, RUN, STABLED = range(3)
TOP_SPEED_MPS, ACCELERATION, BRAKING = 20.0, 1.0, 1.0
_CLASS_CODE = 3
_TRAINS_PER_LINE = 40
_MASS_T, _POWER_W = 280.0, 4.3e6
_HOUR = 3600

_FAST = (
    Instrument("speed_mps", 2, 0.03, low=0),
    Instrument("bearing_deg", 1, 0.1),
    Instrument("chainage_m", 1),
    Instrument("accel_mps2", 2, 0.015),
    Instrument("odometer_km", 3),
    Instrument("line_voltage_v", 0, 6, 8, 30),
    Instrument("traction_current_a", 0, 12),
    Instrument("motor_degc", 1, 0.2, 0.5, 60),
    Instrument("bogie_vib_g", 3, 0.012, 0.01, 30, low=0),
    Instrument("main_res_bar", 2, 0.01),
    Instrument("compressor_a", 2, 0.05, 0.03, 30, low=0),
    Instrument("compressor_oil_degc", 1, 0.2, 0.4, 60),
    Instrument("doors_open", 0),
    Instrument("passengers", 0, low=0),
    *(Instrument(f"axle_box_{n}_degc", 1, 0.2, 0.5, 60) for n in range(1, 5)),
)
_PANEL = Panel((*_FAST, Instrument("delay_s", 0)))


class Line(NamedTuple):
    """A line's name, its stops' zone ids and their chainages in metres; the last is the depot."""

    name: str
    stops: tuple[str, ...]
    chainage_m: tuple[float, ...]


def _read_lines() -> tuple[tuple[Line, ...], Polylines]:
    zones = load_zones()
    depots = [zone for zone in zones if zone.kind == "depot"]
    named, points = [], []
    for depot in depots:
        name = depot.id.removesuffix("-DEPOT")
        stops = [z for z in zones if z.kind == "station" and z.id.startswith(f"{name}-")] + [depot]
        named.append((name, tuple(stop.id for stop in stops)))
        points.append([(stop.lat, stop.lon) for stop in stops])
    tracks = Polylines(points)
    lines = tuple(Line(name, stops, tuple(tracks.along_m[i, : len(stops)].tolist()))
                  for i, (name, stops) in enumerate(named))  # fmt: skip
    return lines, tracks


LINES, TRACKS = _read_lines()
_WIDTH = max(len(line.stops) for line in LINES)
_STOP_M = np.array([(*line.chainage_m, *[line.chainage_m[-1]] * (_WIDTH - len(line.stops)))
                    for line in LINES])  # fmt: skip
_DEPOT = np.array([len(line.stops) - 1 for line in LINES])


class MetroTrains:
    """`count` trains of the world `seed`, one row a train."""

    asset_class = "metro"
    channels = _PANEL.names

    def __init__(self, seed: int, count: int) -> None:
        self.keys = keys_of(seed, _CLASS_CODE, count)
        rows = np.arange(count)
        self.line = (rows // _TRAINS_PER_LINE) % len(LINES)
        self.assets = tuple(f"metro-{LINES[line].name}-{row + 1:03d}"
                            for row, line in zip(rows, self.line, strict=True))  # fmt: skip
        self.phase_s = (uniform(self.keys, 1, 0) * 960).astype(np.int64)
        self.odometer_km = 50_000 + 700_000 * uniform(self.keys, 2, 0)
        self.out_until = (_HOUR * (1 + 9 * uniform(self.keys, 3, 0))).astype(np.int64)
        self.top_speed = np.full(count, TOP_SPEED_MPS)
        self._place(rows)
        self._start_equipment(count)

    def _place(self, rows: Ints) -> None:
        # Trains of a line share the round trip evenly; every tenth one stands in the depot.
        fleet = np.bincount(self.line)[self.line]
        rank = np.array([(self.line[:row] == self.line[row]).sum() for row in rows])
        share = (rank + 0.5) / fleet * 2.0
        end_m = _STOP_M[self.line, _DEPOT[self.line] - 1]
        self.direction = np.where(share < 1.0, 1, -1)
        self.along_m = np.where(share < 1.0, share, 2.0 - share) * end_m
        ahead = (_STOP_M[self.line] < self.along_m[:, None]).sum(axis=1)
        self.target = np.where(self.direction > 0, ahead, ahead - 1)
        self.target = np.clip(self.target, 0, _DEPOT[self.line] - 1)
        self.state = np.full(len(rows), RUN)
        self.wait_until = np.zeros(len(rows), dtype=np.int64)
        gap = np.abs(_STOP_M[self.line, self.target] - self.along_m)
        self.speed = np.minimum(15.0, np.sqrt(1.6 * gap))
        self._stable(np.flatnonzero(rows % 10 == 9), 0)

    def _stable(self, rows: Ints, tick: int) -> None:
        rest_s = 60 + 2 * _HOUR * uniform(self.keys[rows], 4, tick)
        depot = _DEPOT[self.line[rows]]
        self.state[rows], self.speed[rows], self.target[rows] = STABLED, 0.0, depot
        self.along_m[rows] = _STOP_M[self.line[rows], depot]
        self.wait_until[rows] = tick + rest_s.astype(np.int64)
        self.direction[rows] = -1

    def _start_equipment(self, count: int) -> None:
        stabled = self.state == STABLED
        self.accel, self.current = np.zeros(count), np.zeros(count)
        self.motor_degc = np.where(stabled, 42.0, 68.0)
        self.axle_rise = np.where(stabled, 0.0, 17.0)
        self.pressure = 7.7 + 1.6 * uniform(self.keys, 5, 0)
        self.pumping = uniform(self.keys, 6, 0) < 0.2
        self.oil_degc = np.full(count, 60.0)
        self.passengers = np.where(stabled, 0.0, 200 + 700 * uniform(self.keys, 7, 0))
        self.wanted_passengers = self.passengers.copy()
        self.delay_s = np.where(stabled, 0.0, np.floor(40 * uniform(self.keys, 8, 0)))
        self.axle_offset = np.column_stack(
            [3.0 * uniform(self.keys, 20 + axle, 0) - 1.5 for axle in range(4)]
        )

    def step(self, tick: int) -> None:
        """One second: run, brake, stop, change passengers, leave."""
        self._move()
        self._stop(tick)
        self._leave(tick)
        self._run_equipment()

    def _move(self) -> None:
        running = self.state == RUN
        gap = np.abs(_STOP_M[self.line, self.target] - self.along_m)
        powered = _POWER_W / (_MASS_T * 1000 * np.maximum(self.speed, 1.0))
        faster = self.speed + np.minimum(ACCELERATION, powered)
        stopping = np.sqrt(0.25 * BRAKING**2 + 2 * BRAKING * gap) - 0.5 * BRAKING
        goal = np.minimum(np.minimum(faster, self.top_speed), np.minimum(stopping, gap))
        goal = np.maximum(goal, self.speed - 1.1)
        speed = np.where(running, np.minimum(goal, gap), 0.0)
        self.accel = np.clip(speed - self.speed, -1.1, 1.1)
        self.along_m += self.direction * speed
        self.odometer_km += speed / 1000
        self.speed = speed

    def _stop(self, tick: int) -> None:
        stop_m = _STOP_M[self.line, self.target]
        near = (np.abs(stop_m - self.along_m) < 0.15) & (self.speed < 0.3)
        rows = np.flatnonzero((self.state == RUN) & near)
        if not len(rows):
            return
        self.along_m[rows], self.speed[rows] = stop_m[rows], 0.0
        at_depot = self.target[rows] == _DEPOT[self.line[rows]]
        self._stable(rows[at_depot], tick)
        rows = rows[~at_depot]
        dwell_s = np.floor(25 + 16 * uniform(self.keys[rows], 9, tick))
        self.delay_s[rows] += np.where(self._at_end(rows), -0.5 * self.delay_s[rows], dwell_s - 33)
        dwell_s += np.where(self._at_end(rows), 80, 0)
        self.state[rows], self.wait_until[rows] = DWELL, tick + dwell_s.astype(np.int64)
        busy = np.sin(np.pi * (self.target[rows] + 1) / (_DEPOT[self.line[rows]] + 1))
        self.wanted_passengers[rows] = busy * (450 + 900 * uniform(self.keys[rows], 10, tick))

    def _at_end(self, rows: Ints) -> Floats:
        last = _DEPOT[self.line[rows]] - 1
        return np.asarray((self.target[rows] == 0) | (self.target[rows] == last))

    def _leave(self, tick: int) -> None:
        rows = np.flatnonzero((self.state != RUN) & (self.wait_until <= tick))
        if not len(rows):
            return
        last = _DEPOT[self.line[rows]] - 1
        first_stop, last_stop = self.target[rows] == 0, self.target[rows] == last
        home = last_stop & (self.out_until[rows] <= tick) & (self.direction[rows] > 0)
        leaving = self.state[rows] == STABLED
        self.out_until[rows[leaving]] = tick + 8 * _HOUR
        turn = np.where(first_stop, 1, np.where(last_stop & ~home, -1, self.direction[rows]))
        self.direction[rows] = turn
        self.target[rows] += turn
        self.state[rows] = RUN

    def _run_equipment(self) -> None:
        running = self.state == RUN
        force_n = _MASS_T * 1000 * (self.accel + running * (0.02 + 0.0003 * self.speed**2))
        power_w = np.where(force_n > 0, 1.1, 0.62) * force_n * self.speed
        self.current = np.clip(power_w / 1500 + 60, -2_400, 3_400)
        out = self.state != STABLED
        lag(self.motor_degc, 42 + out * (10 + 0.016 * np.abs(self.current)), 500.0)
        lag(self.axle_rise, 1.45 * self.speed, 500.0)
        self.pressure += np.where(self.pumping, 0.045, -0.008 - 0.01 * (self.state == DWELL))
        self.pumping = np.where(self.pumping, self.pressure < 9.4, self.pressure < 7.6)
        lag(self.oil_degc, np.where(self.pumping, 82.0, 54.0), 300.0)
        lag(self.passengers, self.wanted_passengers, 6.0)
        self.wanted_passengers *= out

    def due(self, tick: int) -> Ints:
        """Rows that report: every second in service, every 60 s stabled."""
        period = np.where(self.state == STABLED, REPORT_STABLED_S, REPORT_S)
        return np.flatnonzero((tick + self.phase_s) % period == 0)

    def sample(self, rows: Ints, tick: int) -> Sample:
        """Place, motion, traction, air, doors and axle boxes; the delay each 15 s."""
        line, along = self.line[rows], self.along_m[rows]
        lat, lon = TRACKS.locate(line, along)
        true = np.column_stack([
            self.speed[rows], self._course(line, along, rows), along, self.accel[rows],
            self.odometer_km[rows], 1_545 - 0.03 * self.current[rows], self.current[rows],
            self.motor_degc[rows], 0.03 + 0.022 * self.speed[rows], self.pressure[rows],
            np.where(self.pumping[rows], 7.4, 0.15), self.oil_degc[rows], self._doors(rows, tick),
            self.passengers[rows], *(19.0 + self.axle_rise[rows, None] + self.axle_offset[rows]).T,
            self.delay_s[rows],
        ])  # fmt: skip
        values = _PANEL.read(self.keys[rows], tick, true, np.ones(len(rows)))
        values[:, 1] %= 360.0
        values[self.speed[rows] == 0, 0] = 0.0
        every = np.where(self.state[rows] == STABLED, 1, DELAY_S)
        with_delay = (tick + self.phase_s[rows]) % every == 0
        counts = np.where(with_delay, len(_PANEL.names), len(_FAST)).tolist()
        labels = [self._labels(row) for row in rows.tolist()]
        return Sample(rows, lat, lon, values, counts, labels)

    def _course(self, line: Ints, along: Floats, rows: Ints) -> Floats:
        lat_a, lon_a = TRACKS.locate(line, along - 60)
        lat_b, lon_b = TRACKS.locate(line, along + 60)
        course = bearing_deg(lat_a, lon_a, lat_b, lon_b)
        return np.asarray((course + np.where(self.direction[rows] > 0, 0, 180)) % 360)

    def _doors(self, rows: Ints, tick: int) -> Floats:
        left_s = self.wait_until[rows] - tick
        return np.asarray((self.state[rows] == DWELL) & (left_s > 4))

    def _labels(self, row: int) -> dict[str, str]:
        line = LINES[self.line[row]]
        labels = {"line": line.name}
        if self.state[row] != RUN:
            labels["stop"] = line.stops[self.target[row]]
        return labels
