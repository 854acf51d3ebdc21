"""What becomes of positions and channels in healthy feeds: jumps, two antennas, absent ones."""

from collections.abc import Mapping

import numpy as np

from simulators.fleet import Fleet, Sample
from simulators.noise import Bools, Floats, Keys, uniform
from simulators.scenario import Cadence
from simulators.spread import SILVER, evenly

_JUMP, _JUMP_FAR, _JUMP_TO, _ANTENNA, _OWNS_TWO, _APART, _SIDE, _NO_FIX, _CHANGES = range(90, 99)
_ABSENT = 160
_M_PER_DEG, _DAY_S = 111_195.0, 86_400.0
_JUMPS_A_DAY, _JUMP_M = 0.75, (5_000.0, 20_000.0)
_TWO_SHARE = 0.25
_ANTENNAS_M: Mapping[str, tuple[float, float]] = {"ship": (8.0, 60.0), "metro": (20.0, 110.0)}
_KEEPS_S = {"ship": 7_200, "metro": 1}  # to one of them: a ship's set falls back to the other
_NO_FIX_SHARE = 0.004

ABSENT: Mapping[str, Mapping[str, float]] = {
    "ship": {"heading_deg": 0.30, "cog_deg": 0.017},
    "aircraft": {"baro_rate_ft_min": 0.24, "nac_p": 0.05},
    "metro": {},
}
"""Shares of assets that never report a channel: 1,438 ships off Denmark, snapshots of readsb."""


def absences(fleet: Fleet, keys: Keys, world: Keys, strength: float) -> dict[int, Bools]:
    """By column of the panel, the rows that never report it; none at strength 0.

    `keys` holds one a row, `world` one.
    """
    found = {}
    for number, (name, share) in enumerate(ABSENT[fleet.asset_class].items()):
        stream, wanted = _ABSENT + number, share * strength
        strangers = (fleet.numbers < 0) & (uniform(keys, stream, 0) < wanted)
        ours = (fleet.numbers >= 0) & evenly(fleet.numbers, world, stream, wanted, SILVER)
        rows = strangers | ours
        if rows.any():
            found[fleet.panel.names.index(name)] = rows
    return found


def usual_period_s(asset_class: str, cadence: Cadence) -> int:
    """Seconds between two reports of an asset on its way."""
    return {
        "ship": cadence.ship_under_way_s,
        "aircraft": cadence.aircraft_airborne_s,
        "metro": cadence.train_service_s,
    }[asset_class]


def jump(sample: Sample, keys: Keys, strength: float, period_s: int) -> None:
    """Single positions far off, each by itself; `keys` holds one a place."""
    share = strength * _JUMPS_A_DAY * period_s / _DAY_S
    at = np.flatnonzero(uniform(keys, _JUMP, sample.times) < share)
    if len(at):
        least, most = _JUMP_M
        far_m = least + (most - least) * uniform(keys[at], _JUMP_FAR, sample.times[at])
        angle = 2 * np.pi * uniform(keys[at], _JUMP_TO, sample.times[at])
        _move(sample, at, far_m * np.cos(angle), far_m * np.sin(angle))


class Antennas:
    """Two receivers of one asset some metres apart; now this, now that one is heard."""

    def __init__(self, asset_class: str, keys: Keys, strength: float) -> None:
        least, most = _ANTENNAS_M[asset_class]
        two = uniform(keys, _OWNS_TWO, 0) < _TWO_SHARE * strength
        apart_m = two * (least + (most - least) * uniform(keys, _APART, 0))
        angle = 2 * np.pi * uniform(keys, _SIDE, 0)
        self._north_m, self._east_m = apart_m * np.cos(angle), apart_m * np.sin(angle)
        self.two = two
        self._keeps_s = _KEEPS_S[asset_class]
        self._since_s = (uniform(keys, _CHANGES, 0) * self._keeps_s).astype(np.int64)

    def choose(self, sample: Sample, keys: Keys) -> None:
        """Moves the positions that come from the second one."""
        at = np.flatnonzero(self.two[sample.rows])
        rows = sample.rows[at]
        stretch = (sample.times[at] + self._since_s[rows]) // self._keeps_s
        second = uniform(keys[at], _ANTENNA, stretch) < 0.5
        at, rows = at[second], rows[second]
        _move(sample, at, self._north_m[rows], self._east_m[rows])


def lose_fixes(sample: Sample, keys: Keys, strength: float) -> None:
    """Some reports have no position: the protocol's word for it is an absent one here."""
    gone = uniform(keys, _NO_FIX, sample.times) < _NO_FIX_SHARE * strength
    sample.lat[gone] = sample.lon[gone] = np.nan


def _move(sample: Sample, at: np.ndarray, north_m: Floats, east_m: Floats) -> None:
    narrow = np.maximum(np.cos(np.radians(sample.lat[at])), 0.05)
    sample.lat[at] = np.clip(sample.lat[at] + north_m / _M_PER_DEG, -90.0, 90.0)
    lon = sample.lon[at] + east_m / (_M_PER_DEG * narrow)
    sample.lon[at] = (lon + 180.0) % 360.0 - 180.0
