"""How the assets of a class stand while the world runs: lease, place in it, counters, faults."""

from typing import Any

import numpy as np

from simulators.fault import Fault
from simulators.fleet import Fleet
from simulators.life.calendar import Calendar
from simulators.life.plan import Plan, Tenure
from simulators.life.subject import MONTH_S
from simulators.life.terms import USES, WEEK_S
from simulators.noise import Bools, Floats

ITEMS = ("rent", "use", "renewal", "survey", "notice", "inspection", "last call", "release",
         "charter end", "charter", "signing", "delivery")  # fmt: skip
ON_LEASE, INSPECTED, OFF_LEASE, COMMITTED = range(4)
RESTS = {"ship": "lying", "aircraft": "parked", "metro": "stabled"}
"""The word of each fleet's `ready` for an asset that lies still and will for a while."""
LAST_CALL_S = 120


class Standing:
    """One row an asset; `plans[row]` is None for strangers, who have no life here.

    `rested` and `rests`: whether an asset whose lease ends or has ended lay still at the beginning
    and at the end of the last block.
    """

    def __init__(self, fleet: Fleet, plans: list[Plan | None], lead_s: int) -> None:
        rows = len(fleet.assets)
        self.fleet, self.plans, self.lead_s = fleet, plans, lead_s
        self.use = USES[fleet.asset_class]
        self.calendar = Calendar(ITEMS, rows)
        self.tenure_of: dict[int, Tenure] = {}
        self.turn = np.zeros(rows, dtype=np.int64)
        self.phase = np.full(rows, COMMITTED)
        self.until = np.zeros(rows, dtype=np.int64)
        self.cover = np.zeros(rows, dtype=np.int64)
        self.in_yard, self.off_hire = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        self.fault: dict[int, Fault] = {}
        self.charterer: dict[int, str] = {}
        self.told_use, self.told_at = np.zeros(rows), np.zeros(rows, dtype=np.int64)
        self.month_use, self.month_from = np.zeros(rows), np.zeros(rows, dtype=np.int64)
        self._used: Floats | None = None
        self.rested = self.rests = np.zeros(rows, dtype=bool)
        self.own = np.array([plan is not None for plan in plans], dtype=bool)
        for row, plan in enumerate(plans):
            if plan:
                self._open(row, plan)

    def _open(self, row: int, plan: Plan) -> None:
        today, due, put = plan.today, plan.due, self.calendar.put
        self.tenure_of[row] = today
        self.turn[row] = len(plan.tenures)
        self.phase[row], self.until[row], self.cover[row] = ON_LEASE, today.end, due.cover
        self.told_at[row], self.month_from[row] = due.use - WEEK_S, due.rent - MONTH_S
        self.told_use[row] = plan.use_at(int(self.told_at[row]))
        self.month_use[row] = plan.use_at(int(self.month_from[row]))
        for item, at in (("rent", due.rent), ("use", due.use), ("survey", due.survey)):
            put(at, row, item)
        put(due.cover - self.lead_s, row, "renewal")
        if due.notice >= 0:
            put(due.notice, row, "notice")
        put(due.redelivery, row, "inspection")
        put(max(today.end - LAST_CALL_S, due.redelivery + 1), row, "last call")
        if today.charter:
            self.charterer[row] = today.charter.charterer
            put(today.charter.end, row, "charter end")

    def lived(self) -> None:
        """The fleet has lived another block."""
        self._used = None
        ending = (self.phase == INSPECTED) | (self.phase == OFF_LEASE)
        self.rested, self.rests = self.rests, ending
        if ending.any():
            self.rests = ending & self.fleet.ready(RESTS[self.fleet.asset_class])

    @property
    def used(self) -> Floats:
        """The counters at the end of the last block, read when somebody asks for them."""
        if self._used is None:
            self._used = np.array(self.fleet.usage(), dtype=np.float64)
        return self._used

    @property
    def leased(self) -> Bools:
        """Rows under an open lease."""
        return np.asarray(self.phase <= INSPECTED)

    def parties(self, row: int) -> dict[str, Any]:
        """What a fact of the open lease names; nothing while there is none."""
        return dict(self.tenure_of[row].lease.parties) if self.leased[row] else {}

    def fault_at(self, row: int, name: str, at: int) -> Fault | None:
        """The fault of this kind that acts on the asset at a second."""
        fault = self.fault.get(row)
        acts = fault is not None and fault.kind.name == name and fault.start <= at < fault.end
        return fault if acts else None

    def month_used(self) -> Floats:
        """What was used since the month of rent began."""
        return np.asarray(self.used - self.month_use)
