"""What befalls ships: the kinds of fault of their physics, and how each acts on a step.

Durations and sizes are start values of ours from the definitions of Global Fishing Watch (meetings
and loitering), of RTEC (drifting), and from the alarm sheet of one engine; see `size` at each.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from schemas.zones import load_zones
from simulators.fault import SILENT, Fault, Kind
from simulators.fleet import Span
from simulators.routes import ROUTES
from simulators.sea.bridge import Bridge
from simulators.sea.engine import BEARING, EXHAUST, OIL, TURBO
from simulators.sea.helm import Helm
from simulators.sea.particulars import Particulars
from simulators.sea.strangers import Strangers
from simulators.sea.weather import Conditions
from simulators.zones import inside

_HOUR = 3600
_ENGINE = ("exh_temp_degc", "tc_rpm", "fuel_flow_t_h", "rob_fuel_t")
NOT_UNDER_COMMAND, AGROUND = 2, 6  # AIS navigational status


def _kind(
    name: str, needs: str, hours: tuple[float, float], size: tuple[float, float], severity: str,
    expect: str, notice_h: float, channels: tuple[str, ...] = (),
) -> Kind:  # fmt: skip
    duration_s = (round(hours[0] * _HOUR), round(hours[1] * _HOUR))
    return Kind(name, "behaviour", "ship", needs, duration_s, size, severity, expect,
                round(notice_h * _HOUR), channels)  # fmt: skip


KINDS: tuple[Kind, ...] = (
    # knots while alongside
    _kind("rendezvous", "at_sea", (3.2, 7), (0.2, 0.9), "alarm", "rendezvous|loitering", 4),
    _kind("loitering", "at_sea", (5.5, 12), (0.6, 1.6), "warning", "loitering|drifting", 5.5),
    _kind("drifting", "at_sea", (2, 8), (0.6, 1.8), "warning", "drifting|loitering", 1.5),
    # below 0.5 the crew sets the status aground
    _kind("grounding", "coastal", (3, 12), (0, 1), "alarm", "aground", 1.5),
    # knots inside the area
    _kind("forbidden_zone", "near_forbidden", (2, 4), (8, 10), "alarm", "forbidden_zone", 0.25),
    # knots
    _kind("overspeed", "steaming", (0.3, 1.5), (26.5, 28.5), "warning", "overspeed", 0.25),
    # kelvin
    _kind("bearing_heating", "steaming", (1, 4), (12, 32), "alarm", "anomaly|limit|drift", 1,
          ("main_brg_degc", "lo_temp_degc")),
    _kind("exhaust_rise", "steaming", (1, 5), (40, 110), "alarm", "anomaly|limit|drift", 1,
          _ENGINE),
    # tonnes
    _kind("fuel_theft", "lying", (1, 4), (20, 150), "alarm", "fuel_loss", 2, ("rob_fuel_t",)),
)  # fmt: skip
NAMES = frozenset(kind.name for kind in KINDS)


class Scene(NamedTuple):
    """What a mishap sees and touches in a step from second `now`, `dt` long."""

    now: int
    dt: float
    ships: Particulars
    helm: Helm
    bridge: Bridge
    sea: Conditions
    strangers: Strangers


def act(fault: Fault, scene: Scene) -> None:
    """Lets `fault` act on the step that begins now."""
    _ACTS[fault.kind.name](fault, scene)


def _rendezvous(fault: Fault, scene: Scene) -> None:
    row, bridge = fault.row, scene.bridge
    bridge.free_kn[row], bridge.free_deg[row] = fault.size, scene.helm.course_deg[row]
    if fault.other >= 0:
        scene.strangers.meet(fault)


def _loitering(fault: Fault, scene: Scene) -> None:
    row, bridge = fault.row, scene.bridge
    turn_s = 2_000 + 2_000 * fault.weight
    bridge.free_kn[row] = fault.size
    bridge.free_deg[row] = (
        scene.helm.course_deg[row] + 360.0 * (scene.now - fault.start) / turn_s
    ) % 360.0


def _drifting(fault: Fault, scene: Scene) -> None:
    row, bridge = fault.row, scene.bridge
    east, north = scene.sea.east_kn[row], scene.sea.north_kn[row]
    with_current = float(np.degrees(np.arctan2(east, north))) % 360.0
    bridge.free_kn[row], bridge.free_deg[row] = fault.size, with_current
    bridge.beam_deg[row] = with_current + 70.0 + 40.0 * fault.weight
    bridge.stopped[row] = True
    if fault.weight < 0.5:
        bridge.status[row] = NOT_UNDER_COMMAND


def _grounding(fault: Fault, scene: Scene) -> None:
    row, bridge = fault.row, scene.bridge
    bridge.aground[row] = True
    bridge.stopped[row] = scene.now - fault.start > 600
    if fault.size < 0.5 and fault.variant != SILENT and scene.now - fault.start > 300:
        bridge.status[row] = AGROUND


def _forbidden_zone(fault: Fault, scene: Scene) -> None:
    """In for 0.3 of the time, along the track for 0.2, and then home."""
    row, helm = fault.row, scene.helm
    share = (scene.now - fault.start) / (fault.end - fault.start)
    if share >= 0.5:
        return
    course = float(helm.course_deg[row])
    scene.bridge.free_kn[row] = fault.size
    scene.bridge.free_deg[row] = (course - 90.0 if share < 0.3 else course) % 360.0


def _overspeed(fault: Fault, scene: Scene) -> None:
    scene.bridge.rush_kn[fault.row] = fault.size


def _bearing_heating(fault: Fault, scene: Scene) -> None:
    scene.bridge.heat[BEARING, fault.row] += fault.size
    scene.bridge.heat[OIL, fault.row] += 0.1 * fault.size


def _exhaust_rise(fault: Fault, scene: Scene) -> None:
    row, bridge = fault.row, scene.bridge
    bridge.heat[EXHAUST, row] += fault.size
    bridge.heat[TURBO, row] -= 0.0011 * fault.size * scene.ships.turbo_rpm[row]
    bridge.burn[row] += 0.0006 * fault.size


def _fuel_theft(fault: Fault, scene: Scene) -> None:
    share = min(scene.dt, fault.end - scene.now) / (fault.end - fault.start)
    scene.bridge.drained_t[fault.row] += fault.size * share


_ACTS: Mapping[str, Callable[[Fault, Scene], None]] = {
    "rendezvous": _rendezvous,
    "loitering": _loitering,
    "drifting": _drifting,
    "grounding": _grounding,
    "forbidden_zone": _forbidden_zone,
    "overspeed": _overspeed,
    "bearing_heating": _bearing_heating,
    "exhaust_rise": _exhaust_rise,
    "fuel_theft": _fuel_theft,
}


class Crossings:
    """When ships sent into a forbidden area were inside it."""

    def __init__(self) -> None:
        self._areas = {zone.id: zone for zone in load_zones() if zone.kind == "forbidden"}
        self._entered: dict[str, int] = {}

    def watch(self, fault: Fault, helm: Helm, before: int, now: int) -> list[Span]:
        """A Span once the ship has entered, and another once it has left again.

        The ship crossed the edge between the seconds `before` and `now`.
        """
        row = fault.row
        area = self._areas[ROUTES.end[int(helm.route[row])]]
        within = bool(inside(area, helm.lat[row : row + 1], helm.lon[row : row + 1])[0])
        entered = self._entered.get(fault.id)
        if within and entered is None:
            self._entered[fault.id] = before
            return [Span(fault.id, before, fault.end)]
        if not within and entered is not None:
            del self._entered[fault.id]
            return [Span(fault.id, entered, now)]
        return []
