"""The statistical detectors, one file each.

`baseline` looks at every closed window of a channel that follows others and is compiled into the
kernel; those of MINUTE_DETECTORS are models of river that look at the closed minutes of channels
that they name. None is named: tests for changes take their rows to be independent of each other,
which minutes of an engine are not.

Those of `scores` look at whole rows, whatever their channels mean, of many assets at once, and are
compiled by themselves; the monitor does not ask them yet:

    held        missing values and switches      novelty     values never seen, stillness
    gated       all channels off their past      alarm       which novelty is worth a person's time
    discord     the nearest earlier stretch      departure   how unusual a distance is for the asset
    occupancy   the values ever seen, as bits
"""

from dataclasses import replace

from services.domain.detectors.drift import PAGE_HINKLEY, MinuteDetector

MINUTE_DETECTORS: tuple[MinuteDetector, ...] = (replace(PAGE_HINKLEY, channels=()),)

__all__ = ["MINUTE_DETECTORS", "MinuteDetector"]
