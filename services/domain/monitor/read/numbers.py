"""Numbers and times as JSON writes them, read by compiled code to the last bit or not at all.

Each reader takes the text and the place where the value begins, and gives the value and the place
after it: UNSURE where it is anything but the plain form, which is then left to msgspec.  No reader
goes beyond a NUL, so a text that ends with one needs no end.
"""

import numpy as np

from services.domain.compiled import compiled
from services.domain.form import Array

UNSURE = -1

_ZERO, _NINE, _MINUS, _PLUS, _DOT = 48, 57, 45, 43, 46
_LOWER_E, _UPPER_E, _ZULU, _QUOTE = 101, 69, 90, 34
_FULL = 10**17  # with one more digit it still fits into an int64
_EXACT = 1 << 53
_POWERS = np.array([float(f"1e{n}") for n in range(23)])  # each of them exact
_SPLIT = 134_217_729.0  # 2**27 + 1
_TIME = np.frombuffer(b'"0000-00-00T00:00:00', "u1")
_DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])


@compiled
def is_digit(byte: int) -> bool:
    """Whether it is one of 0 to 9."""
    return _ZERO <= byte <= _NINE


@compiled
def read_whole(text: Array, at: int) -> tuple[int, int]:
    """A whole number from 0 on."""
    start = at
    value, at = _digits(text, at, 0)
    if at < 0 or at == start or (text[start] == _ZERO and at - start > 1):
        return 0, UNSURE
    if text[at] == _DOT or text[at] == _LOWER_E or text[at] == _UPPER_E:
        return 0, UNSURE
    return value, at


@compiled
def read_number(text: Array, at: int) -> tuple[float, int]:
    """A float, the same that Python's float() makes of the same digits."""
    negative = text[at] == _MINUS
    at += negative
    start = at
    value, at = _digits(text, at, 0)
    if at < 0 or at == start or (text[start] == _ZERO and at - start > 1):
        return np.nan, UNSURE
    power = 0
    if text[at] == _DOT:
        point = at + 1
        value, at = _digits(text, point, value)
        if at < 0 or at == point:
            return np.nan, UNSURE
        power = point - at
    elif value == 0 and negative:
        return np.nan, UNSURE  # -0 is a whole number: some make 0 of it and some -0.0
    if text[at] == _LOWER_E or text[at] == _UPPER_E:
        exponent, at = _exponent(text, at + 1)
        power += exponent
    number = _scaled(value, power)
    if at < 0 or number != number:
        return np.nan, UNSURE
    return (-number if negative else number), at


@compiled
def _digits(text: Array, at: int, value: int) -> tuple[int, int]:
    """`value` with the digits that follow behind its own, while they fit into an int64."""
    while is_digit(text[at]):
        if value >= _FULL:
            return 0, UNSURE
        value = value * 10 + (int(text[at]) - _ZERO)
        at += 1
    return value, at


@compiled
def _exponent(text: Array, at: int) -> tuple[int, int]:
    """What follows an e; more than two digits are left to others."""
    down = text[at] == _MINUS
    at += down or text[at] == _PLUS
    start, exponent = at, 0
    while is_digit(text[at]) and at - start < 3:
        exponent = exponent * 10 + (int(text[at]) - _ZERO)
        at += 1
    if at == start or at - start == 3:
        return 0, UNSURE
    return (-exponent if down else exponent), at


@compiled
def _scaled(value: int, power: int) -> float:
    """value * 10**power rounded once, or NaN where that is not certain."""
    if value == 0:
        return 0.0
    if power < -22 or power > 22:
        return np.nan
    if value <= _EXACT:  # both are exact, so that one operation rounds once
        ten: float = _POWERS[abs(power)]
        return value / ten if power < 0 else value * ten
    return _divided(value, _POWERS[-power]) if power <= 0 else np.nan


@compiled
def _divided(value: int, divisor: float) -> float:
    """A whole number beyond 2**53 by an exact power of ten, in two floats' precision."""
    high = float(value)
    low = float(value - int(high))
    quotient = high / divisor
    # quotient * divisor = product + error exactly (Dekker)
    product = quotient * divisor
    a, b = quotient * _SPLIT, divisor * _SPLIT
    a_high, b_high = a - (a - quotient), b - (b - divisor)
    a_low, b_low = quotient - a_high, divisor - b_high
    error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    rest = (((high - product) - error) + low) / divisor
    number = quotient + rest
    left = abs(rest - (number - quotient))
    # near the middle between two floats the last bit is not certain
    step = number - np.nextafter(number, 0.0)
    return number if left < 0.499999 * step else np.nan


@compiled
def read_time(text: Array, at: int) -> tuple[int, int]:
    """A quoted time like "2026-01-02T03:04:05.678Z", in microseconds since 1970."""
    for place in range(20):
        if not _fits(text[at + place], _TIME[place]):
            return 0, UNSURE
    year = _pair(text, at + 1) * 100 + _pair(text, at + 3)
    month, day = _pair(text, at + 6), _pair(text, at + 9)
    hour, minute, second = _pair(text, at + 12), _pair(text, at + 15), _pair(text, at + 18)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (1901 <= year <= 2198 and 1 <= month <= 12 and hour < 24 and minute < 60):
        return 0, UNSURE
    length = _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (leap and month == 2)
    if not (1 <= day <= length and second < 60):
        return 0, UNSURE
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 - 719_162
    days += _DAYS_BEFORE[month - 1] + (leap and month > 2) + day - 1
    micros, at = _fraction(text, at + 20)
    if at < 0 or text[at] != _ZULU or text[at + 1] != _QUOTE:
        return 0, UNSURE
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros, at + 2


@compiled
def _fits(byte: int, example: int) -> bool:
    return is_digit(byte) if example == _ZERO else byte == example


@compiled
def _pair(text: Array, at: int) -> int:
    return (int(text[at]) - _ZERO) * 10 + (int(text[at + 1]) - _ZERO)


@compiled
def _fraction(text: Array, at: int) -> tuple[int, int]:
    """The microseconds behind a point, of one to six digits; 0 where there is no point."""
    if text[at] != _DOT:
        return 0, at
    at += 1
    micros, unit = 0, 100_000
    while is_digit(text[at]):
        micros += (int(text[at]) - _ZERO) * unit
        unit //= 10
        at += 1
        if unit == 0 and is_digit(text[at]):
            return 0, UNSURE
    return micros, (at if unit < 100_000 else UNSURE)
