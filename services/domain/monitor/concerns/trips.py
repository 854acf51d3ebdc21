"""Trips: a voyage, a flight, a run from terminal to terminal.

A trip begins when the asset makes way outside the class's rest zone and ends when it rests inside
it (anywhere, for a class without a rest zone). Its distance adds up the steps between accepted
fixes.

    trip_since, trip_from_km  when the trip began, and the distance made by then
    track_km                  the distance made in all
"""

from typing import Any

from services.domain.compiled import compiled
from services.domain.form import Array
from services.domain.monitor.events import TRIP_BEGAN, TRIP_ENDED, Out, conclude
from services.domain.monitor.plan import SECOND_US


@compiled
def step(
    reading: Any, asset: Any, step_km: float, inside: int, plan: Any, states: Array, out: Out
) -> float:
    """The km made since the last fix: at rest fixes only jitter."""
    moving = states[asset.state].moving
    made_km = step_km if moving else 0.0
    asset.track_km += made_km
    anywhere = plan.rest_kind < 0
    resting = anywhere or (inside & (1 << plan.rest_kind)) != 0
    if not asset.on_trip and moving and (anywhere or not resting):
        asset.on_trip = 1
        asset.trip_since = reading.time_us
        asset.trip_from_km = asset.track_km
        conclude(out, asset, TRIP_BEGAN, reading.time_us)
    elif asset.on_trip and not moving and asset.state > 0 and resting:
        asset.on_trip = 0
        event = conclude(out, asset, TRIP_ENDED, reading.time_us)
        event.evidence[0] = asset.track_km - asset.trip_from_km
        event.evidence[1] = (reading.time_us - asset.trip_since) / SECOND_US
    return made_km
