"""One API on a filled database, shared by the tests of this folder."""

import asyncio
import uuid
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services.database.migrate import migrate
from services.topics import create_topics
from tests.api import aurora
from tests.api.serving import serving


@pytest.fixture(scope="package")
def filled(postgres: str) -> Iterator[str]:
    """A database with one ship, its life and four alerts."""
    name = f"api_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dsn = make_conninfo(postgres, dbname=name)
    migrate(dsn)
    aurora.fill(dsn)
    yield dsn
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="package")
def client(
    kafka: str, filled: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of an API on these servers."""
    asyncio.run(create_topics(kafka))
    with serving(kafka, filled, tmp_path_factory.mktemp("api")) as client:
        yield client
