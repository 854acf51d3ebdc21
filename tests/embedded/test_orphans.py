"""However the program that started the servers ends, they end with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.running import PATIENCE_S

pytestmark = pytest.mark.servers

# A shell's background jobs ignore SIGINT and hand that on; a program in a terminal does not.
_PROGRAM = """
import signal
import sys
from pathlib import Path
from services.embedded.servers import EmbeddedKafka, EmbeddedPostgres

signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
with EmbeddedPostgres(folder / "postgres") as pg, EmbeddedKafka(folder / "kafka") as kafka:
    print(pg.pid, kafka.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left(program: "subprocess.Popen[str]", number: signal.Signals) -> None:
    assert program.stdout is not None
    family = _with_children([int(pid) for pid in program.stdout.readline().split()])
    assert len(family) > 4  # PostgreSQL has helpers

    os.killpg(program.pid, number)  # as a terminal does: the whole group gets it
    program.wait(PATIENCE_S)

    _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
    assert [process.name() for process in alive if _runs(process)] == []


def _with_children(pids: list[int]) -> list[psutil.Process]:
    servers = [psutil.Process(pid) for pid in pids]
    return servers + [child for server in servers for child in server.children(recursive=True)]


def _runs(process: psutil.Process) -> bool:
    """A zombie has ended; that nobody has collected it yet is its new parent's business."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
