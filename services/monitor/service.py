"""The monitor's process: the partitions of `telemetry` that the consumer group gives it."""

import asyncio

from services.machine_code import warn_if_not_kept
from services.monitor.logic import MonitorLogic, monitor_line
from services.partition.driver import run_group
from services.partition.instance import instance_id
from services.settings import Settings


def run(settings: Settings) -> None:
    """Watches telemetry until SIGTERM or SIGINT; exit code 70 when a partition is lost."""
    warn_if_not_kept()
    line = monitor_line(settings)
    with instance_id(line.service) as name:
        asyncio.run(run_group(line, lambda partition: MonitorLogic(line, partition), name))
