"""The hour of the day out of a timestamp of any form; all that the detectors want to know of it.

The date may be written in any order, for only the time of day is looked for, as HH:MM with or
without AM and PM; or all in one from the year to the hour or further: 2026020213, 20260202T133000Z.
Another number is seconds, milliseconds, microseconds or nanoseconds since 1970 by its size; one
that gives no year from 1973 to 2199 counts rows or cycles, which have no hour.
"""

import re

UNKNOWN = 0
"""The hour where a timestamp tells none: then all rows share one."""

_TIME_OF_DAY = re.compile(
    r"""
    (?<![\d:+])  # neither the day of a date with colons, the minutes of a duration, nor a zone
    (?:(?<=[A-Za-z/.-])\d{4}: | \d{4}:\d{3}: | \d{4}:\d\d?:\d\d?:)?  # a date up to a colon
    (\d{1,2}):[0-5]\d(?::\d{2}(?:[.,]\d+|:\d{3,})?)?
    (?!:?\d)
    \s*([AaPp]\.?[Mm])?
    """,
    re.VERBOSE,
)
_ALL_IN_ONE = re.compile(
    r"""
    \s*(?:19|20|21)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])
    [T\ _-]?([01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\d{3}|\d{6})?)?)?
    (?:[.,]\d*)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?\s*
    """,
    re.VERBOSE,
)
_UNITS_PER_SECOND = (1.0, 1e3, 1e6, 1e9)
_FIRST_SECOND, _LAST_SECOND = 1e8, 7_258_118_400  # 1973, 2200: no number is both in two units


def hour_of_day(timestamp: str) -> int:
    """From 0 to 23, in the timestamp's own zone; UNKNOWN where it tells none."""
    if found := _ALL_IN_ONE.fullmatch(timestamp):
        return int(found[1])
    if found := _TIME_OF_DAY.search(timestamp):
        hour = int(found[1])
        if found[2]:
            hour = hour % 12 + (12 if found[2][0] in "pP" else 0)
        return hour if hour < 24 else UNKNOWN
    try:
        number = float(timestamp)
    except ValueError:
        return UNKNOWN
    for per_second in _UNITS_PER_SECOND:
        if _FIRST_SECOND <= number / per_second < _LAST_SECOND:
            return int(number / per_second // 3600 % 24)
    return UNKNOWN
