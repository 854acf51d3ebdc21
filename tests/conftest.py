"""The servers of the tests: those that the environment names, else containers, else embedded."""

import gc
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
from xdist.scheduler import LoadFileScheduling

from services.embedded.servers import EmbeddedKafka, EmbeddedPostgres
from tests.browser import running_chromium
from tests.command import Command
from tests.containers import engine_answers, kafka_container, postgres_container

gc.set_threshold(20_000, 20, 20)  # seldom: imports and collected tests are no garbage

# `make test` looks closely, `make check` takes a look: it loads the profile `quick` instead.
_CLOSE = settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("close", _CLOSE)
settings.register_profile("quick", _CLOSE, max_examples=15)
settings.load_profile("close")

_LONG_FIRST = ("slow", "browser", "servers")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with whole lines and worlds begin first, so that no worker ends long after the rest."""
    ranks: dict[Path, int] = {}
    for item in items:
        marks = [place for place, name in enumerate(_LONG_FIRST) if item.get_closest_marker(name)]
        ranks[item.path] = min([ranks.get(item.path, len(_LONG_FIRST)), *marks])
    items.sort(key=lambda item: ranks[item.path])


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of cycles looks through new objects alone."""
    gc.freeze()


class _ByFile(LoadFileScheduling):  # type: ignore[misc]  # comes untyped
    """A worker takes a file at a time, and all of the page's: they share a line and a Kafka."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return str(Path(file).parent) if file.startswith("tests/page/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByFile:
    """Called where the tests are distributed."""
    return _ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _own_announcements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A line that one worker announces is not found by the tests of another, nor by ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("announcements")))
        yield


@pytest.fixture(scope="module", autouse=True)
def _forget_worlds(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a file keeps of its worlds for its tests goes with it: it fills gigabytes."""
    yield
    for value in vars(request.module).values():
        if getattr(value, "__module__", "") == request.module.__name__:
            getattr(value, "cache_clear", lambda: None)()


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


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The console script, in this process."""
    return Command(monkeypatch, capsys)


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
