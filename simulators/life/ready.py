"""In what state an asset's contracts must be for a mishap to begin."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from simulators.life.standing import LAST_CALL_S, ON_LEASE, Standing
from simulators.life.subject import DAY_S
from simulators.noise import Bools, Ints

_LITTLE = 0.1
"""Of a month's cap: so much use is enough to be told wrongly, or capped."""


class Moment(NamedTuple):
    """How contracts stand at second `now`; what falls due before `horizon` counts as near."""

    standing: Standing
    now: int
    horizon: int

    def near(self, due: Ints) -> Bools:
        """Whether something falls due soon."""
        return np.asarray((due >= self.now) & (due < self.horizon))

    def settled(self, days: int) -> Bools:
        """Whether the lease lasts for so many days yet."""
        lasts = self.standing.until > self.now + days * DAY_S
        return np.asarray((self.standing.phase == ON_LEASE) & lasts)


def _rent_due(moment: Moment) -> Bools:
    return moment.near(moment.standing.calendar.next["rent"]) & moment.settled(12)


def _use_due(moment: Moment) -> Bools:
    now = moment.standing
    used = now.used - now.told_use > _LITTLE * now.use.caps[0]
    return np.asarray(moment.near(now.calendar.next["use"]) & now.leased & used)


def _cover_end(moment: Moment) -> Bools:
    now = moment.standing
    return np.asarray((now.calendar.next["renewal"] >= moment.now) & moment.near(now.cover))


def _lease_end(moment: Moment) -> Bools:
    """Not given back so far."""
    now = moment.standing
    called = now.calendar.next["last call"] + LAST_CALL_S == now.until
    waits = now.calendar.next["last call"] >= moment.now
    ends = now.leased & moment.near(now.until)
    return np.asarray(ends & called & waits & ~now.off_hire)


def _used(moment: Moment) -> Bools:
    now = moment.standing
    used = now.month_used() > _LITTLE * now.use.caps[0]
    lasts = now.calendar.next["rent"] > moment.now + 4 * DAY_S
    return np.asarray(used & lasts & moment.settled(12))


def _under_way(moment: Moment) -> Bools:
    now = moment.standing
    free = moment.settled(2) & ~now.in_yard & ~now.off_hire
    return np.asarray(free & now.fleet.ready("under_way"))


NEEDS: Mapping[str, Callable[[Moment], Bools]] = {
    "any": lambda moment: moment.standing.own,
    "rent_due": _rent_due,
    "use_due": _use_due,
    "cover_end": _cover_end,
    "lease_end": _lease_end,
    "used": _used,
    "under_way": _under_way,
}
"""`rent_due`, `use_due`, `cover_end`, `lease_end`: within the horizon, and not settled yet;
`used`: the month of rent has seen use and goes on; `under_way`: employed and on its way."""


def ready(standing: Standing, need: str, now: int, horizon_s: int) -> Bools:
    """Rows that are as `need` says, at second `now`; strangers never are."""
    return np.asarray(NEEDS[need](Moment(standing, now, now + horizon_s)) & standing.own)
