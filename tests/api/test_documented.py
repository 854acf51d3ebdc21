"""Whatever is sent to the API, what it answers is what its own document says."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.servers

CASES = Path(__file__).with_name("documented.py")


def test_every_answer_is_as_documented(client: httpx.Client) -> None:
    """In a process of its own: schemathesis works out its cases where tests are collected, which
    every worker does, and calls all of them the same, so that a worker would run one.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "schemathesis.pytest.plugin"]
    ended = subprocess.run(
        [*command, "-p", "no:xdist", "-p", "no:cacheprovider", str(CASES)],
        env={**os.environ, "PYTEST_ADDOPTS": "", "LEASEWATCH_DOCUMENTED_API": str(client.base_url)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    said = (ended.stdout + ended.stderr)[-20_000:]
    assert ended.returncode == 0, said
    operations = client.get("/openapi.json").json()["paths"].values()
    without_the_stream = sum(map(len, operations)) - 1
    assert f"{without_the_stream} passed" in ended.stdout, said
