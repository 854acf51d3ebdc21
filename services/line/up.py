"""`leasewatch up`: a line for a fleet of one's own, on servers whose data outlast it."""

import time
from pathlib import Path

from services.line.pulse import Pulse
from services.line.terminal import Stopped, Terminal, shown_line, stoppable

_PATIENCE_S = 120.0
_SAY_EVERY_S = 60.0


def run_up(data_dir: Path, port: int | None) -> int:
    """Until it is asked to stop; everything is kept in `data_dir`.  Returns the exit code.

    Raises EmbeddedServerError with one sentence when the line cannot start or go on.
    """
    terminal = Terminal()
    with stoppable():
        try:
            with shown_line(data_dir, port, terminal) as line:
                line.wait_until_served(_PATIENCE_S)
                terminal.say(f"The page: [bold]{line.page}[/bold]   (stop with Ctrl-C)")
                terminal.say(f"Data: {line.data_dir}   logs: {line.supervisor.log_dir}")
                pulse = Pulse(line, terminal, _SAY_EVERY_S)
                pulse.start()
                try:
                    while True:
                        line.supervisor.watch()
                        time.sleep(0.2)
                finally:
                    pulse.stop()
        except Stopped:
            terminal.say("Stopped.")
    return 0
