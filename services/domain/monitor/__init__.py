"""The monitor's core: readings of one partition in, signals out."""

from services.domain.monitor.core import MonitorCore, StepOutcome

__all__ = ["MonitorCore", "StepOutcome"]
