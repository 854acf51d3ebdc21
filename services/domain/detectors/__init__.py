"""The statistical detectors, one file each.

`baseline` looks at every closed window of a channel that follows others and is compiled into the
kernel; those of MINUTE_DETECTORS are models of river that look at the closed minutes of channels
that they name. None is named: tests for changes take their rows to be independent of each other,
which minutes of an engine are not.
"""

from dataclasses import replace

from services.domain.detectors.drift import PAGE_HINKLEY, MinuteDetector

MINUTE_DETECTORS: tuple[MinuteDetector, ...] = (replace(PAGE_HINKLEY, channels=()),)

__all__ = ["MINUTE_DETECTORS", "MinuteDetector"]
