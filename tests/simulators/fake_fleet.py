"""A fleet that only has what lives ask for: it works, rests, and goes to the yard by the clock."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simulators.fault import Fault
from simulators.fleet import Event, Panel, Sample, Span, keys_of
from simulators.noise import Bools, Floats, Ints, uniform

_NAMES = {
    "ship": lambda n: f"ship-9{n:06d}",
    "aircraft": lambda n: f"aircraft-{0x780000 + n:06x}",
    "metro": lambda n: f"metro-{('SH2', 'SNE', 'HTW')[n % 3]}-{n:03d}",
}
_PER_S = {"ship": 1 / 3_600, "aircraft": 1 / 3_600, "metro": 0.009}
_CYCLE_S = {"ship": 400_000, "aircraft": 15_000, "metro": 90_000}
_WORK = 0.6


class FakeFleet:
    """Works for the first part of every cycle and then rests; every ninth goes to a yard."""

    panel: Panel
    labels: Sequence[Mapping[str, str]] = ({},)

    def __init__(self, asset_class: str, numbers: Ints) -> None:
        self.asset_class, self.numbers = asset_class, numbers
        self.feeds = np.zeros(len(numbers), dtype=np.int64)
        self.assets = tuple(_NAMES[asset_class](int(n)) for n in numbers)
        self._phase = uniform(keys_of(5, 1, np.abs(numbers)), 1, 0)
        self._since, self._until = 0, 0

    def _cycles(self, second: int) -> Floats:
        return np.asarray(second / _CYCLE_S[self.asset_class] + self._phase)

    def ready(self, need: str) -> Bools:
        working = self._cycles(self._until) % 1.0 < _WORK
        if need == "under_way":
            return np.asarray(working)
        assert need in ("lying", "parked", "stabled"), need
        return np.asarray(~working)

    def live(self, until: int, faults: Sequence[Fault]) -> Sequence[Span]:
        self._since, self._until = self._until, until
        return ()

    def usage(self) -> Floats:
        cycles = self._cycles(self._until)
        worked = np.floor(cycles) * _WORK + np.minimum(cycles % 1.0, _WORK)
        return np.asarray(40_000 + worked * _CYCLE_S[self.asset_class] * _PER_S[self.asset_class])

    def events(self) -> Iterator[Event]:
        for row in np.flatnonzero(self.numbers % 9 == 4).tolist():
            begin = 50_000 + 1_000 * int(self.numbers[row] % 100)
            for at, kind in (
                (begin, "maintenance_started"),
                (begin + 200_000, "maintenance_ended"),
            ):
                if self._since <= at < self._until:
                    yield Event(at, row, kind, "YARD-GEOJE", {"level": "dry dock"})

    def due(self) -> tuple[Ints, Ints]:
        raise NotImplementedError

    def sample(self, rows: Ints, times: Ints) -> Sample:
        raise NotImplementedError
