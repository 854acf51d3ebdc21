"""Where every ship is, and what it is about, when the world begins."""

from typing import NamedTuple

import numpy as np

from simulators.noise import Bools, Floats, Ints, Keys, uniform
from simulators.routes import ROUTES
from simulators.sea.particulars import between

UNDER_WAY, ANCHORED, MOORED = 0, 1, 5  # AIS navigational status
HOUR_S, DAY_S = 3_600, 86_400
NEVER = 1 << 60
NO_BERTH_SHARE = 0.45
_GOLDEN = (5**0.5 - 1) / 2
_FEW, _WAITING_OF_FEW, _WAITING_OF_MANY = 100, _GOLDEN**5, _GOLDEN**7


class Outset(NamedTuple):
    """One row a ship: it sails `along_m` on `route` towards `stop_m`, or lies until `wait_until`.

    `for_orders`: it waits for orders at sea, on a waiting track.
    """

    route: Ints
    along_m: Floats
    stop_m: Floats
    anchor_m: Floats
    status: Ints
    wait_until: Ints
    for_orders: Bools


def outset(keys: Keys, numbers: Ints, fleet_size: int) -> Outset:
    """Of ten ships six are at sea, one comes in, one sails soon, one lies long, one anchors."""
    kind, share = (numbers + numbers // 10) % 10, uniform(keys, 51, 0)
    for_orders = _waiting(numbers, fleet_size)
    route = ROUTES.healthy[(uniform(keys, 50, 0) * len(ROUTES.healthy)).astype(np.int64)]
    route = np.where(for_orders, ROUTES.waiting[numbers % len(ROUTES.waiting)], route)
    length = ROUTES.tracks.length_m[route]
    anchor_m = length - between(keys, 52, 10_500, 14_500)
    places = [for_orders, kind < 5, kind == 5, kind == 6, kind == 9]
    along = [
        0.15 * share * length,
        length * (0.06 + 0.88 * share),
        length - 18_000 - 35_000 * share,
        length - 300 - 1_500 * share,
        anchor_m,
    ]
    status = np.select(places, [UNDER_WAY] * 4 + [ANCHORED], default=MOORED)
    soon = np.where(kind == 7, 20 + 260 * share, HOUR_S * (5 + 30 * share))
    # Those at sea have not yet heard whether a berth is free.
    waits = (uniform(keys, 53, 0) < NO_BERTH_SHARE) & (kind < 6) | (status == ANCHORED)
    return Outset(
        route,
        np.select(places, along, default=length),
        np.where(waits, anchor_m, length),
        anchor_m,
        status,
        np.where(status == UNDER_WAY, 0, soon).astype(np.int64),
        for_orders,
    )


def _waiting(numbers: Ints, fleet_size: int) -> Bools:
    # A golden step spreads them: one of any 13 neighbours in a small fleet waits for orders, one
    # of any 34 in a large one.
    share = _WAITING_OF_FEW if fleet_size < _FEW else _WAITING_OF_MANY
    return np.asarray(((numbers * _GOLDEN + 0.02) % 1.0 < share) & (numbers >= 0))
