"""Noise that is a pure function of (asset's key, stream, time): no state, no order, no surprise.

A value depends on nothing but its own key and time, so assets are independent, only the assets that
report need computing, and a world skipped ahead hears the same noise.  Values are bounded
(|z| <= 3.46) and have mean 0 and variance 1, so that healthy channels stay in their bounds.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]


def _bits64(number: int) -> Keys:
    return np.array(number, dtype=np.uint64)  # 0 dimensions: quicker than numpy's scalars


_GOLDEN_INT = 0x9E3779B97F4A7C15
_GOLDEN = _bits64(_GOLDEN_INT)
_MIX_1, _MIX_2 = _bits64(0xBF58476D1CE4E5B9), _bits64(0x94D049BB133111EB)
_11, _27, _30, _31 = (_bits64(shift) for shift in (11, 27, 30, 31))


def asset_key(seed: int, class_code: int, row: int) -> int:
    """64 bits that belong to one asset of one world."""
    return int(np.random.SeedSequence([seed, class_code, row]).generate_state(1, np.uint64)[0])


def scramble(bits: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output."""
    bits = bits ^ (bits >> _30)
    bits *= _MIX_1
    bits ^= bits >> _27
    bits *= _MIX_2
    bits ^= bits >> _31
    return bits


def _bits(keys: Keys, stream: int | Ints, step: int | Ints) -> Keys:
    # key + ((stream << 40) + step + 1) * golden, modulo 2^64, multiplied before broadcasting.
    return scramble((keys + _times_golden(step)) + _times_golden((stream << 40) + 1))


def _times_golden(number: int | Ints) -> Keys:
    if np.ndim(number) == 0:
        return _bits64(int(number) * _GOLDEN_INT % 2**64)
    return np.asarray(number).astype(np.uint64) * _GOLDEN


def uniform(keys: Keys, stream: int, step: int | Ints) -> Floats:
    """Numbers in [0, 1), one a key."""
    bits = _bits(keys, stream, step)
    shares: Floats = (bits >> _11).astype(np.float64)
    return shares * 2.0**-53


def white(keys: Keys, stream: Ints, step: Ints) -> Floats:
    """Independent, near-normal numbers: the sum of four 16-bit parts of one hash, scaled."""
    bits = _bits(keys, stream, step)
    parts = bits.view(np.uint16).reshape(*bits.shape, 4)  # in any order: they are summed
    total: Floats = parts[..., 0].astype(np.float64)
    for part in (1, 2, 3):
        total += parts[..., part]
    total /= 65536.0
    total -= 2.0
    total *= 3.0**0.5
    return total


def smooth(keys: Keys, stream: Ints, time: int | Ints, period_s: Floats) -> Floats:
    """Slowly varying numbers: white noise at lattice points `period_s` apart, eased in between."""
    place = np.asarray(time) / period_s
    step = np.floor(place).astype(np.int64)
    share = place - step
    ease = share * share * (3.0 - 2.0 * share)
    blend = white(keys, stream, step) * (1.0 - ease) + white(keys, stream, step + 1) * ease
    return np.asarray(blend / np.sqrt(ease**2 + (1.0 - ease) ** 2))
