"""The states of ships in which mishaps and other faults may begin."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from schemas.zones import load_zones
from simulators.geo import distance_m
from simulators.noise import Bools
from simulators.routes import ROUTES
from simulators.sea.helm import Helm
from simulators.sea.start import HOUR_S, UNDER_WAY
from simulators.sea.voyages import Voyages

_PORTS = [zone for zone in load_zones() if zone.kind == "port"]
_PORT_LAT = np.array([[zone.lat] for zone in _PORTS])
_PORT_LON = np.array([[zone.lon] for zone in _PORTS])
_OFF_PORT_M = 25 * 1_852.0

NEEDS: Mapping[str, str] = {
    "any": "every ship of the fleet",
    "under_way": "sails at more than 8 kn",
    "steaming": "sails at more than 8 kn with hours to go before it has to slow down",
    "at_sea": "steaming, and 25 nautical miles or more off every port",
    "coastal": "on its way in or out, 3 to 60 km from the berth, at more than 5 kn",
    "near_forbidden": "waits for orders, sailing along the edge of a forbidden area to port",
    "lying": "moored or at anchor for 4.5 h yet, and takes no bunkers",
}
"""The words of `Ships.ready`."""


class State(NamedTuple):
    """What a need is judged by, at second `now`."""

    helm: Helm
    voyages: Voyages
    now: int


def meets(need: str, state: State) -> Bools:
    """Rows that meet a need; raises KeyError when it is not one of NEEDS."""
    return _RULES[need](state)


def _every(state: State) -> Bools:
    return np.ones(len(state.voyages.status), dtype=bool)


def _sails(state: State) -> Bools:
    helm = state.helm
    sails = (state.voyages.status == UNDER_WAY) & ~helm.free & (helm.along_mps > 2.6)
    return np.asarray(sails)


def _under_way(state: State) -> Bools:
    return _sails(state) & (state.helm.calm_kn > 8.0)


def _steaming(state: State) -> Bools:
    far = state.voyages.to_port_m(state.helm) > 70_000.0
    return _under_way(state) & far & ~state.voyages.for_orders


def _at_sea(state: State) -> Bools:
    helm = state.helm
    nearest = distance_m(helm.lat[None], helm.lon[None], _PORT_LAT, _PORT_LON).min(axis=0)
    return np.asarray(_steaming(state) & (nearest > _OFF_PORT_M))


def _coastal(state: State) -> Bools:
    gap_m = state.voyages.to_port_m(state.helm)
    return _sails(state) & (gap_m > 3_000.0) & (gap_m < 60_000.0)


def _near_forbidden(state: State) -> Bools:
    """On the near side of a waiting track, well before its end; tracks begin in its middle."""
    length_m = ROUTES.tracks.length_m[state.helm.route]
    side_m = (state.helm.along_m + length_m / 4) % length_m
    straight = (side_m > 8_000.0) & (side_m < length_m / 2 - 20_000.0)
    return np.asarray(_sails(state) & state.voyages.for_orders & straight)


def _lying(state: State) -> Bools:
    voyages = state.voyages
    long = voyages.wait_until > state.now + 4.5 * HOUR_S
    bunkering = voyages.bunker_to_t > voyages.fuel_t
    return np.asarray((voyages.status != UNDER_WAY) & long & ~bunkering)


_RULES: Mapping[str, Callable[[State], Bools]] = {
    "any": _every,
    "under_way": _under_way,
    "steaming": _steaming,
    "at_sea": _at_sea,
    "coastal": _coastal,
    "near_forbidden": _near_forbidden,
    "lying": _lying,
}
