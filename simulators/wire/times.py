"""When reports arrive, and what time is on them: delays, wrong times, second receivers."""

import numpy as np

from simulators.faults.transport import Journey
from simulators.noise import Bools, Keys, smooth, uniform, white

_DELAY, _WRONG, _WRONG_BY, _SECOND, _SECOND_S = range(80, 85)  # noise streams
# of the log-normal delay: 1 % above a minute; at most 4.5 minutes, and 29 in one stream
_MEDIAN_S, _SIGMA = 3.0, 1.3
_HOLDS_UP_S = 300.0
_WRONG_SHARE, _WRONG_S = 0.0015, 1_800.0
_SECOND_SHARE, _SECOND_WITHIN_S = 0.05, 12


def delay(journey: Journey, keys: Keys, strength: float, one_stream: bool) -> None:
    """Reports arrive later, by a log-normal delay; repeats with them.

    In `one_stream` from the device what holds up one report holds up the next, so that few overtake
    each other; AIS comes by many receivers, each with a delay of its own.
    """
    if one_stream:
        z = smooth(keys, np.asarray(_DELAY), journey.times, np.asarray(_HOLDS_UP_S))
    else:
        z = white(keys, np.asarray(_DELAY), journey.times)
    by_s = (strength * _MEDIAN_S * np.exp(_SIGMA * z)).astype(np.int64)
    journey.at[:] += by_s
    journey.again[:] += np.where(journey.again >= 0, by_s, 0)


def date_on_arrival(journey: Journey, which: Bools, strength: float) -> None:
    """Some feeds know no device's clock: what is on the report is when it was received."""
    late_s = ((journey.at - journey.times) * strength).astype(np.int64)
    journey.clock[which] = journey.times[which] + late_s[which]


def date_wrongly(journey: Journey, keys: Keys, strength: float) -> None:
    """A few reports have another time on them, mostly some seconds off, at most half an hour."""
    wrong = uniform(keys, _WRONG, journey.times) < _WRONG_SHARE * strength
    if wrong.any():
        draw = 2 * uniform(keys[wrong], _WRONG_BY, journey.times[wrong]) - 1
        journey.clock[wrong] += (np.sign(draw) * (5 + _WRONG_S * np.abs(draw) ** 6)).astype(
            np.int64
        )


def repeat(journey: Journey, keys: Keys, strength: float) -> None:
    """A second receiver heard them too."""
    share = uniform(keys, _SECOND, journey.times)
    twice = (share < _SECOND_SHARE * strength) & (journey.again < 0)
    if twice.any():
        draw = uniform(keys[twice], _SECOND_S, journey.times[twice])
        within_s = 1 + (draw * _SECOND_WITHIN_S).astype(np.int64)
        journey.again[twice] = journey.at[twice] + within_s
