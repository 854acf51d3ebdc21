"""From samples to bytes: readings numbered per asset, ready to publish."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
import numpy as np

from schemas.messages import SCHEMA_VERSION, format_time
from simulators.old.fleet import Fleet, Sample

_ENCODER = msgspec.json.Encoder()


class Emission(NamedTuple):
    """One message for `topic` (`telemetry` or `facts`): its key is the asset, its value JSON."""

    topic: str
    key: str
    value: bytes


class Report(NamedTuple):
    """A reading before it is given its ingest time: device time, number and what it says."""

    asset: str
    asset_class: str
    time: datetime
    seq: int
    lat: float
    lon: float
    channels: dict[str, float]
    labels: Mapping[str, str]

    def emit(self, source: str, ingest_time: datetime) -> Emission:
        """The reading as `schemas.Reading` writes it, taken in at `ingest_time`."""
        return self.encode(source, format_time(self.time), format_time(ingest_time))

    def encode(self, source: str, time: str, ingest_time: str) -> Emission:
        """As `emit`, with the times already written: they are shared by all reports of a tick."""
        reading = {
            "version": SCHEMA_VERSION, "asset": self.asset, "asset_class": self.asset_class,
            "source": source, "time": time, "ingest_time": ingest_time, "seq": self.seq,
            "lat": self.lat, "lon": self.lon, "channels": self.channels, "labels": self.labels,
        }  # fmt: skip
        return Emission("telemetry", self.asset, _ENCODER.encode(reading))


class Counters:
    """The message counter of every asset of a fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._next = [0] * len(fleet.assets)

    def count(self, rows: list[int]) -> None:
        """Numbers a report of each of `rows` that nobody will read."""
        for row in rows:
            self._next[row] += 1

    def reports(self, sample: Sample, now: datetime) -> list[Report]:
        """The rows of a sample as reports of `now`, each with its asset's next number."""
        fleet, names, values = self._fleet, self._fleet.channels, sample.values.tolist()
        lats, lons = np.round(sample.lat, 6).tolist(), np.round(sample.lon, 6).tolist()
        reports = []
        for i, row in enumerate(sample.rows.tolist()):
            seq = self._next[row]
            self._next[row] = seq + 1
            channels = dict(zip(names[: sample.counts[i]], values[i], strict=False))
            reports.append(Report(fleet.assets[row], fleet.asset_class, now, seq,
                                  lats[i], lons[i], channels, sample.labels[i]))  # fmt: skip
        return reports
