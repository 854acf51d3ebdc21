"""Compiles the monitor's kernel ahead of its first start: `python -m services.monitor.compile`.

The machine code is found by every later start of the same sources (services.folders).
"""

from services.domain.monitor.core import MonitorCore
from services.logs import log_to_stderr
from services.machine_code import warn_if_not_kept


def compile_ahead() -> None:
    """One reading and one tick, a restore, once more: that calls every entry as a monitor does."""
    warn_if_not_kept()
    core = MonitorCore(0)
    core.step(range(2), [_READING, _TICK])
    MonitorCore.restore(0, core.snapshot()).step(range(2, 4), [_READING, _TICK])


_READING = (
    b'{"version":1,"asset":"a","asset_class":"ship","source":"s","time":"2026-01-01T00:00:00Z",'
    b'"ingest_time":"2026-01-01T00:00:00Z","seq":0,"lat":0.0,"lon":0.0,"channels":{"sog_kn":1.0}}'
)
_TICK = b'{"version":1,"kind":"tick","source":"s","ingest_time":"2026-01-01T00:02:00Z"}'


if __name__ == "__main__":
    log_to_stderr()
    compile_ahead()
