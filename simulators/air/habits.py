"""How crews fly: cost index, reduced thrust, climb; per aircraft (its operator) and per flight."""

import numpy as np

from simulators.air.profile import Plan
from simulators.noise import Floats, Ints, Keys, uniform, white

_OWN, _FLIGHT = 60, 70  # first streams of what belongs to an aircraft, and to one flight
_FIRM, _FIRM_SHARE = 670, 0.06  # the stream lies behind those of a flight
_MISSED, _MISSED_SHARE = 680, 0.005
_KG, _KG_PER_KM, _RESERVE_KG = 1_900.0, 2.85, 2_600.0


class Habits:
    """Draws of plans, one row an aircraft; `scale` is how much crews differ, `firm` and
    `missed` the strengths of firm landings and of missed approaches.
    """

    def __init__(self, keys: Keys, scale: float, firm: float = 0.0, missed: float = 0.0) -> None:
        self._keys, self._scale, self._firm, self._missed = keys, scale, firm, missed

    def _mixed(self, rows: Ints, stream: int, flights: Ints) -> Floats:
        """About normal: half the operator's habit, half the crew of the day."""
        keys = self._keys[rows]
        own = white(keys, np.asarray(_OWN + stream), np.asarray(0))
        today = white(keys, np.asarray(_FLIGHT + stream), flights)
        return np.asarray(np.clip((own + today) / 2, -1.5, 1.5) / 1.5)

    def _share(self, rows: Ints, stream: int, flights: Ints) -> Floats:
        return uniform(self._keys[rows], _FLIGHT + stream, flights)

    def plan(
        self, rows: Ints, flights: Ints, off_block: Floats, length_m: Floats, fuel_kg: Floats,
        oil_degc: Floats, wear_flow: Floats,
    ) -> Plan:  # fmt: skip
        """Plans of the flights that leave `off_block`; heavier flights use more thrust."""
        heavy = np.clip(length_m / 4.0e6, 0.1, 1.0)
        hurry, gentle, steep = (self._mixed(rows, k, flights) * self._scale for k in range(3))
        level = 33_000 + 1_000 * np.floor(7 * self._share(rows, 3, flights))
        short = length_m < 900_000
        return Plan(
            off_block=off_block,
            cruise_ft=np.where(short, 32_000 + (level - 33_000) / 3, level).round(-3),
            cruise_mach=0.78 + 0.014 * np.clip(hurry, -1.4, 1.4),
            climb_ft_min=np.clip(2_640 - 160 * heavy + 110 * steep, 2_430, 2_780),
            take_off_n1=np.clip(92.3 + 2.2 * heavy - 1.6 * gentle, 90.0, 96.5),
            climb_n1=np.clip(92.0 + 1.0 * steep - 0.5 * gentle, 90.0, 94.0),
            taxi_out_s=120.0 + 160.0 * self._share(rows, 4, flights),
            queue_s=40.0 + 300.0 * self._share(rows, 5, flights) ** 2,
            taxi_in_s=110.0 + 150.0 * self._share(rows, 6, flights),
            sink_ft_min=70.0 + 150.0 * self._share(rows, 7, flights),
            fuel_kg=fuel_kg,
            oil_degc=oil_degc,
            wear_flow=wear_flow,
            circuit_s=self._circuit_s(rows, flights),
        )

    def _circuit_s(self, rows: Ints, flights: Ints) -> Floats:
        """Seconds that missed approaches cost; 0 on other flights."""
        if not self._missed:
            return np.zeros(len(rows))
        missed = self._share(rows, _MISSED, flights) < _MISSED_SHARE * self._missed
        return np.where(missed, 420.0 + 240.0 * self._share(rows, _MISSED + 1, flights), 0.0)

    def touch_g(self, rows: Ints, flights: Ints, sink_ft_min: Floats) -> Floats:
        """Peak normal acceleration of a healthy touch-down: 1.1-1.5 g with the sink rate.

        A few are firm: 1.5 to 1.9 g.
        """
        share = 0.6 * (sink_ft_min - 70.0) / 150.0 + 0.4 * self._share(rows, 8, flights)
        usual = np.asarray(1.1 + 0.38 * share)
        if not self._firm:
            return usual
        firm = self._share(rows, _FIRM, flights) < _FIRM_SHARE * self._firm
        return np.where(firm, 1.5 + 0.4 * self._share(rows, _FIRM + 1, flights) ** 1.5, usual)

    def fuel_kg(self, rows: Ints, flights: Ints, km: Floats) -> Floats:
        """Fuel at the gate for a flight of `km`, with what the crew likes in reserve."""
        liked = 400.0 * self._scale * self._mixed(rows, 9, flights)
        return _KG + _KG_PER_KM * km + _RESERVE_KG + liked

    def number(self, row: int, flight: int) -> int:
        """The number that passengers see."""
        key = self._keys[row : row + 1]
        return 100 + int((900 * uniform(key, _OWN + 9, 0)[0] + flight) % 900)
