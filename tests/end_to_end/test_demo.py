"""`leasewatch demo` as its user runs it: the report is true, and nothing of it stays behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = pytest.mark.servers

DEMO = [sys.executable, "-m", "services.cli", "demo"]


def test_a_demo_of_some_seconds_reports_that_nothing_was_lost(tmp_path: Path) -> None:
    report_file = tmp_path / "report.json"
    command = [*DEMO, "--seconds=20", "--assets=40", "--speed=5", f"--report={report_file}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert ended.returncode == 0, ended.stderr
    report = json.loads(report_file.read_text())
    assert report["lost"] == 0
    assert report["duplicated"] == 0
    assert report["stored"] == report["produced"] > 1_000
    assert report["signals"] > 0
    assert report["alerts_opened"] > 0
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["p99"]
    assert report["readings_per_s"] > 0


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_behind_however_the_demo_is_stopped(stop: signal.Signals) -> None:
    with subprocess.Popen(
        [*DEMO, "--assets=8"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as demo:
        wait_for_fleet(demo)
        family = psutil.Process(demo.pid).children(recursive=True)
        assert {"java", "postgres"} <= {process.name() for process in family}
        os.kill(demo.pid, stop)
        code = demo.wait(240)
    _, alive = psutil.wait_procs(family, timeout=120)
    assert alive == []
    assert code == (0 if stop != signal.SIGKILL else -signal.SIGKILL)


def wait_for_fleet(demo: "subprocess.Popen[str]", patience_s: float = 360) -> None:
    """Until the page's own query shows assets with positions."""
    page = next(line for line in iter_lines(demo) if "http://" in line)
    address = next(word for word in page.split() if word.startswith("http://"))
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            fleet = httpx.get(f"{address}api/fleet").json()["assets"]
        except (httpx.HTTPError, KeyError):
            fleet = []
        if any(asset.get("lat") is not None for asset in fleet):
            return
        time.sleep(0.3)
    raise AssertionError("no asset appeared on the page's query in time")


def iter_lines(demo: "subprocess.Popen[str]") -> list[str]:
    """Lines of the demo's stderr up to the one with the address."""
    lines: list[str] = []
    assert demo.stderr is not None
    for line in demo.stderr:
        lines.append(line)
        if "http://" in line:
            break
    return lines
