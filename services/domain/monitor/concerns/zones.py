"""Which zones an asset is in: entered inside the radius, left only `margin_km` beyond it.

Candidates come from a grid of 0.1-degree cells. An area a lease forbids counts from the second
reading inside, 60 s or more after the first. Stations are followed (movement asks for them) but
not signalled: too many.

    zone, zone_since    the zones it is in (-1: a free slot), and since when
    verge, verge_since  the forbidden ones that it may be entering
"""

from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns.zone_index import Places, candidates
from services.domain.monitor.events import ZONE_ENTERED, ZONE_LEFT, Out, conclude
from services.domain.monitor.geo import distance_km
from services.domain.monitor.plan import SECOND_US
from services.domain.monitor.state import SLOTS
from services.domain.place import EARTH_RADIUS_KM

_KM_PER_RADIAN = EARTH_RADIUS_KM
_RADIANS = 0.017453292519943295


@compiled
def step(reading: Any, asset: Any, plan: Any, places: Places, crossed: Array) -> int:
    """Moves the asset between zones by a believed fix, left ones first.

    Returns how many it crossed: their numbers, whether entered, and the seconds inside are the
    rows of `crossed`.
    """
    lat, lon, time, count = reading.lat, reading.lon, reading.time_us, 0
    for slot in range(SLOTS):
        zone = asset.zone[slot]
        if zone >= 0 and not _within(places, zone, lat, lon, places.zones[zone].leave_km):
            asset.zone[slot] = -1
            inside_s = (time - asset.zone_since[slot]) / SECOND_US
            count = _note(crossed, count, zone, False, inside_s)
        zone = asset.verge[slot]
        if zone >= 0 and not _within(places, zone, lat, lon, places.zones[zone].enter_km):
            asset.verge[slot] = -1
    first, end = candidates(places, lat, lon)
    for n in range(first, end):
        zone = places.members[n]
        if _slot_of(asset.zone, zone) >= 0:
            continue
        if not _within(places, zone, lat, lon, places.zones[zone].enter_km):
            continue
        free = _slot_of(asset.zone, -1)
        if free >= 0 and (
            not places.zones[zone].forbidden or _is_confirmed(asset, zone, time, plan)
        ):
            asset.zone[free] = zone
            asset.zone_since[free] = time
            count = _note(crossed, count, zone, True, 0.0)
    return count


@compiled
def inside(asset: Any, places: Places) -> int:
    """The kinds of zone that the asset is in, as bits."""
    kinds = 0
    for slot in range(SLOTS):
        if asset.zone[slot] >= 0:
            kinds |= 1 << places.zones[asset.zone[slot]].kind
    return kinds


@compiled
def signal(reading: Any, asset: Any, places: Places, crossed: Array, count: int, out: Out) -> None:
    """zone_entered and zone_left, of the kinds that people want to hear of."""
    for n in range(count):
        zone = int(crossed[n, 0])
        if not places.zones[zone].quiet:
            kind = ZONE_ENTERED if crossed[n, 1] else ZONE_LEFT
            event = conclude(out, asset, kind, reading.time_us)
            event.zone = zone
            event.evidence[0] = crossed[n, 2]


@compiled
def _note(crossed: Array, count: int, zone: int, entered: bool, inside_s: float) -> int:
    crossed[count, 0] = zone
    crossed[count, 1] = entered
    crossed[count, 2] = inside_s
    return count + 1


@compiled
def _slot_of(slots: Array, zone: int) -> int:
    """The first slot that holds the zone; -1 where none does."""
    for slot in range(SLOTS):
        if slots[slot] == zone:
            return slot
    return -1


@compiled
def _is_confirmed(asset: Any, zone: int, time_us: int, plan: Any) -> bool:
    """Whether this is a later reading inside the forbidden zone, a minute after the first."""
    slot = _slot_of(asset.verge, zone)
    if slot < 0:
        slot = 0
        for other in range(1, SLOTS):  # a free one, or that of the least zone
            if asset.verge[other] < asset.verge[slot]:
                slot = other
        asset.verge[slot] = zone
        asset.verge_since[slot] = time_us
    return bool(time_us - asset.verge_since[slot] >= plan.forbidden_after_us)


@compiled
def _within(places: Places, zone: int, lat: float, lon: float, limit_km: float) -> bool:
    """Whether the position is within the zone's limit; a polygon's own edge is its limit."""
    it = places.zones[zone]
    if abs(lat - it.lat) * _RADIANS * _KM_PER_RADIAN > limit_km + 0.001:
        return False  # most of them, without any sine
    if not distance_km(it.lat, it.lon, lat, lon) <= limit_km:
        return False
    return it.corners == 0 or _in_polygon(places.corners, it.corner, it.corners, lat, lon)


@compiled
def _in_polygon(corners: Array, first: int, count: int, lat: float, lon: float) -> bool:
    """Even-odd rule; edges are straight in degrees."""
    inside = False
    for n in range(count):
        a, b = first + n, first + (n + 1) % count
        lat_a, lon_a, lat_b, lon_b = corners[a, 0], corners[a, 1], corners[b, 0], corners[b, 1]
        if (lat_a > lat) != (lat_b > lat):
            at = lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
            if lon < at:
                inside = not inside
    return inside
