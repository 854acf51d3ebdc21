"""The statistical detectors, one file each.

`baseline` looks at every closed window of a channel that follows others and is compiled into the
kernel; those of MINUTE_DETECTORS are models of river that look at every closed minute. None is on:
tests for changes take rows to be independent of each other, which minutes of an engine are not.
"""

from services.domain.detectors.drift import MinuteDetector

MINUTE_DETECTORS: tuple[MinuteDetector, ...] = ()

__all__ = ["MINUTE_DETECTORS", "MinuteDetector"]
