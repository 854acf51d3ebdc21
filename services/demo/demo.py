"""`leasewatch demo`: run the line with a simulated fleet, show its pulse, report what is true."""

import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rich.console import Console

from services.announcement import announcing
from services.demo.line import Line, run_line
from services.demo.pulse import Pulse
from services.demo.supervisor import Program
from services.verify.report import Report

SOURCE = "simulate"
_DRAIN_PATIENCE_S = 120.0


@dataclass(frozen=True)
class DemoOptions:
    """What the command line asks for; `seconds` None runs until it is stopped."""

    assets: int
    seed: int
    speed: float
    seconds: float | None = None
    report: Path | None = None
    data_dir: Path | None = None
    port: int | None = None

    def past(self) -> Program:
        """The program that declares what happened to the fleet until today."""
        arguments = (f"--assets={self.assets}", f"--seed={self.seed}", "--past-only")
        return Program(SOURCE, arguments, finite=True)

    def source(self) -> Program:
        """The program that sends the fleet's readings."""
        arguments = [f"--assets={self.assets}", f"--seed={self.seed}", f"--speed={self.speed}"]
        if self.seconds is not None:
            arguments.append(f"--seconds={self.seconds}")
        return Program(SOURCE, tuple(arguments), finite=self.seconds is not None)


class Stopped(Exception):
    """Somebody asked the demo to end."""


def run_demo(options: DemoOptions) -> int:
    """Returns the exit code: 0 when nothing was lost or repeated."""
    console = Console(stderr=True, highlight=False)
    with _stoppable(), _data_dir(options.data_dir) as data_dir:
        try:
            console.print("Starting Kafka, PostgreSQL and the services ...")
            with (
                run_line(data_dir, port=options.port) as line,
                announcing(line.supervisor.environment),
            ):
                return _watch(line, options, console)
        except Stopped:
            console.print("\nStopped.")
            return 0


def _watch(line: Line, options: DemoOptions, console: Console) -> int:
    console.print("Loading the fleet's past ...")
    _load_past(line, options)
    line.supervisor.start([options.source()])
    console.print(f"The page: [bold]{line.page}[/bold]   (stop with Ctrl-C)")
    pulse = Pulse(line, console)
    pulse.start()
    try:
        while options.seconds is None or not line.supervisor.finished(SOURCE):
            line.supervisor.watch()
            time.sleep(0.2)
    finally:
        pulse.stop()
    console.print("\nThe fleet's time is over; waiting until everything is taken up ...")
    drained = line.wait_until_drained(_DRAIN_PATIENCE_S)
    if not drained:
        console.print(f"Not everything was taken up in time: see {line.supervisor.log_dir}.")
    report = line.verify()
    _publish(report, options, console)
    return 0 if drained and report.lost == 0 and report.duplicated == 0 else 1


def _load_past(line: Line, options: DemoOptions) -> None:
    """Before the present begins, so that no alert of today waits behind facts of years ago."""
    line.supervisor.start([options.past()])
    while not line.supervisor.finished(SOURCE):
        time.sleep(0.1)
    line.supervisor.stop(SOURCE)
    line.wait_until_drained(_DRAIN_PATIENCE_S)
    line.wait_until_served(_DRAIN_PATIENCE_S)


def _publish(report: Report, options: DemoOptions, console: Console) -> None:
    text = json.dumps(report.as_dict(), indent=2)
    if options.report is not None:
        options.report.write_text(text + "\n")
    print(text)
    if report.lost or report.duplicated:
        console.print(f"[bold red]lost {report.lost}, duplicated {report.duplicated}[/bold red]")


@contextlib.contextmanager
def _data_dir(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="leasewatch-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM, SIGHUP and Ctrl-C raise Stopped once; a second one does not disturb the stopping."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in _STOP_SIGNALS:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

if sys.platform != "linux":
    raise ImportError("the demo keeps its processes by Linux means; use docker-compose.yml here.")
