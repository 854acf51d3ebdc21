"""The aircraft: flights made as their time comes, and what instruments show of them.

Words of `ready`: any, parked, taxi, airborne, climb, cruise, descent; arriving (touch-down in one
to ten minutes), under_power (climbing or in cruise, ten minutes or more before the descent), level
(in cruise for two minutes, 25 or more before the descent).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from simulators.air import engine
from simulators.air import profile as p
from simulators.air.atmosphere import Weather, sound_kn, temperature_k
from simulators.air.habits import Habits
from simulators.air.instruments import COLUMNS, PANEL
from simulators.air.legs import Flight, Legs, State, flown, moments
from simulators.air.mishaps import Mishaps
from simulators.air.profile import Knots, fly
from simulators.air.schedule import HOUR_S, Network, Schedule
from simulators.air.start import begin
from simulators.air.upkeep import AFTER_S, Check, Upkeep
from simulators.faults.model import Fault
from simulators.fleet import Event, Sample, Span, by_time, every, keys_of
from simulators.noise import Bools, Floats, Ints, smooth, uniform
from simulators.scenario import Scenario

_CLASS_CODE = 2
_PREFIXES = ("LW", "AQ", "NX", "TV", "ZB")
_GROUPS: Ints = np.array([0, 1, 2, 2, 2, 2, 2, 1])  # cadence by phase: parked, taxi, airborne
_THROTTLE_PCT, _BUMP_G = 0.35, 0.05


class AircraftFleet:
    """Aircraft of the world `seed`, one row for each of `numbers`."""

    asset_class = "aircraft"
    panel = PANEL

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        self.numbers, self.feeds = numbers, feeds
        self.keys = keys_of(seed, _CLASS_CODE, numbers)
        self.assets = tuple(
            f"aircraft-{0x780000 + (seed * 7_919 + 257 * int(n)) % 65_521:06x}" for n in numbers
        )
        cadence = scenario.cadence
        self._periods = (cadence.aircraft_parked_s, cadence.aircraft_taxi_s,
                         cadence.aircraft_airborne_s)  # fmt: skip
        self._phase_s = (uniform(self.keys, 1, 0) * 3_600).astype(np.int64)
        self._offset_deg = [8e-3 * (uniform(self.keys, 2 + axis, 0) - 0.5) for axis in range(2)]
        self._life = scenario.life
        self._network, self._weather = Network(), Weather(seed, start, scenario.life)
        self._schedule = Schedule(self.keys, self._network, self._weather)
        self._habits, self._upkeep = (
            Habits(self.keys, scenario.life.habits),
            Upkeep(self.keys, scenario.life),
        )
        self._legs = Legs(len(numbers))
        self._mishaps = Mishaps(self.keys, self._legs, COLUMNS)
        self._labels: list[Mapping[str, str]] = [{}] * (2 * len(numbers))
        self._checks: list[Check] = []
        self._since = self._until = 0
        self._board()

    def _board(self) -> None:
        rows = np.arange(len(self.numbers))
        self._fuel_kg = self._habits.fuel_kg(rows, rows * 0, self._schedule.next_km(rows))
        self._oil_degc = np.full(len(rows), 40.0)
        knots = self._flight(rows, np.zeros(len(rows)))
        elapsed, until = begin(self.numbers, self.keys, knots)
        self._make(rows, knots._replace(time=knots.time - elapsed[:, None]), until)

    def _flight(self, rows: Ints, off_block: Floats) -> Knots:
        schedule = self._schedule
        self._circles = self._network.circles(schedule.place[rows], schedule.goal[rows])
        self._plan = self._habits.plan(
            rows, schedule.flights[rows], off_block, self._circles.length_m,
            self._fuel_kg[rows], self._oil_degc[rows], self._wear_flow(rows),
        )  # fmt: skip
        return fly(self._plan, self._circles, self._weather)

    def _wear_flow(self, rows: Ints) -> Floats:
        return np.asarray(1.0 + 4e-4 * self._upkeep.egt_degc(rows))

    def _make(self, rows: Ints, knots: Knots, forced: Floats) -> None:
        """Enters the flights of `rows` and the stays after them, until `forced` where not nan."""
        off, lift, down, gate = moments(knots)
        hours, upkeep, number = (down - lift) / HOUR_S, self._upkeep, self._schedule.flights[rows]
        before = (upkeep.hours[rows], upkeep.cycles[rows], upkeep.egt_degc(rows),
                  self._wear_flow(rows), upkeep.unbalance[rows], upkeep.oil_psi[rows])  # fmt: skip
        touch_g = self._habits.touch_g(rows, number, self._plan.sink_ft_min)
        upkeep.fly(rows, hours)
        stay = self._schedule.arrive(rows, gate, hours)
        until = np.where(np.isnan(forced), stay.until, forced)
        checked = np.flatnonzero(stay.night & np.isnan(forced))
        until[checked] = self._night(rows[checked], gate[checked], until[checked])
        refuel = self._stand(rows, knots, gate, until)
        flight = Flight(off, lift, down, gate, until, *before, touch_g, number.astype(np.float64))
        self._legs.write(rows, knots, flight, self._circles, *refuel)
        for row, flights in zip(rows.tolist(), number.tolist(), strict=True):
            prefix = _PREFIXES[int(self.numbers[row]) % len(_PREFIXES)]
            text = f"{prefix}{self._habits.number(row, flights)}"
            self._labels[self._legs.newest[row]] = {"flight": text}

    def _night(self, rows: Ints, gate: Floats, until: Floats) -> Floats:
        """When nights that begin at `gate` end: in the morning, or after a check."""
        places = [self._network.ids[place] for place in self._schedule.place[rows]]
        checks = self._upkeep.night(rows, gate, places)
        self._checks += checks
        for check in checks:
            row = np.array([check.row])
            out = self._schedule.morning(row, np.array([check.end + AFTER_S]), 0.0)
            until[rows == check.row] = out
        return until

    def _stand(
        self, rows: Ints, knots: Knots, gate: Floats, until: Floats
    ) -> tuple[Floats, Floats]:
        """Fuel taken on during the stay, and by how much the air has warmed at its end."""
        place, left = self._schedule.place[rows], knots.fuel_kg[:, -1]
        km = self._schedule.next_km(rows)
        refuel = np.maximum(
            self._habits.fuel_kg(rows, self._schedule.flights[rows], km) - left, 0.0
        )
        lat, lon = self._network.lat[place], self._network.lon[place]
        deviation = self._weather.deviation_degc(lat, lon, np.zeros(len(rows)), until)
        outside = temperature_k(np.zeros(len(rows)), deviation) - engine.ZERO_DEGC_K
        share = np.exp(-(until - gate) / engine.OIL_COOLING_S)
        self._fuel_kg[rows] = left + refuel
        self._oil_degc[rows] = outside + (knots.oil_degc[:, -1] - outside) * share
        return refuel, deviation - knots.deviation_degc[:, -1]

    def ready(self, need: str) -> Bools:
        """Rows that do what `need` says at the end of the last block."""
        rows = np.arange(len(self.numbers))
        now = np.full(len(rows), self._until)
        phase = self._legs.phases(rows, now)
        slot = self._legs.at(rows, now).slot
        to_land = self._legs.flight(slot).touch_down - now
        to_descent = self._legs.slot_time(slot, p.TOP_OF_DESCENT) - now
        level_for = now - self._legs.slot_time(slot, p.TOP_OF_CLIMB)
        flying = (phase >= p.CLIMB) & (phase <= p.DESCENT)
        states: Mapping[str, Bools] = {
            "any": rows >= 0, "parked": phase == p.PARKED, "airborne": flying,
            "taxi": (phase == p.TAXI_OUT) | (phase == p.TAXI_IN),
            "climb": phase == p.CLIMB, "cruise": phase == p.CRUISE, "descent": phase == p.DESCENT,
            "arriving": flying & (to_land >= 60) & (to_land <= 600),
            "under_power": flying & (to_descent >= 600),
            "level": (phase == p.CRUISE) & (level_for >= 120) & (to_descent >= 1_500),
        }  # fmt: skip
        return states[need]

    def live(self, until: int, faults: Sequence[Fault]) -> list[Span]:
        """Lives to second `until`; see simulators.fleet.Fleet."""
        self._since, self._until = self._until, until
        self._mishaps.forget(self._since)
        self._checks = [check for check in self._checks if check.end >= self._since]
        spans = self._mishaps.take(list(faults))
        ends = self._legs.flight(self._legs.newest).until
        rows = np.flatnonzero(ends < until)
        if len(rows):
            self._make(rows, self._flight(rows, ends[rows]), np.full(len(rows), np.nan))
        return spans

    def due(self) -> tuple[Ints, Ints]:
        """(rows, times) of the reports due in the block just lived."""
        found = [self._due(group, period) for group, period in enumerate(self._periods)]
        rows, times = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return by_time(rows, times)

    def _due(self, group: int, period_s: int) -> tuple[Ints, Ints]:
        periods = np.full(len(self.numbers), period_s)
        rows, times = every(periods, self._phase_s, self._since, self._until)
        mine = _GROUPS[self._legs.phases(rows, times)] == group
        return rows[mine], times[mine]

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """What the instruments of `rows` show at `times` of the block just lived."""
        state = self._mishaps.moved(rows, times, self._legs.at(rows, times))
        flight = self._legs.flight(state.slot)
        circles = self._legs.circles_of(state.slot)
        lat, lon, track = circles.at(state.along_m)
        true = self._true(rows, times, state, flight, track)
        self._mishaps.show(rows, times, true)
        lat, lon = lat + self._offset_deg[0][rows], lon + self._offset_deg[1][rows]
        self._mishaps.wander(rows, times, lat, lon, true)
        running = np.minimum(true[:, COLUMNS["n2_pct"]] / 60.0, 1.0)
        values = PANEL.read(self.keys[rows], times, true, running)
        _settle(values, state.phase)
        labels = [self._labels[slot] for slot in state.slot.tolist()]
        return Sample(rows, times, lat, lon, values, np.full(len(rows), values.shape[1]), labels)

    def _true(self, rows: Ints, times: Ints, state: State, flight: Flight, track: Floats) -> Floats:
        """Every channel without its instrument's noise, in the panel's order."""
        keys, n = self.keys[rows], len(rows)
        hours, cycles, airborne = flown(flight, times)
        mach = state.tas_kn / sound_kn(state.alt_ft, state.deviation_degc)
        nac_p = np.rint(9.5 + 0.5 * smooth(keys, np.asarray(80), times, np.full(n, 400.0)))
        bump = _BUMP_G * self._life.weather
        load = np.abs(smooth(keys, np.asarray(81), times, np.full(n, 40.0))) * bump
        load = 1.0 + load * (state.gs_kn > 2)
        since = times - flight.touch_down  # the first report after a touch-down tells of its peak
        touched = (since >= 0) & (since < self._periods[2])
        load = np.where(touched, flight.touch_g, load)
        engines = self._engines(keys, times, state, flight, mach, airborne)
        return np.column_stack([
            state.gs_kn, track, state.alt_ft, state.rate_ft_min, ~airborne, nac_p, mach, *engines,
            state.fuel_kg, hours, cycles, load,
        ])  # fmt: skip

    def _engines(
        self, keys: np.ndarray, times: Ints, state: State, flight: Flight, mach: Floats,
        airborne: Bools,
    ) -> tuple[Floats, ...]:  # fmt: skip
        """n1, n2, EGT, fuel flow, oil pressure and temperature, vibration."""
        hunting = smooth(keys, np.asarray(82), times, np.full(len(times), 75.0))
        n1 = state.n1_pct + _THROTTLE_PCT * hunting * airborne
        ratio = engine.theta(state.alt_ft, mach, state.deviation_degc)
        running = np.minimum(n1 / engine.GROUND_IDLE, 1.0)
        n2 = engine.core_speed_pct(n1, ratio)
        egt = engine.egt_degc(n1, ratio) + running * flight.wear_degc * (0.3 + 0.7 * n1 / 92.0)
        flow = engine.fuel_flow_kg_h(n1, ratio, state.alt_ft, mach) * flight.wear_flow
        outside = temperature_k(state.alt_ft, state.deviation_degc) - engine.ZERO_DEGC_K
        off_s = np.where(state.phase == p.PARKED, times - flight.gate, 0.0)
        egt += (
            (state.phase == p.PARKED)
            * (engine.IDLE_EGT_DEGC - outside)
            * np.exp(-off_s / engine.EGT_COOLING_S)
        )
        oil = outside + (state.oil_degc - outside) * np.exp(-off_s / engine.OIL_COOLING_S)
        psi = engine.oil_pressure_psi(n2, oil) + flight.oil_psi * running
        return n1, n2, egt, flow, psi, oil, engine.vibration(n1, flight.unbalance)

    def usage(self) -> Floats:
        """Airframe flight hours at the end of the last block."""
        rows = np.arange(len(self.numbers))
        now = np.full(len(rows), self._until)
        return flown(self._legs.flight(self._legs.at(rows, now).slot), now)[0]

    def events(self) -> Iterator[Event]:
        """Checks that began or ended in the block just lived."""
        told = [(time, check.row, kind, check) for check in self._checks
                for time, kind in ((check.start, "maintenance_started"),
                                   (check.end, "maintenance_ended"))
                if self._since <= time < self._until]  # fmt: skip
        for time, row, kind, check in sorted(told):
            yield Event(time, row, kind, check.place, {"level": check.level})


def _settle(values: Floats, phase: Ints) -> None:
    """What stands or rolls shows no noise of height, rate or speed."""
    values[:, COLUMNS["track_deg"]] %= 360.0
    ground = (phase < p.CLIMB) | (phase > p.DESCENT)
    values[ground, COLUMNS["baro_rate_ft_min"]] = 0.0
    values[phase == p.PARKED, COLUMNS["gs_kn"]] = 0.0
