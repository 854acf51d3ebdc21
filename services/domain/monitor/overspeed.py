"""Overspeed: above the class's limit for a while begins it, a margin below the limit ends it."""

import numpy as np

from services.domain.detectors.form import Column
from services.domain.monitor.emit import Round, number, numbers
from services.domain.monitor.plan import FAR_FUTURE_US, SECOND_US


def table() -> dict[str, Column]:
    """Columns: since when above the limit (FAR_FUTURE_US: not above), whether signalled."""
    return {"fast_since": Column("i8", FAR_FUTURE_US), "overspeed": Column("?", False)}


def step(round_: Round) -> None:
    """Judges the speed of each reading; a reading without it changes nothing."""
    columns, rows = round_.columns, round_.rows
    rule = round_.plan.asset_class.overspeed
    speed = round_.values[:, round_.plan.index[rule.channel]]
    since, active = columns["fast_since"][rows], columns["overspeed"][rows]
    since = np.where(speed > rule.limit, np.minimum(since, round_.time), since)
    since = np.where(speed <= rule.limit, FAR_FUTURE_US, since)
    columns["fast_since"][rows] = since
    begun = ~active & (speed > rule.limit) & (round_.time - since >= rule.hold_s * SECOND_US)
    ended = active & (speed < rule.limit - rule.margin)
    columns["overspeed"][rows] = (active | begun) & ~ended
    for place in np.flatnonzero(begun | ended):
        round_.add(
            place,
            "overspeed_began" if begun[place] else "overspeed_ended",
            channel=rule.channel,
            value=number(speed[place]),
            threshold=rule.limit,
            evidence=numbers(
                held_s=(round_.time[place] - since[place]) / SECOND_US if begun[place] else 0.0
            ),
        )
