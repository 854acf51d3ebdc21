"""The statistical detectors, one file each.

`baseline` looks at every closed window of a channel that follows others and is compiled into the
kernel; those of MINUTE_DETECTORS are models of river that look at every closed minute.
"""

from services.domain.detectors.drift import PAGE_HINKLEY, MinuteDetector

MINUTE_DETECTORS: tuple[MinuteDetector, ...] = (PAGE_HINKLEY,)

__all__ = ["MINUTE_DETECTORS", "MinuteDetector"]
