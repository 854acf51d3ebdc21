"""Compiles the monitor's kernel ahead of its first start: `python -m services.monitor.compile`.

The machine code is found by every later start of the same sources (services.folders).
"""

import logging

from services.domain.monitor import compiled
from services.domain.monitor.core import MonitorCore
from services.logs import log_to_stderr

logger = logging.getLogger(__name__)


def compile_ahead() -> None:
    """One reading and one tick, a restore, once more: that calls every entry as a monitor does."""
    warn_if_not_kept()
    core = MonitorCore(0)
    core.step(range(2), [_READING, _TICK])
    MonitorCore.restore(0, core.snapshot()).step(range(2, 4), [_READING, _TICK])


def warn_if_not_kept() -> None:
    """Says that each start compiles for itself, where nothing can be written."""
    if not (compiled.KEPT or compiled.PLAIN):
        logger.warning(
            "compiled code cannot be kept, so every start takes half a minute longer: "
            "make the folder .cache/leasewatch writable, or name another in LEASEWATCH_CACHE"
        )


_READING = (
    b'{"version":1,"asset":"a","asset_class":"ship","source":"s","time":"2026-01-01T00:00:00Z",'
    b'"ingest_time":"2026-01-01T00:00:00Z","seq":0,"lat":0.0,"lon":0.0,"channels":{"sog_kn":1.0}}'
)
_TICK = b'{"version":1,"kind":"tick","source":"s","ingest_time":"2026-01-01T00:02:00Z"}'


if __name__ == "__main__":
    log_to_stderr()
    compile_ahead()
