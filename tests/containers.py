"""Kafka and PostgreSQL in containers, for machines where a Docker engine answers."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from services.embedded.kafka import has_brokers
from services.embedded.ports import HOST, free_ports

_KAFKA_IMAGE = "apache/kafka:4.2.1"
_POSTGRES_IMAGE = "timescale/timescaledb:latest-pg17"
_PATIENCE_S = 90.0


def engine_answers() -> bool:
    """Whether Docker can be used; quick, and silent when it cannot."""
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return False
    import docker

    with suppress(docker.errors.DockerException):
        client = docker.from_env(timeout=2)
        try:
            return bool(client.ping())
        finally:
            client.close()
    return False


@contextmanager
def kafka_container() -> Iterator[str]:
    """Yields the bootstrap servers of a fresh broker."""
    from testcontainers.core.container import DockerContainer

    (port,) = free_ports(1)  # a broker must know the port by which clients reach it
    container = DockerContainer(_KAFKA_IMAGE).with_bind_ports(port, port)
    for name, value in _kafka_settings(port).items():
        container = container.with_env(name, value)
    with container:
        _wait_for_broker(f"{HOST}:{port}")
        yield f"{HOST}:{port}"


@contextmanager
def postgres_container() -> Iterator[str]:
    """Yields the address of a fresh TimescaleDB."""
    from testcontainers.postgres import PostgresContainer

    with PostgresContainer(_POSTGRES_IMAGE, driver=None) as container:
        yield container.get_connection_url()


def _kafka_settings(port: int) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:19093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{HOST}:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:19093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }


def _wait_for_broker(bootstrap_servers: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not asyncio.run(has_brokers(bootstrap_servers)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"The container of {_KAFKA_IMAGE} does not answer: see its log.")
        time.sleep(0.2)
