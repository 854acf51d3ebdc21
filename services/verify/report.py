"""The truthful report: counted in Kafka and in the database, not told by the services."""

from dataclasses import dataclass
from typing import Any

from services.verify.kafka_side import KafkaSide, count_kafka
from services.verify.log import topic_log
from services.verify.stored_side import StoredSide, count_database
from services.verify.tally import Tally, heard, owed, percentile, tally


@dataclass(frozen=True)
class Report:
    """Tallies by kind of record, and the latency of the alerts that telemetry led to.

    `repeated_by_feeds`: readings that a feed told once more; they are counted in no tally.
    """

    tallies: dict[str, Tally]
    latencies_ms: list[float]
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
                "p50": percentile(self.latencies_ms, 0.50),
                "p99": percentile(self.latencies_ms, 0.99),
                "alerts": len(self.latencies_ms),
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
        latencies_ms=_latencies_ms(kafka, stored),
        alerts_opened=len(kafka.opened_alerts),
        seconds=kafka.seconds,
        repeated_by_feeds=repeated_by_feeds,
    )


def _causes(kafka: KafkaSide) -> Tally:
    """Each firing signal must have led to one change; facts and commands cause changes as well."""
    signals = set(kafka.ids["signals"])
    return owed(kafka.firing_signals, [c for c in kafka.alert_causes if c in signals])


def _latencies_ms(kafka: KafkaSide, stored: StoredSide) -> list[float]:
    """From Kafka's time of a reading or fact to the row of the alert that it opened.

    Facts from before the first reading are the fleet's past, loaded in bulk: they do not count.
    """
    latencies = []
    for alert, cause in kafka.opened_alerts:
        produced = kafka.produced_ms.get(cause) or kafka.produced_ms.get(cause.rpartition("-")[0])
        row = stored.alert_stored_at.get(alert)
        if produced and row and produced >= (kafka.first_ms or 0):
            latencies.append(row.timestamp() * 1000 - produced)
    return latencies
