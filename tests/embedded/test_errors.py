"""What can go wrong at a start ends in one sentence that says what to do."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import services.embedded.java as java
from services.embedded.errors import explain
from services.embedded.ports import free_ports
from services.embedded.process import Server
from services.embedded.servers import EmbeddedKafka, EmbeddedPostgres, EmbeddedServerError, servers

Make = Callable[..., Server]
_BOTH = pytest.mark.parametrize("make", [EmbeddedKafka, EmbeddedPostgres])


def _error(server: Server) -> str:
    with pytest.raises(EmbeddedServerError) as caught:
        server.start()
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message
    return message


@_BOTH
def test_a_taken_port(make: Make, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_ports(1)[0])) as other:
        port = other.getsockname()[1]

        assert f"port {port} of 127.0.0.1 is taken: stop" in _error(make(tmp_path, port=port))


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@_BOTH
def test_a_full_disk(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(9 << 30, 9 << 30, 3 << 20))

    assert "only 3 MB are free" in _error(make(tmp_path))


def test_no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "find_spec", lambda _name: None)

    assert "install it (package openjdk-17-jre-headless)" in _error(EmbeddedKafka(tmp_path))


def test_a_java_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(java, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(EmbeddedServerError, match="needs Java 17 or newer"):
        java.find_java()


def test_no_maven_and_no_jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEASEWATCH_CACHE", str(tmp_path / "cache"))
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "mvn" else which(name))

    assert "Maven is missing: install it" in _error(EmbeddedKafka(tmp_path / "kafka"))


@pytest.mark.servers
@_BOTH
def test_a_folder_in_use_and_a_damaged_one(make: Make, tmp_path: Path) -> None:
    with make(tmp_path):
        assert "is used by another server" in _error(make(tmp_path))
    for file in [*tmp_path.glob("data/global/pg_control"), *tmp_path.glob("data/meta.properties")]:
        file.write_bytes(b"\xff" * 16)

    assert f"may be damaged: delete {tmp_path}" in _error(make(tmp_path))


def test_a_disk_that_fills_up_during_the_start_is_recognised() -> None:
    error = explain(
        "Kafka",
        folder=Path("/data"),
        port=1,
        log=Path("/data/kafka.log"),
        written="WARN something\njava.io.IOException: No space left on device\n\tat ...\n",
    )

    assert str(error) == (
        "Kafka could not start, the disk that holds /data is full: free some space."
    )


def test_servers_that_the_environment_names_are_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.example:9092")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/leasewatch")

    with servers(tmp_path) as endpoints:
        assert endpoints.bootstrap_servers == "kafka.example:9092"
        assert endpoints.dsn == "postgresql://db.example/leasewatch"
    assert list(tmp_path.iterdir()) == []
