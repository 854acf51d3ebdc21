"""A simulated fleet whose instruments fail, as rows of numbers in the order of their arrival."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import numpy as np

from schemas import ASSET_CLASSES
from services.domain.form import Array
from simulators.fault import FaultLabel
from simulators.scenario import Cadence, FaultPlanning, FaultRate, Scenario, load_scenario
from simulators.world import World

SENSOR_FAULTS = (
    "stuck", "drift", "bias", "spike", "noise", "unit_mixup", "swapped", "impossible",
)  # fmt: skip
GRACE = timedelta(minutes=30)
"""After a fault its asset is neither ill nor healthy for so long."""

_START = datetime(2026, 2, 2, tzinfo=UTC)
_LEARNING = 0.4  # of the days
_FAULTS_PER_ASSET_DAY = 1.5


class Fault(NamedTuple):
    """One failure of an instrument: in the rows from `first` to before `last` of its asset."""

    kind: str
    first: int
    last: int


class Life(NamedTuple):
    """What one asset reported."""

    values: Array  # by row and channel of its class; NaN: not in this reading
    hours: Array
    healthy: Array  # rows on which an alarm is false; those of the first days are not judged
    faults: list[Fault]


class _Reading(msgspec.Struct):
    asset: str
    asset_class: str
    time: datetime
    channels: dict[str, float | None]


_read = msgspec.json.Decoder(_Reading).decode


def failing_fleet(assets: int, days: float, seed: int) -> dict[str, list[Life]]:
    """By asset class; two fifths of the days to learn, then faults of each kind at even rates."""
    world = World(_scenario(assets, days), seed, _START)
    readings: dict[str, list[_Reading]] = {}
    while world.second < world.end:
        for emission in world.advance().emissions:
            if emission.topic == "telemetry":
                readings.setdefault(emission.key, []).append(_read(emission.value))
    labels: dict[str, list[FaultLabel]] = {}
    for label in world.truth():
        labels.setdefault(label.asset, []).append(label)
    lives: dict[str, list[Life]] = {}
    for asset, told in sorted(readings.items()):
        life = _life(told, labels.get(asset, ()), _START + timedelta(days=_LEARNING * days))
        lives.setdefault(told[0].asset_class, []).append(life)
    return lives


def _scenario(assets: int, days: float) -> Scenario:
    clean = load_scenario("clean").sized(assets)
    per_day = _FAULTS_PER_ASSET_DAY * assets / len(SENSOR_FAULTS)
    return clean.model_copy(
        update={
            "days": days,
            "cadence": Cadence(
                ship_under_way_s=60, ship_moored_s=180, aircraft_airborne_s=60, aircraft_taxi_s=60,
                aircraft_parked_s=0, train_service_s=60, train_stabled_s=180,
            ),
            "planning": FaultPlanning(after_s=int(_LEARNING * days * 86_400), rest_s=7_200),
            "faults": {kind: FaultRate(per_day=per_day) for kind in SENSOR_FAULTS},
        }
    )  # fmt: skip


def _life(readings: list[_Reading], labels: Iterable[FaultLabel], learned: datetime) -> Life:
    names = [channel.name for channel in ASSET_CLASSES[readings[0].asset_class].channels]
    values = np.full((len(readings), len(names)), np.nan)
    for row, reading in enumerate(readings):
        for n, name in enumerate(names):
            value = reading.channels.get(name)
            if value is not None:
                values[row, n] = value
    times = np.array([reading.time.timestamp() for reading in readings])
    healthy = times >= learned.timestamp()
    faults = []
    for label in labels:
        since, until = label.shows.timestamp(), label.end.timestamp()
        healthy &= (times < since) | (times > until + GRACE.total_seconds())
        rows = np.flatnonzero((times >= since) & (times <= until))
        if len(rows):
            faults.append(Fault(label.kind, int(rows[0]), int(rows[-1]) + 1))
    hours = np.array([reading.time.hour for reading in readings], np.int64)
    return Life(values, hours, healthy, faults)


def every_life(fleet: dict[str, list[Life]]) -> Iterator[Life]:
    """All assets, class by class."""
    for lives in fleet.values():
        yield from lives
