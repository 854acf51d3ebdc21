"""Apache Kafka as a child process: one node, broker and controller in one JVM (KRaft)."""

import asyncio
import logging
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.embedded.kafka_files import KafkaFiles, kafka_files
from services.embedded.ports import HOST, free_ports, is_open
from services.embedded.process import Server

_PROPERTIES = Template((Path(__file__).parent / "kafka.properties").read_text())


class EmbeddedKafka(Server):
    """A broker on the loopback interface; data and log in `data_dir`."""

    name = "Kafka"
    program = "java"
    stop_signal = signal.SIGTERM
    orphan_signal = signal.SIGKILL

    def __init__(self, data_dir: Path, *, port: int | None = None) -> None:
        super().__init__(data_dir, port)

    @property
    def bootstrap_servers(self) -> str:
        """What clients are given: `host:port`."""
        return f"{HOST}:{self.port}"

    def _prepare(self) -> list[str]:
        files = kafka_files()
        if not (logs := self.data_dir / "data").exists():
            unfinished = logs.with_name("data.unfinished")  # of a start that was killed
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(files.formatted, unfinished)
            unfinished.rename(logs)
        (temporary := self.data_dir / "tmp").mkdir(exist_ok=True)
        controller_port = next(free for free in free_ports(2) if free != self.port)
        properties = self.data_dir / "kafka.properties"
        properties.write_text(
            _PROPERTIES.substitute(
                host=HOST, port=self.port, controller_port=controller_port, logs=logs
            )
        )
        options = (
            f"-Dmark={self._mark}",
            f"-Djava.io.tmpdir={temporary}",
            *self._class_archive(files),
        )
        return [*files.command(*options), "kafka.Kafka", str(properties)]

    def _class_archive(self, files: KafkaFiles) -> tuple[str, ...]:
        archive = files.archive()
        return (f"-XX:SharedArchiveFile={archive}",) if archive.exists() else ()

    def _answers(self) -> bool:
        if not is_open(self.port):
            return False
        # A thread of its own: the caller may already run an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, has_brokers(self.bootstrap_servers)).result()


class _ArchivingKafka(EmbeddedKafka):
    """A broker that writes the classes it has loaded to `archive` when it ends."""

    def __init__(self, data_dir: Path, archive: Path) -> None:
        super().__init__(data_dir)
        self._archive = archive

    def _class_archive(self, files: KafkaFiles) -> tuple[str, ...]:
        return (f"-XX:ArchiveClassesAtExit={self._archive}",)


def prepare_kafka() -> None:
    """Fetches and builds all that a start needs, so that starts are fast and need no network."""
    files = kafka_files()
    if files.archive().exists():
        return
    with tempfile.TemporaryDirectory(prefix="leasewatch-kafka-") as scratch:
        unfinished = files.archive().with_suffix(".unfinished")
        with _ArchivingKafka(Path(scratch), unfinished):
            pass
        # Some runtimes cannot archive; they only start more slowly.
        with suppress(FileNotFoundError):
            unfinished.rename(files.archive())


async def has_brokers(bootstrap_servers: str) -> bool:
    """Whether the cluster names a broker: a fenced one (not yet admitted) is left out."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=5_000)
    try:
        with _silence():
            await admin.start()
            return bool((await admin.describe_cluster())["brokers"])
    except KafkaError:
        return False
    finally:
        await admin.close()


@contextmanager
def _silence() -> Iterator[None]:
    """While we wait, a broker that does not answer yet is no news."""
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
