"""How fast one process simulates: alone, into a file, and into a Kafka of its own.

Method: three times the same world, from the second block on (imports and the first block, in which
everything is made ready, do not count) until it has told at least so many readings.  Readings a
second are of wall time; the microseconds of processor time of a reading are this process's alone,
without the broker's: they hold on a busy machine too.

    world     the blocks alone, encoded as they would be sent, and dropped
    file      as JSON lines into a file on disk, until it is closed
    kafka     through the transactional publisher into an embedded Kafka, until all is committed;
              the broker runs on the same machine

Run it with `leasewatch bench simulate`.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from services.embedded.servers import EmbeddedKafka
from services.ingest.pace import Pace
from services.ingest.publisher import open_publisher
from services.ingest.simulate import (
    Portion,
    Simulation,
    Span,
    collect_rarely,
    portions,
    scenario_of,
)
from services.ingest.simulate_file import write_block
from services.ingest.simulate_kafka import publish
from services.topics import create_topics

_START = datetime(2026, 3, 1, 6, tzinfo=UTC)
_AT_ONCE = Pace(0.0, 0, 0.0)


def bench(scenario: str, assets: int | None, readings: int) -> dict[str, float | str]:
    """The figures of each way, and how many readings of how many assets they were measured with."""
    collect_rarely()  # as `leasewatch simulate` does
    chosen = scenario_of(scenario, assets)
    simulation = Simulation(chosen, chosen.seed)
    world = _Measured(simulation, readings)
    for _ in world.portions():
        pass
    figures = world.figures("world")
    with tempfile.TemporaryDirectory(prefix="leasewatch-bench-") as scratch:
        into_file = _Measured(simulation, readings)
        figures |= _into_file(into_file, Path(scratch) / "readings.ndjson")
        with EmbeddedKafka(Path(scratch) / "kafka") as kafka:
            into_kafka = _Measured(simulation, readings)
            figures |= asyncio.run(_into_kafka(kafka.bootstrap_servers, into_kafka))
    return {
        "scenario": chosen.name, "assets": simulation.assets, "readings": world.readings, **figures
    }  # fmt: skip


class _Measured:
    """A world that ends after so many readings; the clock starts when its first block is out."""

    def __init__(self, simulation: Simulation, wanted: int) -> None:
        self.readings = 0
        self._wanted = wanted
        self._portions = portions(simulation.world(_START), Span(0, None))
        next(self._portions)
        self._start()

    def _start(self) -> None:
        self._began, self._worked = time.perf_counter(), time.process_time()

    def portions(self) -> Iterator[Portion]:
        """From the second block on."""
        self._start()
        for portion in self._portions:
            self.readings += sum(e.topic == "telemetry" for e in portion.emissions)
            yield portion
            if self.readings >= self._wanted:
                return

    def figures(self, way: str) -> dict[str, float | str]:
        """Readings a second until now, and what each took of this process's time."""
        took_s, worked_s = time.perf_counter() - self._began, time.process_time() - self._worked
        return {
            f"readings_per_s_{way}": round(self.readings / took_s),
            f"processor_us_{way}": round(1e6 * worked_s / self.readings, 2),
        }


def _into_file(measured: _Measured, path: Path) -> dict[str, float | str]:
    with path.open("wb") as out:
        for portion in measured.portions():
            write_block(portion.emissions, _AT_ONCE, out)
    return measured.figures("to_file")


async def _into_kafka(bootstrap_servers: str, measured: _Measured) -> dict[str, float | str]:
    await create_topics(bootstrap_servers)
    async with open_publisher(bootstrap_servers, "bench") as publisher:
        await publish(publisher, measured.portions(), _AT_ONCE, {})
    return measured.figures("to_kafka")
