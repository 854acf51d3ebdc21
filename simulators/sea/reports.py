"""What a ship's instruments show: the columns, and what is true between the ends of steps."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulators.fleet import Instrument, Panel, Sample
from simulators.noise import Bools, Floats, Ints, Keys, white
from simulators.routes import ROUTES
from simulators.scenario import Cadence
from simulators.sea.meters import Meters
from simulators.sea.receiver import Receivers
from simulators.sensors import Sensors

AIS = (
    Instrument("sog_kn", 1, 0.06, low=0),
    Instrument("cog_deg", 1, 0.3),
    Instrument("heading_deg", 0, 0.3),
    Instrument("rot_deg_min", 1, 0.3),
    Instrument("nav_status", 0),
)
ENGINE = (
    Instrument("me_rpm", 1, 0.25, low=0),
    Instrument("me_load_pct", 1, 0.4, low=0),
    Instrument("exh_temp_degc", 1, 0.8),
    Instrument("lo_press_bar", 2, 0.012, low=0),
    Instrument("lo_temp_degc", 1, 0.12),
    Instrument("jacket_cw_degc", 1, 0.15),
    Instrument("main_brg_degc", 1, 0.15),
    Instrument("tc_rpm", 0, 40, low=0),
)
MINUTE = (
    Instrument("fuel_flow_t_h", 3, 0.008, low=0),
    Instrument("rob_fuel_t", 2),
    Instrument("me_hours", 3),
)
STATIC = (Instrument("draught_m", 1), Instrument("cargo_t", 0))
PANEL = Panel((*AIS, *ENGINE, *MINUTE, *STATIC))
WIDTH = 2 + len(PANEL.names)
"""Columns of a node: latitude, longitude, and then the channels."""

STATUS = 6
_LAT, _LON, _SOG, _COG, _HEADING, _ROT = range(6)
_RPM = 2 + len(AIS)
_STILL = [_RPM - 2, _RPM - 2 + len(ENGINE)]  # revolutions and fuel flow of a stopped engine
_METERED = range(_RPM + len(ENGINE), _RPM + len(ENGINE) + len(MINUTE))
_ANGLES = np.array([_LON, _COG, _HEADING])
_GPS_DEG = 2.5e-5
LABELS: Sequence[Mapping[str, str]] = (
    {},
    *(
        {"destination": "FOR ORDERS" if closed else end}
        for end, closed in zip(ROUTES.end, ROUTES.closed, strict=True)
    ),
)
"""None, and then those of ships on each route."""


class Errors(NamedTuple):
    """What makes ships' instruments unlike each other; nothing at strength 0."""

    receivers: Receivers
    meters: Meters
    sensors: Sensors


def read(
    keys: Keys, rows: Ints, times: Ints, true: Floats, stopped: Bools, counts: Ints, routes: Ints,
    errors: "Errors",
) -> Sample:  # fmt: skip
    """What is shown of what is true; `keys` and the rest hold one number a place."""
    jitter = _GPS_DEG * white(keys[:, None], np.array([[90, 91]]), times[:, None])
    jitter = errors.receivers.place(rows, times, jitter, true[:, _LAT], true[:, _SOG])
    lat, lon = true[:, _LAT] + jitter[:, 0], true[:, _LON] + jitter[:, 1]
    errors.receivers.motion(rows, times, true[:, _SOG], true[:, _COG], true[:, _HEADING])
    errors.meters.misread(rows, times, *(true[:, column] for column in _METERED))
    own = errors.sensors.at(rows, times)
    values = PANEL.read(keys, times, true[:, 2:], np.where(true[:, _RPM] > 0.5, 1.0, 0.15), own)
    values[:, 1:3] %= 360.0
    values[:, _STILL] *= ~stopped[:, None]
    labels = np.where(counts == len(PANEL.names), 1 + routes, 0)
    return Sample(rows, times, lat, lon, values, counts, labels)


def between(nodes: Floats, ends: Ints, rows: Ints, times: Ints) -> tuple[Floats, Bools]:
    """What is true at `times` between the steps' `ends`, and whose engine stood still."""
    step = np.minimum(np.searchsorted(ends, times, side="right") - 1, len(ends) - 2)
    before, after = nodes[step, rows], nodes[step + 1, rows]
    change = after - before
    share = (times - ends[step]) / (ends[step + 1] - ends[step])
    change[:, _ANGLES] = (change[:, _ANGLES] + 180.0) % 360.0 - 180.0
    true = before + change * share[:, None]
    true[:, STATUS], true[:, _ROT] = before[:, STATUS], after[:, _ROT]
    # Speed changes evenly, so that the way made grows by its square.
    gain = change[:, _SOG] / np.maximum(before[:, _SOG] + after[:, _SOG], 0.05)
    path = share + gain * share * (share - 1.0)
    true[:, :2] = before[:, :2] + change[:, :2] * path[:, None]
    return true, before[:, _RPM] + after[:, _RPM] == 0.0


def counts_of(since: Ints, period: Ints, ours: Bools, cadence: Cadence) -> Ints:
    """How many channels are told `since` seconds on, by cadence; strangers tell those of AIS."""
    engine = since % cadence.ship_engine_s < period
    static = since % cadence.ship_static_s < period
    fast = len(AIS) + len(ENGINE)
    counts = np.where(engine, fast + len(MINUTE), fast)
    return np.where(ours, np.where(static, len(PANEL.names), counts), len(AIS))
