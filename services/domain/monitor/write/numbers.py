"""Numbers and times as msgspec writes them into JSON, by compiled code.

Each writer puts the text into `out` at a place and gives the place behind it.
"""

import numpy as np

from services.domain.compiled import called, compiled
from services.domain.form import Array

UNSURE = -1
TIME_WIDTH, NUMBER_WIDTH = 27, 24
"""The most bytes that a time and a number take."""

_LARGE = 1e9  # below it a number of six places has at most 15 digits, which no other float has
_MILLION = 1_000_000
_SPLIT = 134_217_729.0  # 2**27 + 1
_ZERO, _MINUS, _DOT, _E = 48, 45, 46, 101


@called
def put_number(out: Array, at: int, value: float) -> int:
    """round(value, 6), shortest; UNSURE of a large one, and of what is no number."""
    size = abs(value)
    if not size < _LARGE:
        return UNSURE
    millionths = _millionths(size)
    out[at] = _MINUS
    at += np.signbit(value)  # of -0.0 as well
    if 0 < millionths < 10:
        out[at], out[at + 1], out[at + 2], out[at + 3] = _ZERO + millionths, _E, _MINUS, _ZERO + 6
        return at + 4
    at = put_whole(out, at, millionths // _MILLION)
    out[at] = _DOT
    stop = _put_digits(out, at + 1, millionths % _MILLION, 6)
    while out[stop - 1] == _ZERO and stop > at + 2:
        stop -= 1
    return stop


@compiled
def _millionths(size: float) -> int:
    """How many, the half ones to the even side: of the float's exact value, as round() does."""
    product = size * 1e6
    # size * 1e6 = product + error exactly (Dekker)
    a, b = size * _SPLIT, 1e6 * _SPLIT
    a_high, b_high = a - (a - size), b - (b - 1e6)
    a_low, b_low = size - a_high, 1e6 - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    whole = int(product)
    left = product - whole
    odd = whole % 2 == 1
    up = left > 0.5 or (left == 0.5 and (error > 0 or (error == 0 and odd)))
    return whole + (1 if up else 0)


@called
def put_whole(out: Array, at: int, value: int) -> int:
    """A whole number from 0 on."""
    digits, bound = 1, 10
    while digits < 18 and value >= bound:
        digits, bound = digits + 1, bound * 10
    if value >= bound:
        digits = 19
    return _put_digits(out, at, value, digits)


@compiled
def _put_digits(out: Array, at: int, value: int, digits: int) -> int:
    """So many digits, zeros first."""
    for place in range(digits - 1, -1, -1):
        out[at + place] = _ZERO + value % 10
        value //= 10
    return at + digits


@called
def put_time(out: Array, at: int, time_us: int) -> int:
    """Microseconds since 1970 as 2026-01-02T03:04:05Z, with six places where there are any."""
    seconds, micros = time_us // _MILLION, time_us % _MILLION
    year, month, day = _date(seconds // 86_400)
    second = seconds % 86_400
    at = _put_digits(out, at, year, 4)
    at = _put_part(out, at, 45, month)
    at = _put_part(out, at, 45, day)
    at = _put_part(out, at, 84, second // 3_600)
    at = _put_part(out, at, 58, second // 60 % 60)
    at = _put_part(out, at, 58, second % 60)
    if micros > 0:
        out[at] = _DOT
        at = _put_digits(out, at + 1, micros, 6)
    out[at] = 90
    return at + 1


@compiled
def _put_part(out: Array, at: int, sign: int, value: int) -> int:
    out[at] = sign
    return _put_digits(out, at + 1, value, 2)


@compiled
def _date(days: int) -> tuple[int, int, int]:
    """Year, month and day, so many days after 1970-01-01; counted from March, so that the leap
    day is the last of a year (Howard Hinnant, chrono-compatible date algorithms).
    """
    days += 719_468
    era, of_era = days // 146_097, days % 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    turn = (5 * of_year + 2) // 153
    day = of_year - (153 * turn + 2) // 5 + 1
    month = turn + 3 if turn < 10 else turn - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, day
