"""One train's service: which spell follows which, and what a mishap makes of the present one."""

from typing import NamedTuple

import numpy as np

from simulators.fault import Fault
from simulators.noise import Floats
from simulators.rail.duty import Custom, shown_s
from simulators.rail.spell import Condition, Spell, Train, rest, work
from simulators.rail.timetable import DAY_S, HOUR_S, Duty, duties
from simulators.rail.workshop import Stay, counters, stay_due

_LONG_RUN_M = 1_300.0
_LATE_OUT_S = 1800.0  # a train that comes in late still goes out on a duty begun so long ago
_LONGEST_REST_S = 30.0 * HOUR_S
_OPENED_S = 3 * HOUR_S  # local clock at which the lives of all trains begin


class Clock(NamedTuple):
    """The local clock at second 0; `live`: the first day is laid out for a visitor."""

    clock_s: int
    live: bool
    custom: Custom


class Service:
    """A train's spells: the last two of them, the present one the last."""

    def __init__(self, train: Train, clock: Clock) -> None:
        self.train, self.clock = train, clock
        self.stays: list[Stay] = []
        self._mishaps: list[Fault] = []
        self._stay: Stay | None = None
        odometer_km, works, wheel_km = counters(train.keys)
        opened_s = _OPENED_S - clock.clock_s - (DAY_S if clock.clock_s < _OPENED_S else 0)
        begin = Condition(opened_s, odometer_km, 8.6, False, (0.0, 0.0, 0.0), works, wheel_km)
        self.spells = [self._next(begin)]

    @property
    def end_s(self) -> float:
        """When the present spell ends."""
        return self.spells[-1].end.at_s

    def extend(self, until: int) -> None:
        """Adds spells until the present one reaches beyond `until`."""
        while self.end_s <= until:
            begin = self.spells[-1].end
            self._mishaps = [mishap for mishap in self._mishaps if mishap.end > begin.at_s]
            self.spells = [*self.spells[-2:], self._next(begin)]

    def befall(self, mishap: Fault) -> None:
        """Makes the present spell anew with one more mishap, which begins in it."""
        self._mishaps.append(mishap)
        old = self.spells[-1]
        if old.duty is None:
            self.spells[-1] = rest(self.train, old.begin, old.end.at_s, self._mishaps)
        else:
            self.spells[-1] = self._work(old.begin, old.duty)

    def shown_s(self, mishap: Fault) -> tuple[float, float] | None:
        """From when to when a mishap alters the present plan, if it does."""
        legs = self.spells[-1].legs
        return None if legs is None else shown_s(legs, mishap)

    def leaves_soon(self, now: int) -> bool:
        """Whether within a minute a run begins that is long enough to be driven too fast."""
        legs = self.spells[-1].legs
        if legs is None:
            return False
        leg = min(int(np.searchsorted(legs.departs_s, now)), len(legs.departs_s) - 1)
        long = legs.draft.distance_m[leg] > _LONG_RUN_M
        return bool(long and 0 <= legs.departs_s[leg] - now <= 60)

    def arrives_soon(self, now: int) -> bool:
        """Whether the train reaches a stop within 100 s, to go on from there."""
        legs = self.spells[-1].legs
        if legs is None:
            return False
        leg = min(int(np.searchsorted(legs.arrives_s, now)), len(legs.arrives_s) - 1)
        goes_on = leg + 1 < len(legs.arrives_s) and not legs.draft.turning[leg]
        return bool(goes_on and 0 <= legs.arrives_s[leg] - now <= 100)

    def window(self, block_s: Floats) -> list[Floats]:
        """The pieces of the last spells that tell of a block, given its first and last second."""
        since, until = block_s
        return [_cut_out(spell.table, block_s)
                for spell in self.spells
                if spell.end.at_s > since and spell.begin.at_s <= until]  # fmt: skip

    def _next(self, begin: Condition) -> Spell:
        if self._stay is not None and begin.at_s >= self._stay.end_s:
            begin = begin._replace(works=begin.works + 1, wheel_km=begin.odometer_km)
            self._stay = None
        if self._stay is None:
            self._enter_workshop(begin)
        duty = self._next_duty(begin.at_s)
        tomorrow_s = begin.at_s + DAY_S
        if self._stay is not None:
            return rest(self.train, begin, min(self._stay.end_s, tomorrow_s), self._mishaps)
        if duty.out_s - begin.at_s > _LONGEST_REST_S:
            return rest(self.train, begin, tomorrow_s, self._mishaps)
        return self._work(begin, duty)

    def _enter_workshop(self, begin: Condition) -> None:
        self._stay = stay_due(
            self.train.keys, begin.at_s, begin.odometer_km, begin.works, begin.wheel_km
        )
        if self._stay is not None:
            self.stays.append(self._stay)

    def _next_duty(self, at_s: float) -> Duty:
        today = int((at_s + self.clock.clock_s) // DAY_S)
        for day in (today, today + 1, today + 2):
            first_live = self.clock.live and day == 0
            for duty in duties(self.train.number, self.train.line, day, first_live):
                out_s = duty.out_s + day * DAY_S - self.clock.clock_s
                if out_s >= at_s - _LATE_OUT_S:
                    return duty._replace(out_s=out_s)
        raise AssertionError("a train has a duty on every day")

    def _work(self, begin: Condition, duty: Duty) -> Spell:
        return work(self.train, begin, duty, self.clock.clock_s, self.clock.custom, self._mishaps)


def _cut_out(table: Floats, block_s: Floats) -> Floats:
    first, behind = table[0].searchsorted(block_s, side="right").tolist()
    return table[:, max(first - 1, 0) : behind]
