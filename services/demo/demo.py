"""`leasewatch demo`: a whole line with a simulated fleet; at its end a report of what is true."""

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.embedded.errors import EmbeddedServerError
from services.line.line import Line, Standing
from services.line.pulse import Pulse
from services.line.supervisor import Program
from services.line.terminal import Stopped, Terminal, shown_line, stoppable

if TYPE_CHECKING:
    from services.verify.report import Report

SOURCE = "simulate"
_PATIENCE_S = 120.0
_SHOW_EVERY_S = 5.0
_FEW_ALERTS = 30


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


def run_demo(options: DemoOptions) -> int:
    """Returns the exit code: 0 when nothing was lost or repeated.

    Raises EmbeddedServerError with one sentence when the line cannot start or go on.
    """
    terminal = Terminal()
    with stoppable(), _data_dir(options.data_dir) as data_dir:
        try:
            with shown_line(data_dir, options.port, terminal) as line:
                return _Demo(line, options, terminal).run()
        except Stopped:
            terminal.say("Stopped.")
            return 0


@dataclass
class _Demo:
    line: Line
    options: DemoOptions
    terminal: Terminal
    _past_shown_s: float = 0.0

    def run(self) -> int:
        """The past, the present, the report; returns the exit code."""
        self._load_past()
        self._live()
        self.terminal.say("The fleet's time is over; waiting until everything is taken up ...")
        drained = self.line.wait_until_drained(_PATIENCE_S)
        if not drained:
            logs = self.line.supervisor.log_dir
            self.terminal.say(f"Not everything was taken up in time: see {logs}.")
        report = self.line.verify()
        self._publish(report)
        return 0 if drained and report.lost == 0 and report.duplicated == 0 else 1

    def _load_past(self) -> None:
        """Before the present begins, so that no alert of today waits behind facts of years ago."""
        self.terminal.say("Loading the fleet's past ...")
        supervisor = self.line.supervisor
        supervisor.start([self.options.past()])
        while not supervisor.finished(SOURCE):
            time.sleep(0.1)
        supervisor.stop(SOURCE)
        if not self.line.wait_until_drained(_PATIENCE_S, self._show_past):
            raise EmbeddedServerError(
                f"The fleet's past was not taken up within {_PATIENCE_S:.0f} s: see "
                f"{supervisor.log_dir}."
            )
        self.line.wait_until_served(_PATIENCE_S)

    def _show_past(self, standing: Standing) -> None:
        now_s, (taken, total) = time.monotonic(), standing.facts
        if self.terminal.is_real or now_s > self._past_shown_s + _SHOW_EVERY_S:
            self.terminal.progress(f"past: {taken:,} of {total:,} facts taken up")
            self._past_shown_s = now_s

    def _live(self) -> None:
        supervisor = self.line.supervisor
        supervisor.start([self.options.source()])
        self.terminal.say(f"The page: [bold]{self.line.page}[/bold]   (stop with Ctrl-C)")
        pulse = Pulse(self.line, self.terminal)
        pulse.start()
        try:
            while self.options.seconds is None or not supervisor.finished(SOURCE):
                supervisor.watch()
                time.sleep(0.2)
        finally:
            pulse.stop()

    def _publish(self, report: "Report") -> None:
        text = json.dumps(report.as_dict(), indent=2)
        if self.options.report is not None:
            self.options.report.write_text(text + "\n")
        print(text)
        if len(report.alert_latencies_ms) < _FEW_ALERTS:
            self.terminal.say(
                f"Only {len(report.alert_latencies_ms)} alerts opened while it ran: their latency "
                "is that of few; more assets or a longer time give more."
            )
        if report.lost or report.duplicated:
            self.terminal.say(
                f"[bold red]lost {report.lost}, duplicated {report.duplicated}[/bold red]"
            )


@contextlib.contextmanager
def _data_dir(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="leasewatch-", ignore_cleanup_errors=True) as name:
        yield Path(name)
