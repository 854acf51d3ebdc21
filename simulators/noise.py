"""Noise that is a pure function of (asset's key, stream, time): no state, no order, no surprise.

A value depends on nothing but its own key and time, so assets are independent, only the assets that
report need computing, and a world skipped ahead hears the same noise.  `white` lies within 2 sqrt 3
of 0 and has variance 1; `smooth`, which is scaled to variance 1 between the points that it joins,
within 2 sqrt 6.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulators.compiled import elementwise, entry, inner

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_11, _27, _30, _31 = (np.uint64(shift) for shift in (11, 27, 30, 31))
_16, _32, _48, _LOW = (np.uint64(number) for number in (16, 32, 48, 0xFFFF))
_TAIL = 0.02  # z (1 + 0.02 z^4): 1.02 at one sd, 2.6 at three
_OF_READINGS, _OF_WANDER = 100, 200  # first noise streams of instruments, one more for each channel


def asset_key(seed: int, class_code: int, row: int) -> int:
    """64 bits that belong to one asset of one world."""
    return int(np.random.SeedSequence([seed, class_code, row]).generate_state(1, np.uint64)[0])


@inner
def _bits(key: np.uint64, stream: int, step: int | np.int64) -> np.uint64:
    """The SplitMix64 of Steele, Lea, Flood (2014): every input bit moves every output."""
    bits = key + np.uint64((stream << 40) + step + 1) * _GOLDEN
    bits = (bits ^ (bits >> _30)) * _MIX_1
    bits = (bits ^ (bits >> _27)) * _MIX_2
    return np.uint64(bits ^ (bits >> _31))


@inner
def _white(key: np.uint64, stream: int, step: int | np.int64) -> float:
    bits = _bits(key, stream, step)
    total = (bits & _LOW) + ((bits >> _16) & _LOW) + ((bits >> _32) & _LOW) + (bits >> _48)
    return float((np.float64(total) / 65536.0 - 2.0) * 3.0**0.5)


@inner
def _smooth(key: np.uint64, stream: int, time: float, period_s: float) -> float:
    place = time / period_s
    step = np.int64(np.floor(place))
    share = place - step
    ease = share * share * (3.0 - 2.0 * share)
    blend = _white(key, stream, step) * (1.0 - ease) + _white(key, stream, step + 1) * ease
    return float(blend / np.sqrt(ease**2 + (1.0 - ease) ** 2))


@inner
def _heavy(z: float, strength: float) -> float:
    square = z * z
    return z * (1.0 + _TAIL * strength * square * square)


@elementwise("f8(u8,i8,i8)")
def uniform(key: np.uint64, stream: int, step: int) -> float:
    """Numbers in [0, 1), one a key."""
    return np.float64(_bits(key, stream, step) >> _11) * 2.0**-53


@elementwise("f8(u8,i8,i8)")
def white(key: np.uint64, stream: int, step: int) -> float:
    """Independent, near-normal numbers: the sum of four 16-bit parts of one hash, scaled."""
    return _white(key, stream, step)


@elementwise("f8(u8,i8,f8,f8)")
def smooth(key: np.uint64, stream: int, time: float, period_s: float) -> float:
    """Slowly varying numbers: white noise at lattice points `period_s` apart, eased in between."""
    return _smooth(key, stream, time, period_s)


@elementwise("f8(f8,f8)")
def heavy(z: float, strength: float) -> float:
    """Near-normal numbers with heavier tails; strength 0 leaves them as they are."""
    return _heavy(z, strength)


class Scales(NamedTuple):
    """How instruments read, a number a channel; `per_unit`: steps that are shown in a unit."""

    white: Floats
    wander: Floats
    period_s: Floats
    low: Floats
    high: Floats
    per_unit: Floats


class Own(NamedTuple):
    """What tells sensors apart: a factor of the noise by row and channel, a shift by hour, too.

    `row` and `hour` hold one a place; `tails` is the strength of the noise's tails.
    """

    row: Ints
    hour: Ints
    gain: Floats
    shift: Floats
    tails: float


@entry
def misread(
    values: Floats, keys: Keys, times: Ints, alive: Floats, scales: Scales, own: Own
) -> None:
    """What is true becomes what instruments show, in place: `values` by place and channel.

    Noise is in proportion to `alive`, a number a place.
    """
    for i in range(len(values)):
        row, hour = own.row[i], own.hour[i]
        for channel in range(values.shape[1]):
            value = values[i, channel] + own.shift[hour, row, channel]
            if scales.white[channel] > 0:
                z = _heavy(_white(keys[i], _OF_READINGS + channel, times[i]), own.tails)
                value += z * own.gain[row, channel] * scales.white[channel] * alive[i]
            if scales.wander[channel] > 0:
                z = _smooth(keys[i], _OF_WANDER + channel, times[i], scales.period_s[channel])
                value += z * scales.wander[channel] * alive[i]
            if value < scales.low[channel]:
                value = scales.low[channel]
            if value > scales.high[channel]:
                value = scales.high[channel]
            per_unit = scales.per_unit[channel]
            values[i, channel] = np.rint(value * per_unit) / per_unit + 0.0
