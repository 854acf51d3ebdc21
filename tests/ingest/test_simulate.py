"""`leasewatch simulate --out`: the same bytes, however they are told, and any part of them."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tests.command import Command

pytestmark = pytest.mark.slow

SMALL = ("--scenario", "smoke", "--assets", "16", "--seed", "5")
HOUR = ("--to", "+3600")


def simulate(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: v for name, v in os.environ.items() if name != "KAFKA_BOOTSTRAP_SERVERS"}
    command = [sys.executable, "-m", "services.cli", "simulate", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def whole() -> bytes:
    done = simulate(*SMALL, *HOUR, "--out", "-")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_holds_the_past_and_then_readings_in_order_of_arrival(whole: bytes) -> None:
    messages = [msgspec.json.decode(line) for line in whole.splitlines()]
    kinds = Counter("reading" if "channels" in message else "fact" for message in messages)
    assert kinds["reading"] > 500
    assert kinds["fact"] > 16
    past = [m for m in messages if "kind" in m and m["recorded_at"] <= "2026-02-02T00:00:00Z"]
    assert messages[: len(past)] == past
    arrivals = [m["ingest_time"] for m in messages if "channels" in m]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] < "2026-02-02T01:00:00Z"


@pytest.mark.parametrize("workers", ["3"])
def test_the_number_of_processes_does_not_show(whole: bytes, workers: str, tmp_path: Path) -> None:
    out = tmp_path / "shared.ndjson"
    done = simulate(*SMALL, *HOUR, "--workers", workers, "--out", str(out))
    assert (done.returncode, done.stderr) == (0, b"")
    assert out.read_bytes() == whole


Tell = Callable[..., bytes]


@pytest.fixture
def tell(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """What it writes, in this process: to start one costs more than the hour that it tells."""
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)

    def written(*arguments: str) -> bytes:
        out = tmp_path / "told.ndjson"
        done = command("simulate", *SMALL, *arguments, "--out", str(out))
        assert (done.returncode, done.stderr) == (0, "")
        return out.read_bytes()

    return written


@pytest.mark.parametrize("speed", ["900", "20000"])
def test_the_pace_does_not_show(whole: bytes, speed: str, tell: Tell) -> None:
    assert tell(*HOUR, "--speed", speed) == whole


def test_a_part_is_cut_from_the_whole(whole: bytes, tell: Tell) -> None:
    borders = ["+0", "+1234", "2026-02-02T00:50:00Z", "+3600"]
    parts = [tell("--from", since, "--to", until) for since, until in pairwise(borders)]
    assert all(parts)
    assert b"".join(parts) == whole


def test_the_seed_shows(whole: bytes, tell: Tell) -> None:
    assert tell("--seed", "6", *HOUR) != whole


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--scenario", "nowhere.toml"), "no scenario 'nowhere.toml'"),
        (("--from", "tomorrow"), "'tomorrow' is no world time"),
        (("--to", "2026-02-02T01:00:00"), "is no world time"),
        (("--from", "2026-02-01T23:00:00Z"), "--from lies before the world's start"),
        (("--from", "7200"), "nothing lies between --from and the end"),
        (("--workers", "99"), "99 workers"),
        (("--out", "/nowhere/at/all"), "/nowhere/at/all cannot be written"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    wrong: tuple[str, str], said: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    done = command("simulate", *SMALL, *HOUR, "--out", "-", *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
