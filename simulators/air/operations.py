"""What keeps the aircraft flying: flights made as their time comes, and the stays after them."""

from collections.abc import Mapping, Sequence

import numpy as np

from simulators.air import engine
from simulators.air.atmosphere import Weather, temperature_k
from simulators.air.circle import Circles
from simulators.air.habits import Habits
from simulators.air.legs import Flight, Legs, moments
from simulators.air.profile import Knots, Plan, fly
from simulators.air.schedule import HOUR_S, Network, Schedule
from simulators.air.start import begin
from simulators.air.upkeep import AFTER_S, Check, Upkeep
from simulators.names import Lessee
from simulators.noise import Floats, Ints, Keys
from simulators.scenario import Scenario

_FLOW_PER_DEGC = 4e-4  # a worn engine needs 1 % more fuel for 25 degC more exhaust


class Operations:
    """The flights of all aircraft: `legs` to look up, `labels` by slot, `checks` begun or to come.

    One row an aircraft, flown from home by its lessee at the start; `numbers` settle what it is at
    when the world begins.
    """

    def __init__(
        self, keys: Keys, numbers: Ints, lessees: Sequence[Lessee], scenario: Scenario,
        weather: Weather,
    ) -> None:  # fmt: skip
        self._numbers, self._lessees, self._weather = numbers, lessees, weather
        self._network = Network()
        homes = [lessee.country for lessee in lessees]
        self._schedule = Schedule(keys, self._network, weather, homes)
        life, look = scenario.life, scenario.look_alikes
        self._habits, self._upkeep = (
            Habits(keys, life.habits, look.firm_landings, look.go_arounds),
            Upkeep(keys, life),
        )
        self.legs = Legs(len(numbers))
        self.labels: list[Mapping[str, str]] = [{}] * (2 * len(numbers))
        self.checks: list[Check] = []
        self._board(np.arange(len(numbers)), keys)

    def _board(self, rows: Ints, keys: Keys) -> None:
        self._fuel_kg = self._habits.fuel_kg(rows, rows * 0, self._schedule.next_km(rows))
        self._oil_degc = np.full(len(rows), 40.0)
        plan, circles = self._plan(rows, np.zeros(len(rows)))
        knots = fly(plan, circles, self._weather)
        elapsed, until = begin(self._numbers, keys, knots)
        self._enter(rows, plan, circles, knots.later(-elapsed), until)

    def forget(self, before: int) -> None:
        """Lets go of checks that are over."""
        self.checks = [check for check in self.checks if check.end >= before]

    def live(self, until: int) -> None:
        """Makes the flights that leave before second `until`."""
        ends = self.legs.flight(self.legs.newest).until
        rows = np.flatnonzero(ends < until)
        if len(rows):
            plan, circles = self._plan(rows, ends[rows])
            knots = fly(plan, circles, self._weather)
            self._enter(rows, plan, circles, knots, np.full(len(rows), np.nan))

    def _plan(self, rows: Ints, off_block: Floats) -> tuple[Plan, Circles]:
        schedule = self._schedule
        circles = self._network.circles(schedule.place[rows], schedule.goal[rows])
        plan = self._habits.plan(
            rows, schedule.flights[rows], off_block, circles.length_m,
            self._fuel_kg[rows], self._oil_degc[rows], self._wear_flow(rows),
        )  # fmt: skip
        return plan, circles

    def _wear_flow(self, rows: Ints) -> Floats:
        return np.asarray(1.0 + _FLOW_PER_DEGC * self._upkeep.egt_degc(rows))

    def _enter(
        self, rows: Ints, plan: Plan, circles: Circles, knots: Knots, forced: Floats
    ) -> None:
        """The flights of `rows`, and the stays after them until `forced` where it is a number."""
        off, lift, down, gate = moments(knots)
        hours, number = (down - lift) / HOUR_S, self._schedule.flights[rows]
        worn = self._worn(rows)
        touch_g = self._habits.touch_g(rows, number, plan.sink_ft_min)
        self._upkeep.fly(rows, hours)
        until = self._stay(rows, gate, hours, forced)
        refuel_kg, warmer_degc = self._stand(rows, knots, gate, until)
        flight = Flight(off, lift, down, gate, until, *worn, touch_g)
        self.legs.write(rows, knots, flight, circles, refuel_kg, warmer_degc)
        self._label(rows, number)

    def _worn(self, rows: Ints) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
        """Counters and state of the engines as Flight has them."""
        care = self._upkeep
        return (care.hours[rows], care.cycles[rows], care.egt_degc(rows), self._wear_flow(rows),
                care.unbalance[rows], care.oil_psi[rows])  # fmt: skip

    def _stay(self, rows: Ints, gate: Floats, hours: Floats, forced: Floats) -> Floats:
        """When the stays that begin at `gate` end: by the schedule, or after a check."""
        stay = self._schedule.arrive(rows, gate, hours)
        until = np.where(np.isnan(forced), stay.until, forced)
        nights = np.flatnonzero(stay.night & np.isnan(forced))
        places = [self._network.ids[place] for place in self._schedule.place[rows[nights]]]
        for check in self._upkeep.night(rows[nights], gate[nights], places):
            self.checks.append(check)
            row, done = np.array([check.row]), np.array([check.end + AFTER_S])
            until[rows == check.row] = self._schedule.morning(row, done, 0.0)
        return until

    def _stand(
        self, rows: Ints, knots: Knots, gate: Floats, until: Floats
    ) -> tuple[Floats, Floats]:
        """Fuel taken on during the stay, and by how much the air has warmed at its end."""
        schedule, left, ground = self._schedule, knots.fuel_kg[:, -1], np.zeros(len(rows))
        wanted = self._habits.fuel_kg(rows, schedule.flights[rows], schedule.next_km(rows))
        place = schedule.place[rows]
        lat, lon = self._network.lat[place], self._network.lon[place]
        deviation = self._weather.deviation_degc(lat, lon, ground, until)
        outside = temperature_k(ground, deviation) - engine.ZERO_DEGC_K
        share = np.exp(-(until - gate) / engine.OIL_COOLING_S)
        self._fuel_kg[rows] = np.maximum(wanted, left)
        self._oil_degc[rows] = outside + (knots.oil_degc[:, -1] - outside) * share
        return np.maximum(wanted - left, 0.0), deviation - knots.deviation_degc[:, -1]

    def _label(self, rows: Ints, number: Ints) -> None:
        for row, flights in zip(rows.tolist(), number.tolist(), strict=True):
            text = f"{self._lessees[row].code}{self._habits.number(row, flights)}"
            self.labels[self.legs.newest[row]] = {"flight": text}
