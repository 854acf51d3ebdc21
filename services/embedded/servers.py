"""The embedded servers of one folder, or those that the environment names."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import EmbeddedServerError
from services.embedded.kafka import EmbeddedKafka
from services.embedded.postgres import EmbeddedPostgres
from services.embedded.process import Server

__all__ = ["EmbeddedKafka", "EmbeddedPostgres", "EmbeddedServerError", "Endpoints", "servers"]


@dataclass(frozen=True)
class Endpoints:
    """Where the servers are; `started` are those of them that we started."""

    bootstrap_servers: str
    dsn: str
    started: tuple[Server, ...] = ()


@contextmanager
def servers(data_dir: Path) -> Iterator[Endpoints]:
    """Both servers on `data_dir`, but for those that the environment names.

    KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL, when set, are used as they are.
    """
    bootstrap_servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    dsn = os.environ.get("DATABASE_URL")
    started: list[Server] = []
    with ExitStack() as running:
        if not dsn:
            postgres = running.enter_context(EmbeddedPostgres(data_dir / "postgres"))
            dsn = postgres.dsn
            started.append(postgres)
        if not bootstrap_servers:
            kafka = running.enter_context(EmbeddedKafka(data_dir / "kafka"))
            bootstrap_servers = kafka.bootstrap_servers
            started.append(kafka)
        yield Endpoints(bootstrap_servers, dsn, tuple(started))
