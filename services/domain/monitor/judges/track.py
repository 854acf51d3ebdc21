"""Dead reckoning: where speed and course lead, against where the fixes are."""

import math

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.concerns import intervals
from services.domain.monitor.concerns.seen import SECOND_US, Seen

NORTH, EAST, SPEED_NORTH, SPEED_EAST, _TIME, _GAP, _BEFORE = range(7)
"""Places in a rule's memory: by how many km the fix is off from where speed and course lead, the
velocity of the reading before in km/s and its time; how many fixes since a gap are to be left out,
and when that began."""
OWN = 7
"""The first place that is left to the rule."""
_KM_PER_DEGREE = 111.195
_REST_KM_S = 0.0003
_SLOW_KM_S = 0.0026  # 5 kn
_GAP_INTERVALS = 2.5
_CLOCK_OFF_S = 3600.0  # as clocks are that have the wrong zone


@compiled
def reckon(seen: Seen, memory: Array, speed: float, course_deg: float) -> bool:
    """Moves the offset on by a reading; whether it has a fix that may be compared.

    Between two readings the mean of both velocities counts, while fixes are not believed as well.
    A gap of several intervals, or a wrong time, which looks like one, proves nothing: the offset
    begins anew with the second fix after it, unless the asset cannot be where it is at all.
    """
    now_s = seen.reading.time_us / SECOND_US
    north, east = _velocity(seen, speed, course_deg)
    told = not math.isnan(north)
    if not told:  # it goes on as it did: the next reading counts from here
        north, east = memory[SPEED_NORTH], memory[SPEED_EAST]
    if math.isnan(north):
        return False
    km_s = length_km(north, east)
    past_s = now_s - memory[_TIME]
    if not past_s * SECOND_US <= _GAP_INTERVALS * usual_interval_us(seen):
        memory[_GAP] = 2.0
        memory[_BEFORE] = memory[_TIME]
    north_km = (north + memory[SPEED_NORTH]) / 2 * past_s
    east_km = (east + memory[SPEED_EAST]) / 2 * past_s
    if not (km_s < _SLOW_KM_S and seen.made_km < length_km(north_km, east_km) / 4):
        memory[NORTH] -= north_km  # unless echoes show some knots at rest
        memory[EAST] -= east_km
    memory[SPEED_NORTH], memory[SPEED_EAST], memory[_TIME] = north, east, now_s
    if math.isnan(seen.made_km):
        return False
    lat, lon = seen.asset.lat, seen.asset.lon
    memory[NORTH] += (lat - seen.from_lat) * _KM_PER_DEGREE
    went_deg = lon - seen.from_lon
    if abs(went_deg) > 180.0:  # over the date line
        went_deg -= math.copysign(360.0, went_deg)
    memory[EAST] += went_deg * _KM_PER_DEGREE * math.cos(math.radians(lat))
    if past_s == 0.0:  # by another receiver: no second fix after a gap
        return False
    if memory[_GAP] > 0.0:
        memory[_GAP] -= 1.0
        reach_km = seen.plan.reach_km_s * (now_s - memory[_BEFORE] + _CLOCK_OFF_S)
        if not offset_km(memory) > reach_km:
            memory[NORTH] = memory[EAST] = 0.0
            return False
    return bool(told)


@compiled
def _velocity(seen: Seen, speed: float, course_deg: float) -> tuple[float, float]:
    """North and east in km/s; NaN where it is not told."""
    km_s = speed * seen.plan.speed_km_s
    if math.isnan(course_deg) and km_s < _REST_KM_S:
        course_deg = 0.0  # whatever it is
    angle = math.radians(course_deg)
    return km_s * math.cos(angle), km_s * math.sin(angle)


@compiled
def usual_interval_us(seen: Seen) -> int:
    """How often the asset tells of its speed, as it does now."""
    channel, bound = seen.channels[seen.plan.speed], seen.bounds[seen.plan.speed]
    return intervals.usual_us(channel.interval_us, seen.moving, bound.interval_us)


@compiled
def length_km(north_km: float, east_km: float) -> float:
    """Of a way."""
    return math.sqrt(north_km * north_km + east_km * east_km)


@compiled
def offset_km(memory: Array) -> float:
    """By how much the fix is off."""
    return length_km(memory[NORTH], memory[EAST])


@compiled
def forget(memory: Array, share: float, off_km: float, most_km: float) -> None:
    """Moves the offset towards none by a share of it, an offset beyond `most_km` as if it was that.

    Of one fix far off nothing must be left when the next is right again.
    """
    if off_km > most_km:
        share *= most_km / off_km
    memory[NORTH] -= share * memory[NORTH]
    memory[EAST] -= share * memory[EAST]
