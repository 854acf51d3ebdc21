"""Readings as JSON text, by compiled code: the bytes of `schemas.Reading`, one reading a line.

    WHO TIME","ingest_time":"TIME","seq":SEQ,"lat":LAT,"lon":LON,
    "channels":{NAME:NUMBER,NAME:NUMBER},"labels":LABELS}

What is nan is left out.  Each writer puts its text into `out` at a place and gives the place behind
it.  Numbers with six decimals at most, as instruments show, are written here; the few others, as
angles are that went once round, come as texts.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from simulators.compiled import entry, inner
from simulators.noise import Bools, Floats, Ints

Bytes = npt.NDArray[np.uint8]

_LARGEST = 1e9  # below it six decimals make 15 digits, which no other number has
_NUMBER_WIDTH, _TIME_WIDTH = 25, 20  # the most bytes that a number, whole or not, and a time take
_MILLION, _DAY_S = 1_000_000, 86_400
_ZERO, _COMMA = 48, 44


class Words(NamedTuple):
    """Texts one after the other: the i-th is `text[starts[i] : starts[i + 1]]`."""

    text: Bytes
    starts: Ints


class Lines(NamedTuple):
    """What is written, one reading a place: words by their numbers, times in seconds since 1970.

    Places have six decimals.  The first `counts` of a row's `values` are told, after their `names`.
    """

    who: Words
    names: Words
    labels: Words
    row: Ints
    time: Ints
    ingest_time: Ints
    seq: Ints
    lat: Floats
    lon: Floats
    values: Floats
    counts: Ints
    label: Ints


def words_of(texts: Sequence[bytes]) -> Words:
    """Texts made ready for the writers."""
    starts = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return Words(np.frombuffer(b"".join(texts), dtype=np.uint8), starts)


_INGEST_TIME, _SEQ, _LAT, _LON, _CHANNELS, _LABELS, _END = range(7)
_FORM = words_of([
    b'","ingest_time":"', b'","seq":', b',"lat":', b',"lon":', b',"channels":{', b'},"labels":',
    b"}\n",
])  # fmt: skip


def lines_of(lines: Lines) -> bytes:
    """All readings, each on a line."""
    out = np.empty(len(lines.row) * _width(lines), dtype=np.uint8)
    long = _long(lines.values, lines.counts)
    texts = words_of([msgspec.json.encode(value) for value in lines.values[long].tolist()])
    return out[: _write(out, _FORM, lines, long, texts)].tobytes()


@entry
def _long(values: Floats, counts: Ints) -> Bools:
    """Which of the numbers told are not told by six decimals."""
    long = np.zeros(values.shape, dtype=np.bool_)
    for i in range(len(values)):
        for column in range(counts[i]):
            value = abs(values[i, column])
            short = value < _LARGEST and np.rint(value * 1e6) / 1e6 == value
            long[i, column] = not (short or np.isnan(value))
    return long


def _width(lines: Lines) -> int:
    """The most bytes that a line takes."""
    longest = [int(np.diff(words.starts).max(initial=0)) for words in (lines.who, lines.labels)]
    numbers = 3 + lines.values.shape[1]
    fixed = len(_FORM.text) + len(lines.names.text) + 2 * _TIME_WIDTH + numbers * _NUMBER_WIDTH
    return int(fixed + sum(longest))


@entry
def _write(out: Bytes, form: Words, lines: Lines, long: Bools, texts: Words) -> int:
    at = written = 0
    for i in range(len(lines.row)):
        at = _put_word(out, at, lines.who, lines.row[i])
        at = _put_time(out, at, lines.time[i])
        at = _put_word(out, at, form, _INGEST_TIME)
        at = _put_time(out, at, lines.ingest_time[i])
        at = _put_word(out, at, form, _SEQ)
        at = _put_whole(out, at, lines.seq[i])
        if not np.isnan(lines.lat[i]):
            at = _put_word(out, at, form, _LAT)
            at = _put_number(out, at, lines.lat[i])
        if not np.isnan(lines.lon[i]):
            at = _put_word(out, at, form, _LON)
            at = _put_number(out, at, lines.lon[i])
        at = _put_word(out, at, form, _CHANNELS)
        begin = at
        for column in range(lines.counts[i]):
            value = lines.values[i, column]
            if np.isnan(value):
                continue
            at = _put_word(out, at, lines.names, column)
            if long[i, column]:
                at = _put_word(out, at, texts, written)
                written += 1
            else:
                at = _put_number(out, at, value)
            out[at] = _COMMA
            at += 1
        at = _put_word(out, at - (at > begin), form, _LABELS)  # over the last comma
        at = _put_word(out, at, lines.labels, lines.label[i])
        at = _put_word(out, at, form, _END)
    return int(at)


@inner
def _put_word(out: Bytes, at: int, words: Words, number: int) -> int:
    first, stop = words.starts[number], words.starts[number + 1]
    goal, text = out[at:], words.text[first:stop]
    for place in range(len(text)):
        goal[place] = text[place]
    return int(at + stop - first)


@inner
def _put_number(out: Bytes, at: int, value: float) -> int:
    """The number with its decimals, at most six, as few as tell it; at least one."""
    millionths = int(np.rint(abs(value) * 1e6))
    out[at] = 45
    at += int(np.signbit(value))  # of -0.0 as well
    if 0 < millionths < 10:
        out[at], out[at + 1], out[at + 2], out[at + 3] = _ZERO + millionths, 101, 45, _ZERO + 6
        return at + 4
    at = _put_whole(out, at, millionths // _MILLION)
    out[at] = 46
    at, rest, unit = at + 1, millionths % _MILLION, _MILLION // 10
    while True:
        out[at] = _ZERO + rest // unit
        at, rest, unit = at + 1, rest % unit, unit // 10
        if rest == 0:
            return at


@inner
def _put_whole(out: Bytes, at: int, value: int) -> int:
    """A whole number from 0 on."""
    digits, bound = 1, 10
    while digits < 19 and value >= bound:
        digits, bound = digits + 1, bound * 10
    return _put_digits(out, at, value, digits)


@inner
def _put_digits(out: Bytes, at: int, value: int, digits: int) -> int:
    """So many digits, zeros first."""
    for place in range(digits - 1, -1, -1):
        out[at + place] = _ZERO + value % 10
        value //= 10
    return at + digits


@inner
def _put_time(out: Bytes, at: int, second: int) -> int:
    """A second since 1970 as 2026-01-02T03:04:05Z."""
    year, month, day = _date(second // _DAY_S)
    of_day = second % _DAY_S
    at = _put_digits(out, at, year, 4)
    at = _put_part(out, at, 45, month)
    at = _put_part(out, at, 45, day)
    at = _put_part(out, at, 84, of_day // 3_600)
    at = _put_part(out, at, 58, of_day // 60 % 60)
    at = _put_part(out, at, 58, of_day % 60)
    out[at] = 90
    return at + 1


@inner
def _put_part(out: Bytes, at: int, sign: int, value: int) -> int:
    out[at] = sign
    return _put_digits(out, at + 1, value, 2)


@inner
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
