"""What an embedded Kafka is made of, kept in the cache: jars, a formatted folder, a class archive.

The jars come from Maven by `deploy/kafka/pom.xml`. The formatted folder is what the broker's own
format tool writes; starting from a copy saves a second of Java at every first start. The archive
holds loaded classes (class data sharing) and takes a second or two off every start.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.embedded.cache import CHECKOUT, cached, fingerprint
from services.embedded.errors import EmbeddedServerError
from services.embedded.java import Java, find_java

POM = CHECKOUT / "deploy" / "kafka" / "pom.xml"

_MAVEN = "mvn -B -q -C org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


@dataclass(frozen=True)
class KafkaFiles:
    """A runtime and the folders of one pinned Kafka in the cache."""

    java: Java
    folder: str

    def command(self, *options: str) -> list[str]:
        """How to run a main class of Kafka: jars in a fixed order, as the archive demands."""
        classpath = ":".join(str(jar) for jar in sorted(self.jars.glob("*.jar")))
        return [str(self.java.program), *_JVM, *options, "-cp", classpath]

    @property
    def jars(self) -> Path:
        """The jars, fetched when missing."""
        return cached(f"{self.folder}/jars", self._fetch)

    @property
    def formatted(self) -> Path:
        """A log folder as the format tool leaves it."""
        self.jars  # noqa: B018  builds are not nested: two of them share one lock
        return cached(f"{self.folder}/formatted", self._format)

    def archive(self) -> Path:
        """Where the class archive of this runtime belongs; it need not exist."""
        runtime = fingerprint(str(self.java.program).encode(), self.java.version.encode())
        return self.jars.parent / f"classes-{runtime}.jsa"

    def _fetch(self, folder: Path) -> None:
        if shutil.which("mvn") is None:
            raise EmbeddedServerError(
                "Kafka's jars are not in the cache and Maven is missing: install it (package "
                "maven), or set KAFKA_BOOTSTRAP_SERVERS to a Kafka that runs."
            )
        command = [*_MAVEN.split(), f"-DoutputDirectory={folder}", "-f", str(POM)]
        environment = {**os.environ, "JAVA_HOME": str(self.java.home)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            said = next((line for line in done.stdout.splitlines() if "ERROR" in line), "")
            raise EmbeddedServerError(
                f"Maven could not fetch Kafka's jars, check the network and try again: {said[:200]}"
            )

    def _format(self, folder: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            properties = Path(scratch) / "format.properties"
            properties.write_text(
                "process.roles=broker,controller\nnode.id=1\n"
                "controller.quorum.voters=1@127.0.0.1:19093\ncontroller.listener.names=CONTROLLER\n"
                f"listeners=PLAINTEXT://:19092,CONTROLLER://:19093\nlog.dirs={folder}\n"
            )
            command = [*self.command(), "kafka.tools.StorageTool", "format", "-c", str(properties)]
            done = subprocess.run(
                [*command, "-t", _CLUSTER_ID], capture_output=True, text=True, cwd=scratch
            )
        if done.returncode:
            raise EmbeddedServerError(
                f"Kafka could not format a folder in the cache, run `make clean` and try again: "
                f"{done.stderr.strip()[-200:]}"
            )


def kafka_files() -> KafkaFiles:
    """The files of the pinned Kafka; raises EmbeddedServerError when there is no Java."""
    return KafkaFiles(find_java(), f"kafka-{fingerprint(POM.read_bytes())}")


_CLUSTER_ID = "bGVhc2V3YXRjaC1kZW1vLQ"  # any 16 bytes; one node, never joined with another

_JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",  # else a file in /tmp that SIGKILL leaves behind
    "-XX:+ExitOnOutOfMemoryError",
    "-Xms128m",
    "-Xmx512m",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
