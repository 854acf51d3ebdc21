"""The hour of the day out of a timestamp of any form; all that the detectors want to know of it.

The date may be written in any order, for only the time of day is looked for, as HH:MM with or
without AM and PM.  A number is seconds, milliseconds, microseconds or nanoseconds since 1970 by its
size; a smaller one counts rows or cycles, which have no hour.
"""

import re

UNKNOWN = 0
"""The hour where a timestamp tells none: then all rows share one."""

_TIME_OF_DAY = re.compile(r"(?<!\d)(\d{1,2}):\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm])?")
_FIRST_SECOND = 1e8  # 1973; what is below is no time
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (_FIRST_SECOND, 1.0))


def hour_of_day(timestamp: str) -> int:
    """From 0 to 23, in the timestamp's own zone; UNKNOWN where it tells none."""
    if found := _TIME_OF_DAY.search(timestamp):
        hour = int(found[1])
        if found[2]:
            hour = hour % 12 + (12 if found[2][0] in "pP" else 0)
        return hour if hour < 24 else UNKNOWN
    try:
        number = float(timestamp)
    except ValueError:
        return UNKNOWN
    for least, per_second in _UNITS:
        if least <= number < 1e20:
            return int(number / per_second // 3600 % 24)
    return UNKNOWN
