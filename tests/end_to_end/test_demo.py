"""`leasewatch demo` as its user runs it: it mends itself, and its report is true."""

import json
import re
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from services.embedded.ports import free_ports
from tests.end_to_end.processes import Running, running
from tests.running import PATIENCE_S, get

pytestmark = pytest.mark.servers

SECONDS, SPEED, ASSETS = 30, 5, 40


def test_a_demo_whose_servers_are_killed_mends_itself_and_loses_nothing(tmp_path: Path) -> None:
    report_file = tmp_path / "report.json"
    with running(
        "demo", f"--seconds={SECONDS}", f"--assets={ASSETS}", f"--speed={SPEED}",
        f"--report={report_file}", f"--port={free_ports(1)[0]}", stderr=tmp_path / "said",
    ) as demo:  # fmt: skip
        wait_for_fleet(demo)
        demo.server("postgres").suspend()
        demo.wait_for_sentence("PostgreSQL does not answer")
        demo.server("postgres").kill()
        demo.wait_for_sentence("PostgreSQL ended, started again on the same data after ")
        backend = demo.wait_for(lambda: a_backend_of(demo.server("postgres")), "a backend")
        backend.kill()  # PostgreSQL ends all others then, and repairs its data
        demo.server("java").kill()
        demo.wait_for_sentence("Kafka ended, started again on the same data after ")
        assert demo.process.wait(PATIENCE_S) == 0, demo.said
    assert re.search(r"past: [\d,]+ of [\d,]+ facts taken up", demo.said)
    report = json.loads(report_file.read_text())
    assert (report["lost"], report["duplicated"]) == (0, 0)
    assert report["stored"] == report["produced"] > 1_000
    assert report["alerts_opened"] > 0
    latency = report["latency_ms"]
    assert latency["signals"]["count"] == report["signals"] > 0
    assert 0 < latency["signals"]["p50"] <= latency["signals"]["p99"]
    # The present lasts its own time however long the past took: it is not caught up in a burst.
    assert report["produced"] / report["readings_per_s"] > 0.8 * SECONDS


def test_nothing_stays_behind_when_a_demo_is_stopped(tmp_path: Path) -> None:
    with running(
        "demo", "--assets=8", f"--port={free_ports(1)[0]}", stderr=tmp_path / "said"
    ) as demo:
        demo.page()  # is said when the source of readings was started, the last of all
        assert demo.end(signal.SIGINT) == 0
    assert demo.said.endswith("Stopped.\n")


def wait_for_fleet(demo: Running) -> None:
    """Until the page's own query shows assets with positions."""
    address = demo.page()

    def placed() -> bool:
        try:
            fleet = get(f"{address}api/fleet").json()["assets"]
        except (httpx.HTTPError, KeyError):
            return False
        return any(asset.get("lat") is not None for asset in fleet)

    demo.wait_for(placed, "an asset on the page's query")


def a_backend_of(server: psutil.Process) -> psutil.Process | None:
    """The process that serves one of the services' connections."""
    names = [(child, " ".join(child.cmdline())) for child in server.children()]
    return next((child for child, name in names if ": leasewatch leasewatch " in name), None)
