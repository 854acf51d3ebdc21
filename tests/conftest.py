"""The servers of the tests: those that the environment names, else containers, else embedded."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services.embedded import EmbeddedKafka, EmbeddedPostgres
from tests.browser import running_chromium
from tests.containers import engine_answers, kafka_container, postgres_container

# `make test` looks closely, `make check` takes a look: it loads the profile `quick` instead.
_CLOSE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("close", _CLOSE)
settings.register_profile("quick", _CLOSE, max_examples=15)
settings.load_profile("close")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Bootstrap servers of a real Kafka; topics are shared by the session, so name your own."""
    with _kafka(tmp_path_factory.mktemp("kafka")) as bootstrap_servers:
        yield bootstrap_servers


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL, shared by the session; tests take `database`."""
    with _postgres(tmp_path_factory.mktemp("postgres")) as dsn:
        yield dsn


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """Address of a new and empty database of one test's own."""
    name = f"test_{uuid.uuid4().hex}"
    _run(postgres, "CREATE DATABASE {}", name)
    yield make_conninfo(postgres, dbname=name)
    _run(postgres, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium with WebGL 2, for synchronous tests.

    Playwright keeps an event loop running, so the browser ends with the module.
    """
    with running_chromium() as browser:
        yield browser


@contextmanager
def _kafka(folder: Path) -> Iterator[str]:
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield given
    elif engine_answers():
        with kafka_container() as bootstrap_servers:
            yield bootstrap_servers
    else:
        with EmbeddedKafka(folder) as server:
            yield server.bootstrap_servers


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    if given := os.environ.get("DATABASE_URL"):
        yield given
    elif engine_answers():
        with postgres_container() as dsn:
            yield dsn
    else:
        with EmbeddedPostgres(folder) as server:
            yield server.dsn


def _run(dsn: str, statement: str, name: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
