"""The truthful report: counted in Kafka and in the database, not told by the services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.verify.kafka_side import KafkaSide, count_kafka
from services.verify.log import topic_log
from services.verify.stored_side import StoredSide, count_database
from services.verify.tally import Tally, heard, owed, percentile, tally


@dataclass(frozen=True)
class Report:
    """Tallies by kind of record, and latencies of the present.

    The present begins with the first reading: facts from before it are the fleet's past, loaded in
    bulk.  A latency is from Kafka's time of what caused a signal or opened an alert, when it was
    published, to `stored_at` of its row in the database: all steps are in it.
    `repeated_by_feeds`: readings that a feed told once more; they are counted in no tally.
    """

    tallies: dict[str, Tally]
    alert_latencies_ms: list[float]
    signal_latencies_ms: list[float]
    alerts_opened: int
    seconds: float
    repeated_by_feeds: int = 0

    @property
    def lost(self) -> int:
        """Records of any kind that are missing somewhere."""
        return sum(tally.lost for tally in self.tallies.values())

    @property
    def duplicated(self) -> int:
        """Records of any kind that are somewhere more than once, or were never due."""
        return sum(tally.duplicated for tally in self.tallies.values())

    def as_dict(self) -> dict[str, Any]:
        """The JSON report: totals in front, the tally of each kind under `kinds`."""
        readings = self.tallies["readings"]
        return {
            "produced": readings.produced,
            "stored": readings.stored,
            "duplicated": self.duplicated,
            "lost": self.lost,
            "repeated_by_feeds": self.repeated_by_feeds,
            "rejected": self.tallies["rejected"].produced,
            "signals": self.tallies["signals"].produced,
            "alerts_opened": self.alerts_opened,
            "latency_ms": {
                **_percentiles(self.alert_latencies_ms),
                "alerts": len(self.alert_latencies_ms),
                "signals": {
                    **_percentiles(self.signal_latencies_ms),
                    "count": len(self.signal_latencies_ms),
                },
                "measured": "from Kafka's time of the cause to the stored row",
            },
            "readings_per_s": round(readings.produced / self.seconds, 1) if self.seconds else 0.0,
            "kinds": {name: tally.as_dict() for name, tally in self.tallies.items()},
        }


async def verify(bootstrap_servers: str, dsn: str) -> Report:
    """Counts both sides, Kafka first; on a line at work, what is on its way counts as lost."""
    async with topic_log(bootstrap_servers) as log:
        kafka = await count_kafka(log)
    return compare(kafka, count_database(dsn))


def compare(kafka: KafkaSide, stored: StoredSide) -> Report:
    """Pure: tallies of what each step of the line owes to the step before it.

    readings: telemetry, less what a feed repeated, against the reading tables.  conclusions: what
    the pure monitor core concludes from telemetry against the signals in Kafka.  causes: signals
    that fire a rule against the alert changes they led to; both only while Kafka still has
    telemetry from its first record.  The other kinds: Kafka against the database.
    """
    readings, repeated_by_feeds = heard(kafka.readings, kafka.records)
    tallies = {"readings": tally(readings, stored.readings)}
    tallies |= {name: tally(ids, stored.ids[name]) for name, ids in kafka.ids.items()}
    if kafka.telemetry_is_whole:
        tallies["conclusions"] = owed(kafka.expected_signals, kafka.ids["signals"])
        tallies["causes"] = _causes(kafka)
    return Report(
        tallies=tallies,
        alert_latencies_ms=_latencies_ms(kafka, kafka.opened_alerts, stored.alert_stored_at),
        signal_latencies_ms=_latencies_ms(
            kafka, [(signal, signal) for signal in kafka.ids["signals"]], stored.signal_stored_at
        ),
        alerts_opened=len(kafka.opened_alerts),
        seconds=kafka.seconds,
        repeated_by_feeds=repeated_by_feeds,
    )


def _causes(kafka: KafkaSide) -> Tally:
    """Each firing signal must have led to one change; facts and commands cause changes as well."""
    signals = set(kafka.ids["signals"])
    return owed(kafka.firing_signals, [c for c in kafka.alert_causes if c in signals])


def _latencies_ms(
    kafka: KafkaSide, caused: Iterable[tuple[str, str]], stored_at: Mapping[str, datetime]
) -> list[float]:
    """Of (id, cause) whose cause is of the present and in Kafka: a fact, or a record of telemetry,
    by which the ids of its signals begin.
    """
    latencies = []
    for one, cause in caused:
        produced = kafka.produced_ms.get(cause) or kafka.produced_ms.get(cause.rpartition("-")[0])
        row = stored_at.get(one)
        if produced and row and produced >= (kafka.first_ms or 0):
            latencies.append(row.timestamp() * 1000 - produced)
    return latencies


def _percentiles(values: Sequence[float]) -> dict[str, float | None]:
    found = {"p50": percentile(values, 0.50), "p99": percentile(values, 0.99)}
    return {name: value and round(value, 1) for name, value in found.items()}
