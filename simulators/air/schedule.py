"""Who flies where and when: out from a base and back, by day, with turnarounds and night stops.

Start values: the first departure between 05:30 and 08:00 by the sun, 8-11 h in the air a day,
turnarounds of 35-90 min, every fourth departure late by some half an hour.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.zones import load_zones
from simulators.air.atmosphere import Weather
from simulators.air.circle import Circles, between
from simulators.geo import distance_m
from simulators.noise import Bools, Floats, Ints, Keys, uniform

HOUR_S = 3_600.0
_NEAR_KM, _FAR_KM, _FARTHEST_KM, _FEWEST = 480.0, 2_900.0, 5_200.0, 2
_BLOCK_KM_H, _BLOCK_EXTRA_H = 790.0, 0.3
_LAST_DEPARTURE_H, _FIRST_DEPARTURE_H, _MORNING_H, _REST_H = 22.8, 5.5, 2.5, 5.0
_TURN_S, _TURN_SPREAD_S = 35 * 60.0, 50 * 60.0
_LATE_SHARE, _LATE_S, _LATEST_S = 0.25, 30 * 60.0, 2 * HOUR_S
_PICK, _TARGET, _MORNING, _TURN, _LATE, _HOW_LATE, _BASE = range(20, 27)  # streams


class Network:
    """Airports, and from each of them those that a narrow-body serves."""

    def __init__(self) -> None:
        zones = [zone for zone in load_zones() if zone.kind == "airport"]
        self.ids = tuple(zone.id for zone in zones)
        self._countries = tuple(zone.country for zone in zones)
        self.lat = np.array([zone.lat for zone in zones])
        self.lon = np.array([zone.lon for zone in zones])
        self.km = distance_m(
            self.lat[:, None], self.lon[:, None], self.lat[None, :], self.lon[None, :]
        )
        self.km /= 1000.0
        near = [self._near(row) for row in range(len(zones))]
        self._count = np.array([len(one) for one in near])
        self._near_by = np.stack([np.resize(one, self._count.max()) for one in near])

    def _near(self, row: int) -> Ints:
        km = self.km[row]
        order = np.argsort(km, kind="stable")
        order = order[(km[order] >= _NEAR_KM) & (km[order] <= _FARTHEST_KM)]
        return np.asarray(order[: max(_FEWEST, int((km[order] <= _FAR_KM).sum()))])

    def bases(self, countries: Sequence[str], shares: Floats) -> Ints:
        """An airport of each country, or any where it has none, by a share in [0, 1)."""
        found = []
        for country, share in zip(countries, shares.tolist(), strict=True):
            own = [row for row, there in enumerate(self._countries) if there == country]
            choice = own or range(len(self.ids))
            found.append(choice[int(share * len(choice))])
        return np.array(found, dtype=np.int64)

    def served(self, places: Ints, shares: Floats) -> Ints:
        """One of the airports served from each of `places`, by a share in [0, 1)."""
        return np.asarray(self._near_by[places, (shares * self._count[places]).astype(np.int64)])

    def circles(self, origins: Ints, ends: Ints) -> Circles:
        """The great circles between airports."""
        lat, lon = self.lat, self.lon
        return between(lat[origins], lon[origins], lat[ends], lon[ends])


class Stay(NamedTuple):
    """What follows a flight: until when the aircraft stands, and whether it is for the night."""

    until: Floats
    night: Bools


class Schedule:
    """Where every aircraft is, where it goes next, and how its day goes; one row an aircraft."""

    def __init__(
        self, keys: Keys, network: Network, weather: Weather, homes: Sequence[str]
    ) -> None:
        """`homes` are the countries that the bases lie in."""
        self._keys, self._network, self._weather = keys, network, weather
        self.base = network.bases(homes, uniform(keys, _BASE, 0))
        self.place = self.base.copy()
        self.flights = np.zeros(len(keys), dtype=np.int64)
        self._day = np.zeros(len(keys), dtype=np.int64)
        self._flown_h = 3.0 * uniform(keys, _TARGET, -1)
        self.goal = self._pick(np.arange(len(keys)))

    def _pick(self, rows: Ints) -> Ints:
        """From the base somewhere, from elsewhere back to it."""
        share = uniform(self._keys[rows], _PICK, self.flights[rows])
        out = self._network.served(self.base[rows], share)
        return np.where(self.place[rows] == self.base[rows], out, self.base[rows])

    def next_km(self, rows: Ints) -> Floats:
        """Length of the next flight."""
        return np.asarray(self._network.km[self.place[rows], self.goal[rows]])

    def arrive(self, rows: Ints, at: Floats, hours: Floats) -> Stay:
        """The flights of `rows` end at the gate `at` after so many hours in the air."""
        self.flights[rows] += 1
        self.place[rows] = self.goal[rows]
        self.goal[rows] = self._pick(rows)
        self._flown_h[rows] += hours
        ready = at + self._turnaround_s(rows)
        night = self._is_over(rows, ready)
        until = np.where(night, self.morning(rows, at, _REST_H), ready)
        self._flown_h[rows[night]] = 0.0
        self._day[rows[night]] += 1
        return Stay(until, night)

    def _turnaround_s(self, rows: Ints) -> Floats:
        keys, step = self._keys[rows], self.flights[rows]
        late = -np.log1p(-uniform(keys, _HOW_LATE, step)) * _LATE_S
        late = np.where(uniform(keys, _LATE, step) < _LATE_SHARE, np.minimum(late, _LATEST_S), 0.0)
        return np.asarray(_TURN_S + _TURN_SPREAD_S * uniform(keys, _TURN, step) + late)

    def _is_over(self, rows: Ints, ready: Floats) -> Bools:
        """Whether the day is over for `rows` that could leave at `ready`."""
        next_h = self.next_km(rows) / _BLOCK_KM_H + _BLOCK_EXTRA_H
        target = 8.4 + 2.8 * uniform(self._keys[rows], _TARGET, self._day[rows])
        hour = self._weather.local_hour(ready, self._network.lon[self.place[rows]])
        late = (hour >= _LAST_DEPARTURE_H) | (hour < _FIRST_DEPARTURE_H - 0.5)
        return np.asarray((self._flown_h[rows] + 0.5 * next_h > target) | late)

    def morning(self, rows: Ints, after: Floats, rest_h: float) -> Floats:
        """The first departure of the next day, at the earliest `rest_h` hours after `after`."""
        lon = self._network.lon[self.place[rows]]
        hour = _FIRST_DEPARTURE_H + _MORNING_H * uniform(
            self._keys[rows], _MORNING, self._day[rows]
        )
        wait_h = (hour - self._weather.local_hour(after, lon)) % 24.0
        return np.asarray(after + np.maximum(wait_h, rest_h) * HOUR_S)
