"""The work and the stop-watch that the peers share."""

import json
import sys
import time
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

CHANNELS = 8
FAR = 6.0
_ALPHA, _LEAST_VARIANCE = 0.05, 1e-9

INPUT = "telemetry"


class Order(NamedTuple):
    """What a peer is asked to do."""

    servers: str
    readings: int
    scratch: str

    @classmethod
    def given(cls) -> "Order":
        """From the command line: address, number of readings, folder."""
        return cls(sys.argv[1], int(sys.argv[2]), sys.argv[3])


def fresh() -> list[float]:
    """The state of an asset: mean and variance of each channel in turn."""
    return [0.0] * (2 * CHANNELS)


def worst_score(state: list[float], values: Iterable[float]) -> float:
    """The largest z-score among the first channels; moves the state."""
    worst = 0.0
    for place, value in enumerate(islice(values, CHANNELS)):
        mean, variance = state[2 * place], state[2 * place + 1]
        off = value - mean
        if variance > _LEAST_VARIANCE:
            worst = max(worst, abs(off) / variance**0.5)
        state[2 * place] = mean + _ALPHA * off
        state[2 * place + 1] = (1 - _ALPHA) * (variance + _ALPHA * off * off)
    return worst


class StopWatch:
    """Counts readings; the clocks run from the first of them."""

    def __init__(self) -> None:
        self.readings = 0
        self._cpu_s = self._wall_s = 0.0

    def count(self, readings: int = 1) -> int:
        """How many there have been so far."""
        if not self.readings:
            self._cpu_s, self._wall_s = time.process_time(), time.perf_counter()
        self.readings += readings
        return self.readings

    def tell(self) -> None:
        """Prints what it took."""
        cpu_s, wall_s = time.process_time() - self._cpu_s, time.perf_counter() - self._wall_s
        told = {"readings": self.readings, "cpu_s": cpu_s, "wall_s": wall_s}
        print(json.dumps(told), file=sys.__stdout__, flush=True)  # Faust takes sys.stdout
